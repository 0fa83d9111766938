using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.DataExplorer;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.World;

/// <summary>
/// A cluster of Data Explorer, with a table that gets what the built-in endpoint gets and one that gets the events of a routed event hub.
/// </summary>
internal static class ExplorerSeed
{
    public const string Telemetry = "Telemetry";
    public const string Readings = "Readings";
    public const string Mapping = "from-hub";

    private static readonly string[] s_systemProperties =
    [
        "iothub-connection-device-id",
        "iothub-connection-auth-generation-id",
        "iothub-enqueuedtime",
        "message-id",
    ];

    public static ExplorerCluster Make(WorldNames names, TimeProvider clock)
    {
        var cluster = new ExplorerCluster(WorldNames.Cluster, names.ClusterId(WorldNames.Cluster), clock);
        var database = new ExplorerDatabase(WorldNames.ClusterDatabase);
        database.Tables.Add(NewTable(Telemetry));
        database.Tables.Add(NewTable(Readings));
        database.Connections.Add(
            new ExplorerConnection(
                "hub-telemetry",
                "IotHub",
                Telemetry,
                new JsonObject
                {
                    ["iotHubResourceId"] = names.HubId,
                    ["consumerGroup"] = "dashboards",
                    ["sharedAccessPolicyName"] = "service",
                    ["databaseRouting"] = "Single",
                }
            )
            {
                Mapping = Mapping,
                SystemProperties = s_systemProperties,
                Endpoint = HubEvents.BuiltInEndpoint,
            }
        );
        database.Connections.Add(
            new ExplorerConnection(
                "analytics",
                "EventHub",
                Readings,
                new JsonObject
                {
                    ["eventHubResourceId"] = $"{names.EventHubsId}/eventhubs/{WorldNames.AnalyticsHub}",
                    ["consumerGroup"] = "archiver",
                    ["compression"] = "None",
                    ["databaseRouting"] = "Single",
                }
            )
            {
                Mapping = Mapping,
                SystemProperties = s_systemProperties,
                Endpoint = "analytics-eventhub",
            }
        );
        cluster.Databases.Add(database);
        return cluster;
    }

    /// <summary>Telemetry of some days, of which both tables have got the same.</summary>
    public static ExplorerTruth Fill(ExplorerCluster cluster, HubRegistry registry, Random random, DateTimeOffset baseTime, int scale)
    {
        var messages = new MessageSeed(registry, random);
        var devices = new SortedDictionary<string, int>(StringComparer.Ordinal);
        ExplorerDatabase database = cluster.Databases[0];
        ExplorerConnection connection = database.Connections[0];
        ExplorerTable table = database.Find(connection.Table!)!;
        int rows = 0;
        foreach (RoutedMessage message in messages.Make(baseTime.AddDays(-12), TimeSpan.FromDays(11.9), 240 * scale, isTelemetryOnly: true))
        {
            if (ExplorerIngestion.RowOf(message, connection, table) is not { } row)
                continue;
            table.Add(row);
            rows++;
            devices[message.DeviceId] = devices.GetValueOrDefault(message.DeviceId) + 1;
        }

        return new ExplorerTruth(cluster.Name, database.Name, table.Name, rows, devices);
    }

    private static ExplorerTable NewTable(string name)
    {
        var table = new ExplorerTable(
            name,
            [
                new("DeviceId", KustoType.String),
                new("GenerationId", KustoType.String),
                new("EnqueuedTime", KustoType.DateTime),
                new("MessageId", KustoType.String),
                new("Temperature", KustoType.Real),
                new("Humidity", KustoType.Real),
            ]
        );
        table.Mappings.Add(
            new ExplorerMapping(
                Mapping,
                "Json",
                [
                    Element("DeviceId", "$['iothub-connection-device-id']"),
                    Element("GenerationId", "$['iothub-connection-auth-generation-id']"),
                    Element("EnqueuedTime", "$.iothub-enqueuedtime"),
                    Element("MessageId", "$['message-id']"),
                    Element("Temperature", "$.temperature"),
                    Element("Humidity", "$.humidity"),
                ]
            )
        );
        return table;
    }

    private static JsonObject Element(string column, string path) =>
        new()
        {
            ["column"] = column,
            ["Properties"] = new JsonObject { ["Path"] = path },
        };
}

/// <summary>A table of Data Explorer, and its rows of each device.</summary>
internal sealed record ExplorerTruth(string Cluster, string Database, string Table, int Rows, IReadOnlyDictionary<string, int> Devices);

/// <summary>The data connections that a routing endpoint feeds.</summary>
internal sealed class ExplorerTarget(ExplorerCluster cluster, string endpoint) : IMessageTarget
{
    public string Endpoint => endpoint;

    public void Accept(RoutedMessage message)
    {
        lock (cluster.Gate)
        {
            foreach (ExplorerDatabase database in cluster.Databases)
            {
                foreach (ExplorerConnection connection in database.Connections.Where(connection => connection.Endpoint == endpoint))
                {
                    if (
                        database.Find(connection.Table ?? "") is { } table
                        && ExplorerIngestion.RowOf(message, connection, table) is { } row
                    )
                    {
                        database.Ingest(table, row, message.Enqueued);
                    }
                }
            }
        }
    }
}
