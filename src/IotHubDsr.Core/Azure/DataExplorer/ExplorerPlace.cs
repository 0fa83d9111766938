namespace IotHubDsr.Core.Azure.DataExplorer;

/// <summary>A database of a cluster of Data Explorer.</summary>
/// <param name="QueryUri">Where it is queried.</param>
/// <param name="IngestUri">Where purges are ordered.</param>
/// <param name="Database">The database; its name has case.</param>
/// <param name="Target">What is asked for there, in words, for messages.</param>
internal sealed record ExplorerPlace(Uri QueryUri, Uri IngestUri, string Database, string Target)
{
    /// <summary>Where a role has to be assigned: it is one of the service's own, which no resource role gives.</summary>
    public string Scope => $"the database {Database} of {QueryUri.Host}, where it is a role of the database";

    /// <summary>The scope of tokens for both addresses.</summary>
    public string TokenScope => $"{QueryUri.GetLeftPart(UriPartial.Authority)}/.default";

    /// <summary>The place, if its addresses are ones that a token may go to.</summary>
    /// <param name="cloud">The cloud.</param>
    /// <param name="queryUri">Where the cluster is queried, as Azure Resource Manager says it.</param>
    /// <param name="ingestUri">Where purges are ordered, as Azure Resource Manager says it.</param>
    /// <param name="database">The database.</param>
    /// <param name="target">What is asked for there, in words.</param>
    /// <exception cref="DsrException">An address is not one of the cloud's Data Explorer.</exception>
    public static ExplorerPlace Of(Cloud cloud, string? queryUri, string? ingestUri, string database, string target) =>
        new(Trusted(cloud, queryUri, target), Trusted(cloud, ingestUri, target), database, target);

    private static Uri Trusted(Cloud cloud, string? address, string target) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? uri)
        && uri.Scheme == Uri.UriSchemeHttps
        && uri.UserInfo.Length == 0
        && uri.IsDefaultPort
        && uri.IdnHost.EndsWith($".{cloud.ExplorerSuffix}", StringComparison.OrdinalIgnoreCase)
            ? uri
            : throw FaultCatalogue.ServiceFailed.Exception(target, "the address of its cluster is not one of the cloud's Data Explorer.");
}
