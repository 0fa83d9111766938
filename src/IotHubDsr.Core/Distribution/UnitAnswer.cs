namespace IotHubDsr.Core.Distribution;

/// <summary>What a worker tells the engine of a unit. What the unit shows is in its segment and in the request.</summary>
internal enum UnitAnswer
{
    /// <summary>Its segment is closed, or the unit is no longer wanted.</summary>
    Over,

    /// <summary>Another worker has it, or had it a moment ago: ask again.</summary>
    Busy,

    /// <summary>It could not be done this time: ask again.</summary>
    Again,
}
