namespace IotHubDsr.Sandbox.Logs;

/// <summary>How a workspace behaves where Azure promises little, and its limits.</summary>
internal sealed record LogWorkspaceOptions
{
    /// <summary>How long the status of a purge is pending.</summary>
    public TimeSpan PurgePending { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How long after that rows can still be read.</summary>
    public TimeSpan PurgeLasting { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long the deletion of data is being worked on.</summary>
    public TimeSpan DeletionUpdating { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long what happens needs to come into a table.</summary>
    public TimeSpan IngestionDelay { get; init; } = TimeSpan.FromMinutes(5);

    public int MostPurgesPerHour { get; init; } = 50;

    public int MostDeletionsPerHour { get; init; } = 10;

    public int MostColumns { get; init; } = 500;

    public int MostRows { get; init; } = 500_000;

    public long MostBytes { get; init; } = 100 * 1024 * 1024;

    /// <summary>The region that it is replicated to; null where it is not.</summary>
    public string? ReplicatedTo { get; init; }

    /// <summary>Whether Microsoft Sentinel is on in it.</summary>
    public bool HasSentinel { get; init; }

    /// <summary>How long a query takes: one that is not to wait so long ends with a timeout.</summary>
    public TimeSpan QueryDuration { get; init; }
}
