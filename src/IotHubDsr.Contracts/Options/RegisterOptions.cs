namespace IotHubDsr;

/// <summary>Options to register a request for devices that are named or that a query finds.</summary>
public sealed record RegisterOptions : SubjectOptions
{
    /// <summary>As for <see cref="RequestStoreOptions.Store"/>.</summary>
    public string? Store { get; init; }

    /// <summary>When the request reached the controller; null for now.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>How the person was identified, in words.</summary>
    public string? IdentityEvidence { get; init; }

    /// <summary>Every plan that is run for the request must have been approved by another person.</summary>
    public bool RequireApproval { get; init; }
}
