using Azure.Identity;

namespace IotHubDsr.Core.Azure.Cosmos;

/// <summary>Translates failures of Cosmos DB into catalogued faults.</summary>
internal static class CosmosFaults
{
    private const string Containers = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers";

    /// <param name="exception">What was thrown.</param>
    /// <param name="place">The container.</param>
    /// <param name="call">What was asked.</param>
    /// <param name="host">Host of the account.</param>
    public static DsrException Translate(Exception exception, CosmosPlace place, CosmosCall call, string host)
    {
        for (Exception? one = exception; one is not null; one = one.InnerException)
        {
            if (one is DsrException known)
                return known;
            if (one is AuthenticationFailedException)
                return AzureFaults.Translate(one, place.Target, VerbOf(call), RoleOf(call));
        }

        return exception is CosmosCallException failed
            ? new DsrException(FaultOf(failed, place, call, host), exception)
            : AzureFaults.Translate(exception, place.Target, VerbOf(call), RoleOf(call), ActionOf(call), place.Scope, host);
    }

    private static Fault FaultOf(CosmosCallException failed, CosmosPlace place, CosmosCall call, string host) =>
        failed.Failure.Status switch
        {
            0 => FaultCatalogue.ConnectionFailed.For(host, AzureFaults.FirstLine(failed.InnerException?.Message ?? failed.Message)),
            401 => FaultCatalogue.AuthenticationFailed.For(place.Target, failed.Failure.ToString()),
            403 => AzureFaults.PermissionMissing(place.Target, VerbOf(call), RoleOf(call), place.Scope, ActionOf(call)),
            404 => FaultCatalogue.LocationMissing.For(
                place.Target,
                $"neither the database '{place.Database}' nor its container '{place.Container}' may be missing"
            ),
            429 => FaultCatalogue.Throttled.For(place.Target, failed.Failure.ToString()),
            _ => FaultCatalogue.ServiceFailed.For(place.Target, failed.Failure.ToString()),
        };

    private static string VerbOf(CosmosCall call) => call is CosmosCall.Delete ? "delete from" : "read";

    private static string RoleOf(CosmosCall call) =>
        call is CosmosCall.Delete
            ? "Cosmos DB Built-in Data Contributor, a role of the account's data plane,"
            : "Cosmos DB Built-in Data Reader, a role of the account's data plane,";

    private static string ActionOf(CosmosCall call) =>
        call switch
        {
            CosmosCall.Delete => $"{Containers}/items/delete",
            CosmosCall.Read => $"{Containers}/items/read",
            CosmosCall.Query => $"{Containers}/executeQuery",
            _ => "Microsoft.DocumentDB/databaseAccounts/readMetadata",
        };
}

/// <summary>What is asked of a container.</summary>
internal enum CosmosCall
{
    Describe,
    Query,
    Read,
    Delete,
}
