namespace IotHubDsr.Core.Records;

/// <summary>
/// The filters that narrow or widen a request to some records of its devices. A sink declares which it supports; for others it is not asked
/// to change or copy anything.
/// </summary>
[Flags]
internal enum Narrowing
{
    None = 0,

    /// <summary>One incarnation of a device ID.</summary>
    Generation = 1,

    /// <summary>A window of time.</summary>
    Time = 2,

    /// <summary>
    /// Records of other senders that name a device in their body; a sink of nothing but a device's own things knows of none.
    /// </summary>
    Mentioned = 4,
}

/// <summary>What a scope asks of sinks.</summary>
internal static class ScopeNarrowing
{
    public static Narrowing Of(RecordScope scope) =>
        (scope.GenerationId is null ? Narrowing.None : Narrowing.Generation)
        | (scope.StartTime is null && scope.EndTime is null ? Narrowing.None : Narrowing.Time)
        | (scope.IncludeMentioned ? Narrowing.Mentioned : Narrowing.None);
}
