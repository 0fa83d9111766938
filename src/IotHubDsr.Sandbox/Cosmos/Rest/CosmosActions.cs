using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Identity;

namespace IotHubDsr.Sandbox.Cosmos.Rest;

/// <summary>The actions of the data plane that each operation takes; null for what no role of it allows.</summary>
internal static class CosmosActions
{
    private const string Account = "Microsoft.DocumentDB/databaseAccounts";
    private const string Containers = $"{Account}/sqlDatabases/containers";

    public static AzureAction ReadMetadata { get; } = Action($"{Account}/readMetadata");

    public static AzureAction? Of(HttpRequest request, RequestTarget target) =>
        (request.Method, target.Segments) switch
        {
            ("GET", [_, _, _, _, "docs"]) => Action($"{Containers}/readChangeFeed"),
            ("GET", [_, _, _, _, "docs", _]) => Action($"{Containers}/items/read"),
            ("GET", _) => ReadMetadata,
            ("POST", [_, _, _, _, "docs"]) when CosmosRequest.IsQueryPlan(request.Headers) => ReadMetadata,
            ("POST", [_, _, _, _, "docs"]) when CosmosRequest.IsQuery(request.Headers) => Action($"{Containers}/executeQuery"),
            ("POST", [_, _, _, _, "docs"]) => Action(
                request.Headers["x-ms-documentdb-is-upsert"].ToString().Equals("true", StringComparison.OrdinalIgnoreCase)
                    ? $"{Containers}/items/upsert"
                    : $"{Containers}/items/create"
            ),
            ("PUT" or "PATCH", [_, _, _, _, "docs", _]) => Action($"{Containers}/items/replace"),
            ("DELETE", [_, _, _, _, "docs", _]) => Action($"{Containers}/items/delete"),
            _ => null,
        };

    private static AzureAction Action(string name) => new(name, IsData: true);
}
