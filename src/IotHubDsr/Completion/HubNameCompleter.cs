namespace IotHubDsr.Completion;

/// <summary>
/// Completes names of hubs that the credential can list: the one that is named, or else that of the present connection. A credential that
/// would ask its owner is not used: nobody expects that of a key press.
/// </summary>
public sealed class HubNameCompleter : DsrCompleter
{
    private protected override IEnumerable<Candidate> CandidatesOf(BoundSoFar bound)
    {
        CredentialSource? source = bound.Enum<CredentialSource>("CredentialSource");
        if (source is CredentialSource.DeviceCode or CredentialSource.Interactive)
            return [];
        var options = new ConnectOptions
        {
            CredentialSource = source ?? CredentialSource.Default,
            SubscriptionId = bound.Text("SubscriptionId"),
            ResourceGroupName = bound.Text("ResourceGroupName"),
            TenantId = bound.Text("TenantId"),
            ClientId = bound.Text("ClientId"),
            Cloud = bound.Enum<AzureCloud>("Cloud") ?? AzureCloud.AzureCloud,
        };
        DsrContext? context = source is null ? bound.Context : null;
        return Read<HubReference>((engine, cancellationToken) => engine.ListHubsAsync(options, context, cancellationToken))
            .Select(hub => new Candidate(hub.Name, hub.ResourceId));
    }
}
