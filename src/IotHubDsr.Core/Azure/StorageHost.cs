using System.Text.RegularExpressions;

namespace IotHubDsr.Core.Azure;

/// <summary>Host names of the services of a storage account, in any of the forms in which one account is reached.</summary>
internal static partial class StorageHost
{
    /// <summary>The blob service.</summary>
    public const string Blobs = "blob";

    /// <summary>The queue service.</summary>
    public const string Queues = "queue";

    /// <summary>The table service.</summary>
    public const string Tables = "table";

    /// <summary>Accounts with a DNS zone of their own are served here, in the public cloud.</summary>
    private const string ZonedSuffix = "storage.azure.net";

    /// <summary>
    /// Whether an address is of one of the cloud's own services: its host by TLS name and standard port, with nothing before or after that
    /// could be taken for it.
    /// </summary>
    /// <param name="cloud">The cloud.</param>
    /// <param name="address">The address.</param>
    /// <param name="service">The service that it is to be of.</param>
    public static bool IsOf(Cloud cloud, Uri address, string service = Blobs) =>
        address.Scheme == Uri.UriSchemeHttps
        && address.IsDefaultPort
        && address.UserInfo.Length == 0
        && ServiceHost().Match(address.IdnHost) is { Success: true } host
        && host.Groups["service"].Value.Equals(service, StringComparison.OrdinalIgnoreCase)
        && (IsSuffix(host, cloud.StorageSuffix) || (cloud.StorageSuffix == Cloud.Public.StorageSuffix && IsSuffix(host, ZonedSuffix)));

    /// <summary>The service that a host is of; null when it does not tell.</summary>
    public static string? ServiceOf(string host) =>
        ServiceHost().Match(host) is { Success: true } match ? match.Groups["service"].Value.ToLowerInvariant() : null;

    /// <summary>Another service of the account that an address is of; null when that does not tell, as a domain of one's own does not.</summary>
    public static Uri? Sibling(Uri address, string service)
    {
        if (ServiceHost().Match(address.IdnHost) is not { Success: true } host)
            return null;
        Group known = host.Groups["service"];
        string other = string.Concat(address.IdnHost.AsSpan(0, known.Index), service, address.IdnHost.AsSpan(known.Index + known.Length));
        return new UriBuilder(address.Scheme, other, address.Port).Uri;
    }

    /// <summary>
    /// The account that an address names, whatever the form: <c>https://ACCOUNT.blob.core.windows.net</c>, its secondary, a private link, a
    /// DNS zone, the Data Lake endpoint. Null when it does not tell, as a domain of one's own does not.
    /// </summary>
    public static string? AccountOf(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && AnyHost().Match(uri.IdnHost) is { Success: true } host
            ? host.Groups["account"].Value.ToLowerInvariant()
            : null;

    /// <summary>
    /// What stands before the container in the place of a location: the account, or the full host where it is not the cloud's.
    /// </summary>
    public static string InWords(Cloud cloud, Uri address) =>
        IsOf(cloud, address) && AccountOf(address.AbsoluteUri) is { } account ? account : address.Authority;

    private static bool IsSuffix(Match host, string suffix) =>
        host.Groups["suffix"].Value.Equals(suffix, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(
        @"\A(?<account>[a-z0-9]{3,24})(?:-secondary)?(?:\.privatelink)?(?:\.z[0-9]{1,3})?\.(?<service>blob|queue|table)\.(?<suffix>[a-z0-9.-]+)\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex ServiceHost();

    [GeneratedRegex(
        @"\A(?<account>[a-z0-9]{3,24})(?:-(?:secondary|microsoftrouting|internetrouting))?(?:\.privatelink)?(?:\.z[0-9]{1,3})?\.(?:blob|dfs)\.(?:core\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)|storage\.azure\.net)\.?\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex AnyHost();
}
