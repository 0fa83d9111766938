namespace IotHubDsr.Core.Evidence.Requests;

/// <summary>What a request is about when it is registered.</summary>
internal sealed record NewRequest(
    DsrContext Context,
    IReadOnlyList<string> DeviceIds,
    DateTimeOffset? ReceivedAt,
    string? IdentityEvidence,
    bool RequiresApproval = false
)
{
    /// <summary>Generation IDs of the devices, empty where there is none; null if it could not be read.</summary>
    public IReadOnlyList<string>? GenerationIds { get; init; }
}
