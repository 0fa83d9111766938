using Azure.Identity;

namespace IotHubDsr.Core.Azure;

/// <summary>Everything that differs between clouds. A sandbox is a cloud whose host names lead to a port of this machine.</summary>
/// <param name="Name">Name as the user knows it.</param>
/// <param name="AuthorityHost">Entra's host.</param>
/// <param name="ArmEndpoint">Azure Resource Manager.</param>
/// <param name="StorageSuffix">Suffix of storage host names: <c>core.windows.net</c>.</param>
/// <param name="HubScope">Token scope of IoT Hub's service API.</param>
internal sealed record Cloud(string Name, Uri AuthorityHost, Uri ArmEndpoint, string StorageSuffix, string HubScope)
{
    public static Cloud Public { get; } =
        new(
            nameof(AzureCloud.AzureCloud),
            AzureAuthorityHosts.AzurePublicCloud,
            new Uri("https://management.azure.com"),
            "core.windows.net",
            "https://iothubs.azure.net/.default"
        );

    private static Cloud UsGovernment { get; } =
        new(
            nameof(AzureCloud.AzureUSGovernment),
            AzureAuthorityHosts.AzureGovernment,
            new Uri("https://management.usgovcloudapi.net"),
            "core.usgovcloudapi.net",
            "https://iothubs.azure.us/.default"
        )
        {
            MessagingSuffix = "servicebus.usgovcloudapi.net",
            CosmosSuffix = "documents.azure.us",
            ProvisioningSuffix = "azure-devices-provisioning.us",
            LogsEndpoint = new Uri("https://api.loganalytics.us"),
            ExplorerSuffix = "kusto.usgovcloudapi.net",
        };

    private static Cloud China { get; } =
        new(
            nameof(AzureCloud.AzureChinaCloud),
            AzureAuthorityHosts.AzureChina,
            new Uri("https://management.chinacloudapi.cn"),
            "core.chinacloudapi.cn",
            "https://iothubs.azure.cn/.default"
        )
        {
            MessagingSuffix = "servicebus.chinacloudapi.cn",
            CosmosSuffix = "documents.azure.cn",
            ProvisioningSuffix = "azure-devices-provisioning.cn",
            LogsEndpoint = new Uri("https://api.loganalytics.azure.cn"),
            ExplorerSuffix = "kusto.chinacloudapi.cn",
        };

    /// <summary>The innermost handler of every HTTP call.</summary>
    public Func<HttpMessageHandler> CreateHandler { get; init; } =
        static () => new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(10) };

    /// <summary>Suffix of the host names of Event Hubs' and Service Bus' namespaces.</summary>
    public string MessagingSuffix { get; init; } = "servicebus.windows.net";

    /// <summary>Suffix of the host names of Cosmos DB's accounts.</summary>
    public string CosmosSuffix { get; init; } = "documents.azure.com";

    /// <summary>Suffix of the host names of Device Provisioning Services.</summary>
    public string ProvisioningSuffix { get; init; } = "azure-devices-provisioning.net";

    /// <summary>Token scope of the service API of Device Provisioning Services.</summary>
    public string ProvisioningScope => $"https://{ProvisioningSuffix}/.default";

    /// <summary>Suffix of the host names of clusters of Data Explorer.</summary>
    public string ExplorerSuffix { get; init; } = "kusto.windows.net";

    /// <summary>Queries of Log Analytics.</summary>
    public Uri LogsEndpoint { get; init; } = new("https://api.loganalytics.azure.com");

    /// <summary>How namespaces are reached where their names do not lead to them; null where they do.</summary>
    public MessagingRoute? Messaging { get; init; }

    /// <summary>Whether Entra is asked which authorities exist; a private cloud is not among them.</summary>
    public bool DisableInstanceDiscovery { get; init; }

    /// <summary>How long a failed call waits before its second try; each further try waits twice as long.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>How long a call of messaging may take before it is given up and tried again.</summary>
    public TimeSpan MessagingTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Hosts beside the cloud's own to which the operator lets storage tokens go, each as <c>host</c> or <c>host:port</c>.
    /// </summary>
    public IReadOnlyList<string> TrustedHosts { get; init; } = [];

    /// <summary>Token scope of Azure Resource Manager.</summary>
    public string ArmScope => $"{ArmEndpoint.GetLeftPart(UriPartial.Authority)}/.default";

    /// <summary>Token scope of queries of Log Analytics.</summary>
    public string LogsScope => $"{LogsEndpoint.GetLeftPart(UriPartial.Authority)}/.default";

    public static Cloud Of(AzureCloud cloud) =>
        cloud switch
        {
            AzureCloud.AzureUSGovernment => UsGovernment,
            AzureCloud.AzureChinaCloud => China,
            _ => Public,
        };

    /// <summary>
    /// Checks an address before a storage token is sent there: it comes from a file, a parameter or the environment, and the host that
    /// receives the token can use it.
    /// </summary>
    /// <param name="address">The address.</param>
    /// <param name="service">The service of the account that it is to be of.</param>
    /// <exception cref="DsrException">It is neither of the cloud nor of a host that the operator named.</exception>
    public void RequireTrusted(Uri address, string service = StorageHost.Blobs)
    {
        bool isNamed =
            address.Scheme == Uri.UriSchemeHttps
            && address.UserInfo.Length == 0
            && TrustedHosts.Any(host =>
                host.Equals(address.Authority, StringComparison.OrdinalIgnoreCase)
                || host.Equals(address.IdnHost + Port(address), StringComparison.OrdinalIgnoreCase)
            );
        if (!isNamed && !StorageHost.IsOf(this, address, service))
            throw FaultCatalogue.StorageHostNotTrusted.Exception(address.Authority, Name);
    }

    private static string Port(Uri address) => address.IsDefaultPort ? string.Empty : $":{address.Port}";

    /// <summary>Blob endpoint of a storage account that is known by name only.</summary>
    public Uri BlobEndpoint(string accountName) => new($"https://{accountName}.{StorageHost.Blobs}.{StorageSuffix}/");

    /// <summary>Queue endpoint of a storage account that is known by name only.</summary>
    public Uri QueueEndpoint(string accountName) => new($"https://{accountName}.{StorageHost.Queues}.{StorageSuffix}/");

    /// <summary>
    /// The gateway of an account of Cosmos DB. It is made of the account's name alone, so that neither a token nor a signature goes to a host
    /// that somebody wrote into a configuration.
    /// </summary>
    /// <param name="accountName">A plain name: lower-case letters, digits and hyphens.</param>
    public Uri CosmosEndpoint(string accountName) => new($"https://{accountName}.{CosmosSuffix}:443/");
}
