namespace IotHubDsr;

/// <summary>Options of an erasure plan.</summary>
public sealed record PlanOptions : ScopedOptions
{
    /// <summary>Also erases messages that a gateway relayed for other devices.</summary>
    public bool IncludeRelayed { get; init; }

    /// <summary>Also erases old versions, snapshots and soft-deleted copies where the service allows it.</summary>
    public bool IncludeOldVersions { get; init; }

    /// <summary>Deletes a shared blob that keeps no record, instead of leaving it without any.</summary>
    public bool DeleteEmptied { get; init; }

    /// <summary>Full path of a file to save the plan to; it must not exist. Null when it is not saved.</summary>
    public string? Path { get; init; }
}
