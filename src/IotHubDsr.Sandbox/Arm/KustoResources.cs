using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.DataExplorer;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>Microsoft.Kusto: clusters, their databases, and the data connections of those.</summary>
internal sealed class KustoResources(WorldNames names, ExplorerStore store) : IArmActions
{
    private const string ClusterType = "Microsoft.Kusto/clusters";
    private const string Databases = "databases";
    private const string Connections = "dataConnections";
    private const string Followers = "listFollowerDatabases";

    public IReadOnlyList<(string Method, string Path)> Types
    {
        get
        {
            string cluster = names.ClusterId("any");
            return
            [
                ("GET", cluster),
                ("GET", $"{cluster}/{Databases}/any"),
                ("GET", $"{cluster}/{Databases}/any/{Connections}/any"),
                ("POST", $"{cluster}/{Followers}"),
            ];
        }
    }

    public JsonNode? Find(string method, ArmPath path, string apiVersion)
    {
        if (method != "GET" || Split(path.Text) is not var (cluster, rest))
            return null;

        return rest switch
        {
            [] => Describe(cluster),
            [var databases, var database] when Same(databases, Databases) => Find(cluster, database) is { } found
                ? Describe(cluster, found)
                : null,
            [var databases, var database, var connections, var connection]
                when Same(databases, Databases) && Same(connections, Connections) => Find(cluster, database)
                ?.Connections.Find(known => Same(known.Name, connection))
                ?.Describe(IdOf(cluster, database), cluster.Name, database),
            _ => null,
        };
    }

    public (IReadOnlyList<JsonNode> Items, int PageSize)? List(ArmPath path, string apiVersion)
    {
        string[] scopes = [names.Subscription, $"{names.Subscription}/resourceGroups/{WorldNames.DataGroup}"];
        if (scopes.Any(scope => Same(path.Text, $"{scope}/providers/{ClusterType}")))
            return ([.. store.Clusters.Select(Describe)], int.MaxValue);

        if (Split(path.Text) is not var (cluster, rest))
            return null;

        return rest switch
        {
            [var databases] when Same(databases, Databases) => (
                [.. cluster.Databases.Select(database => Describe(cluster, database))],
                int.MaxValue
            ),
            [var databases, var name, var connections]
                when Same(databases, Databases) && Same(connections, Connections) && Find(cluster, name) is { } database => (
                [.. database.Connections.Select(one => one.Describe(IdOf(cluster, database.Name), cluster.Name, database.Name))],
                int.MaxValue
            ),
            _ => null,
        };
    }

    public ArmReply? Run(string method, ArmPath path, string apiVersion, JsonNode? body) =>
        method == "POST" && Split(path.Text) is var (cluster, rest) && rest is [var action] && Same(action, Followers)
            ? new ArmReply(200, new JsonObject { ["value"] = new JsonArray([.. cluster.Followers.Select(Describe)]) })
            : null;

    private static JsonNode Describe((string Cluster, string Database) follower) =>
        new JsonObject
        {
            ["clusterResourceId"] = follower.Cluster,
            ["attachedDatabaseConfigurationName"] = "follows",
            ["databaseName"] = follower.Database,
        };

    private static JsonObject Describe(ExplorerCluster cluster) =>
        new()
        {
            ["id"] = cluster.ResourceId,
            ["name"] = cluster.Name,
            ["type"] = "Microsoft.Kusto/Clusters",
            ["location"] = "West Europe",
            ["sku"] = new JsonObject
            {
                ["name"] = "Standard_E2ads_v5",
                ["tier"] = "Standard",
                ["capacity"] = 2,
            },
            ["properties"] = new JsonObject
            {
                ["state"] = cluster.Options.State,
                ["provisioningState"] = "Succeeded",
                ["uri"] = $"https://{cluster.Host}",
                ["dataIngestionUri"] = $"https://{cluster.IngestHost}",
                ["enablePurge"] = cluster.Options.PurgeEnabled,
                ["enableStreamingIngest"] = false,
            },
        };

    private static JsonObject Describe(ExplorerCluster cluster, ExplorerDatabase database) =>
        new()
        {
            ["id"] = IdOf(cluster, database.Name),
            ["name"] = $"{cluster.Name}/{database.Name}",
            ["type"] = "Microsoft.Kusto/Clusters/Databases",
            ["kind"] = database.Kind,
            ["location"] = "West Europe",
            ["properties"] = new JsonObject
            {
                ["provisioningState"] = "Succeeded",
                ["softDeletePeriod"] = "P365D",
                ["hotCachePeriod"] = "P31D",
            },
        };

    private static string IdOf(ExplorerCluster cluster, string database) => $"{cluster.ResourceId}/{Databases}/{database}";

    private static ExplorerDatabase? Find(ExplorerCluster cluster, string database) =>
        cluster.Databases.Find(known => Same(known.Name, database));

    private (ExplorerCluster Cluster, string[] Below)? Split(string path)
    {
        foreach (ExplorerCluster cluster in store.Clusters)
        {
            if (Same(path, cluster.ResourceId))
                return (cluster, []);
            if (path.StartsWith(cluster.ResourceId + "/", StringComparison.OrdinalIgnoreCase))
                return (cluster, path[(cluster.ResourceId.Length + 1)..].Split('/'));
        }

        return null;
    }

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
