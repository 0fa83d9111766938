namespace IotHubDsr.Sandbox.Logs.Tables;

/// <summary>What a table costs, and by that what can be done with it.</summary>
internal enum LogTablePlan
{
    Analytics,

    /// <summary>Is searched alone, and cannot be purged.</summary>
    Basic,

    /// <summary>As Basic, and no data of it can be deleted.</summary>
    Auxiliary,
}
