namespace IotHubDsr;

/// <summary>Options to erase the data of devices: by a plan that is made now, or by one that was made before.</summary>
public sealed record RemoveOptions : RequestStoreOptions
{
    /// <summary>How to make the plan; null when one was made before.</summary>
    public PlanOptions? Planning { get; init; }

    /// <summary>The plan that was made before, and how to check whether it still holds; null when one is made.</summary>
    public ConfirmPlanOptions? Planned { get; init; }

    /// <summary>ID of a registered request that the erasure belongs to; null to register one.</summary>
    public string? RequestId { get; init; }

    /// <summary>When the request reached the controller; null for now. Not used with <see cref="RequestId"/>.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>How the person was identified, in words. Not used with <see cref="RequestId"/>.</summary>
    public string? IdentityEvidence { get; init; }

    /// <summary>
    /// Whether <see cref="ErasureOptions.Reprovisioning"/> was not chosen: then a further plan of the request keeps enrollments disabled, if
    /// its earlier one did.
    /// </summary>
    public bool KeepsReprovisioning { get; init; }

    /// <summary>What recipients are told that no sink reaches.</summary>
    public RecipientOptions Recipients { get; init; } = new();

    /// <summary>Who does it.</summary>
    public Performer Performer { get; init; } = new();

    /// <summary>Asks what a run would ask and ends there, whatever the answers: nothing is written or erased.</summary>
    public bool IsRehearsal { get; init; }

    /// <summary>How many blobs or devices to process at once; 1 to 64.</summary>
    public int ThrottleLimit { get; init; } = 8;

    /// <summary>
    /// Whether workers do what can be split; the request is then kept in a blob container. False when all is done in this process.
    /// </summary>
    public bool Distributed { get; init; }
}
