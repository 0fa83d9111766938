using IotHubDsr.Sandbox.Arm;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.DataExplorer;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Logs.Rest;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Hosting;

/// <summary>Which service a host name belongs to: in Azure, too, nothing but the name decides.</summary>
internal static class HostDirectory
{
    public const string BlobSuffix = ".blob.core.windows.net";
    public const string QueueSuffix = ".queue.core.windows.net";
    public const string CosmosSuffix = ".documents.azure.com";
    public const string ProvisioningSuffix = ".azure-devices-provisioning.net";
    private const string HubSuffix = ".azure-devices.net";

    public static AzureService ServiceOf(string host) =>
        host.ToLowerInvariant() switch
        {
            LoginService.Host => AzureService.Login,
            ArmService.Host => AzureService.Arm,
            var name when LogService.Hosts.Contains(name) => AzureService.Logs,
            "localhost" or "127.0.0.1" => AzureService.Control,
            var name when name.EndsWith(HubSuffix, StringComparison.Ordinal) => AzureService.Hub,
            var name when name.EndsWith(BlobSuffix, StringComparison.Ordinal) => AzureService.Blob,
            var name when name.EndsWith(QueueSuffix, StringComparison.Ordinal) => AzureService.Queue,
            var name when name.EndsWith(CosmosSuffix, StringComparison.Ordinal) => AzureService.Cosmos,
            var name when name.EndsWith(ProvisioningSuffix, StringComparison.Ordinal) => AzureService.Provisioning,
            var name when name.EndsWith(ExplorerStore.Suffix, StringComparison.Ordinal) => AzureService.Explorer,
            _ => AzureService.Unknown,
        };

    /// <summary>Of the services of this machine, the path decides.</summary>
    public static AzureService ServiceOf(string host, string target) =>
        ServiceOf(host) is var service && service == AzureService.Control && target.Split('?')[0] == ManagedIdentityService.Path
            ? AzureService.Identity
            : service;

    public static string AccountOf(string host) => host[..^BlobSuffix.Length].ToLowerInvariant();

    public static string ProvisioningNameOf(string host) => host[..^ProvisioningSuffix.Length];

    public static string QueueAccountOf(string host) => host[..^QueueSuffix.Length].ToLowerInvariant();

    /// <summary>An account of Cosmos DB has a name of its own in each of its regions, besides the one for all.</summary>
    public static string CosmosAccountOf(string host, CosmosStore store)
    {
        const string Region = "-" + WorldNames.Location;
        string name = host[..^CosmosSuffix.Length].ToLowerInvariant();
        return !store.TryGetAccount(name, out _) && name.EndsWith(Region, StringComparison.Ordinal) ? name[..^Region.Length] : name;
    }
}
