using System.Security;

namespace IotHubDsr;

/// <summary>How to connect: by sandbox, resource ID, name, or connection string, the first of these that is given.</summary>
public sealed record ConnectOptions
{
    /// <summary>Name of the hub, to be looked up in the subscriptions that the credential can read.</summary>
    public string? Name { get; init; }

    /// <summary>Searches this resource group only.</summary>
    public string? ResourceGroupName { get; init; }

    /// <summary>Searches this subscription only.</summary>
    public string? SubscriptionId { get; init; }

    /// <summary>Azure Resource Manager ID of the hub.</summary>
    public string? ResourceId { get; init; }

    /// <summary>Connection string of a shared access policy of the hub.</summary>
    public SecureString? ConnectionString { get; init; }

    /// <summary>A running sandbox.</summary>
    public IotHubSandbox? Sandbox { get; init; }

    /// <summary>Where the Entra credential comes from; null when a connection string alone is to be used.</summary>
    public CredentialSource? CredentialSource { get; init; }

    /// <summary>Tenant of the credential; null for the credential's own.</summary>
    public string? TenantId { get; init; }

    /// <summary>Client ID of a user-assigned managed identity or of a workload.</summary>
    public string? ClientId { get; init; }

    /// <summary>How calls to the hub's service API are authorised.</summary>
    public HubAuthentication HubAuthentication { get; init; }

    /// <summary>The cloud.</summary>
    public AzureCloud Cloud { get; init; }

    /// <summary>Full path of a JSON file with locations that the hub's configuration does not show.</summary>
    public string? LocationFile { get; init; }

    /// <summary>
    /// Blob containers, as <c>account/container</c>, and other places that routes lead to, such as <c>namespace/event hub</c>, of which the
    /// operator says that they are the hub's alone.
    /// </summary>
    public IReadOnlyList<string> DedicatedContainers { get; init; } = [];

    /// <summary>Hosts beside the cloud's own to which storage tokens may go, as <c>host</c> or <c>host:port</c>.</summary>
    public IReadOnlyList<string> TrustedStorageHosts { get; init; } = [];

    /// <summary>Where requests are kept: full path of a folder or URI of a blob container; null for the default.</summary>
    public string? RequestStore { get; init; }

    /// <summary>SKU of the hub, such as <c>S1</c>, where only a connection string is known; null for the smallest standard one.</summary>
    public string? Sku { get; init; }

    /// <summary>Units of the hub, 1 or more, where only a connection string is known.</summary>
    public int Units { get; init; } = 1;

    /// <summary>Share of the hub's throttle that this connection may use, above 0 and up to 1.</summary>
    public double ThrottleShare { get; init; } = 0.5;
}
