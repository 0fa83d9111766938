namespace IotHubDsr;

/// <summary>Options to check, before anything is planned, whether an erasure can be put on record.</summary>
public sealed record PrepareOptions : RequestStoreOptions
{
    /// <summary>ID of the registered request; null when one is to be registered.</summary>
    public string? RequestId { get; init; }

    /// <summary>Whether a plan's approval will be asked for.</summary>
    public bool RequiresApproval { get; init; }

    /// <summary>When the request reached the controller; null for now.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>Who does it.</summary>
    public Performer Performer { get; init; } = new();

    /// <summary>Whether the store is written to, to find out whether it can be; not when nothing is to be changed.</summary>
    public bool ProbesStore { get; init; }
}
