using IotHubDsr.Sandbox.Arm;
using IotHubDsr.Sandbox.Identity;

namespace IotHubDsr.Sandbox.Hosting;

/// <summary>Which service a host name belongs to: in Azure, too, nothing but the name decides.</summary>
internal static class HostDirectory
{
    public const string BlobSuffix = ".blob.core.windows.net";
    private const string HubSuffix = ".azure-devices.net";

    public static AzureService ServiceOf(string host) =>
        host.ToLowerInvariant() switch
        {
            LoginService.Host => AzureService.Login,
            ArmService.Host => AzureService.Arm,
            "localhost" or "127.0.0.1" => AzureService.Control,
            var name when name.EndsWith(HubSuffix, StringComparison.Ordinal) => AzureService.Hub,
            var name when name.EndsWith(BlobSuffix, StringComparison.Ordinal) => AzureService.Blob,
            _ => AzureService.Unknown,
        };

    /// <summary>Of the services of this machine, the path decides.</summary>
    public static AzureService ServiceOf(string host, string target) =>
        ServiceOf(host) is var service && service == AzureService.Control && target.Split('?')[0] == ManagedIdentityService.Path
            ? AzureService.Identity
            : service;

    public static string AccountOf(string host) => host[..^BlobSuffix.Length].ToLowerInvariant();
}
