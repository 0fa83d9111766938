using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>Where a configured connection leads: read from its address or, when a key is used, from its connection string.</summary>
internal static class ServiceAddress
{
    /// <summary>The parts of a connection string; keys are masked by the service and are dropped in any case.</summary>
    public static IReadOnlyDictionary<string, string> Parts(string? connectionString)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string part in (connectionString ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (
                equals > 0
                && part[..equals]
                    is "AccountName"
                        or "BlobEndpoint"
                        or "DefaultEndpointsProtocol"
                        or "EndpointSuffix"
                        or "Endpoint"
                        or "EntityPath"
                        or "AccountEndpoint"
                        or "HostName"
            )
            {
                parts[part[..equals]] = part[(equals + 1)..];
            }
        }

        return parts;
    }

    /// <summary>First label of the host name of an address: the name of the namespace or account.</summary>
    public static string? FirstLabel(string? address)
    {
        if (address is null)
            return null;
        string absolute = address.Contains("://", StringComparison.Ordinal) ? address : $"sb://{address}";
        return Uri.TryCreate(absolute, UriKind.Absolute, out Uri? uri) && uri.HostNameType == UriHostNameType.Dns
            ? uri.Host.Split('.')[0].ToLowerInvariant()
            : null;
    }

    /// <summary>ID of the resource that a routing endpoint leads to, from the fields in which the hub keeps its group.</summary>
    public static string? ResourceId(RoutingEndpoint endpoint, string provider) =>
        endpoint.Body.Text("subscriptionId") is { } subscription
        && endpoint.Body.Text("resourceGroup") is { } group
        && ArmId.TryParse($"/subscriptions/{subscription}/resourceGroups/{group}/providers/{provider}", out ArmId? id)
            ? id.ToString()
            : null;
}
