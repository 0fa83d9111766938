namespace IotHubDsr;

/// <summary>Options to run steps of a plan.</summary>
public sealed record RemoveOptions
{
    /// <summary>The connection.</summary>
    public required DsrContext Context { get; init; }

    /// <summary>The plan.</summary>
    public required ErasurePlan Plan { get; init; }

    /// <summary>The steps of <see cref="Plan"/> that were approved.</summary>
    public required IReadOnlyCollection<ErasureStep> Approved { get; init; }

    /// <summary>By how many records a location may differ from the plan, 0 or more; later runs keep to it.</summary>
    public long Tolerance { get; init; }

    /// <summary>ID of a registered request that the erasure belongs to; null to register one.</summary>
    public string? RequestId { get; init; }

    /// <summary>As for <see cref="RequestStoreOptions.Store"/>.</summary>
    public string? Store { get; init; }

    /// <summary>When the request reached the controller; null for now. Not used with <see cref="RequestId"/>.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>How the person was identified, in words. Not used with <see cref="RequestId"/>.</summary>
    public string? IdentityEvidence { get; init; }

    /// <summary>Who does it.</summary>
    public Performer Performer { get; init; } = new();

    /// <summary>How many blobs or devices to process at once; 1 to 64.</summary>
    public int ThrottleLimit { get; init; } = 8;
}
