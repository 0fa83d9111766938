using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.DataExplorer;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Control;

/// <summary>Clusters of Data Explorer by the back door: a test sets them up, sees the rows of tables, and adds some.</summary>
internal sealed class ControlExplorer(ExplorerStore store, TimeProvider clock)
{
    public void Configure(string cluster, ExplorerRequest request)
    {
        ExplorerCluster found = Find(cluster);
        ExplorerOptions options = found.Options;
        lock (found.Gate)
        {
            found.Options = options with
            {
                PurgeEnabled = request.PurgeEnabled ?? options.PurgeEnabled,
                PurgeDuration = request.PurgeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : options.PurgeDuration,
                PurgeState = request.PurgeState ?? options.PurgeState,
                MostRows = request.MostRows ?? options.MostRows,
                MostBytes = request.MostBytes ?? options.MostBytes,
                State = request.State ?? options.State,
                Role = request.Role is { } role ? Enum.Parse<ExplorerRole>(role, ignoreCase: true) : options.Role,
            };
        }
    }

    public JsonArray Rows(string cluster, string database, string table)
    {
        ExplorerCluster found = Find(cluster);
        lock (found.Gate)
        {
            ExplorerTable read = TableOf(found, database, table);
            return
            [
                .. read.Rows(clock.GetUtcNow())
                    .Select(row =>
                    {
                        var described = new JsonObject();
                        foreach (KustoColumn column in read.Columns)
                            described[column.Name] = KustoDynamic.Of(ExplorerTable.ValueOf(row, column));

                        return (JsonNode)described;
                    }),
            ];
        }
    }

    /// <summary>Makes a table, also in place of one with its rows.</summary>
    public void Create(string cluster, string database, string table, ExplorerTableRequest request)
    {
        var made = new ExplorerTable(
            table,
            [
                .. request.Columns.Select(column => new KustoColumn(
                    column.Key,
                    KustoTypes.Find(column.Value) ?? throw new ArgumentException($"There is no type '{column.Value}'.")
                )),
            ]
        );
        foreach ((string name, JsonArray elements) in request.Mappings ?? new Dictionary<string, JsonArray>())
            made.Mappings.Add(new ExplorerMapping(name, request.MappingKind, elements));

        ExplorerCluster found = Find(cluster);
        lock (found.Gate)
        {
            ExplorerDatabase into = DatabaseOf(found, database);
            into.Tables.RemoveAll(known => known.Name == table);
            into.Tables.Add(made);
        }
    }

    public void Add(string cluster, string database, string table, LogRowsRequest request)
    {
        ExplorerCluster found = Find(cluster);
        lock (found.Gate)
        {
            ExplorerTable into = TableOf(found, database, table);
            for (int copy = 0; copy < request.Copies; copy++)
            {
                foreach (JsonObject row in request.Rows)
                    into.Add(row);
            }
        }
    }

    private ExplorerCluster Find(string cluster) => store.Find(cluster) ?? throw new ArgumentException($"There is no cluster '{cluster}'.");

    private static ExplorerDatabase DatabaseOf(ExplorerCluster cluster, string database) =>
        cluster.Find(database) ?? throw new ArgumentException($"There is no database '{database}'.");

    private static ExplorerTable TableOf(ExplorerCluster cluster, string database, string table) =>
        DatabaseOf(cluster, database).Find(table) ?? throw new ArgumentException($"There is no table '{table}'.");
}

/// <summary>POST /sandbox/explorer/{cluster}: how the cluster behaves from now on; what is not named stays.</summary>
/// <param name="PurgeEnabled">Whether purges are taken.</param>
/// <param name="PurgeSeconds">How long a purge takes.</param>
/// <param name="PurgeState">What becomes of it: Completed, Failed, BadInput or Canceled.</param>
/// <param name="MostRows">An answer with more is cut short.</param>
/// <param name="MostBytes">An answer with more is cut short.</param>
/// <param name="State">Running, or Stopped.</param>
/// <param name="Role">The role of the application in the databases: None, Viewer or Admin.</param>
internal sealed record ExplorerRequest(
    bool? PurgeEnabled = null,
    double? PurgeSeconds = null,
    string? PurgeState = null,
    int? MostRows = null,
    long? MostBytes = null,
    string? State = null,
    string? Role = null
);

/// <summary>PUT /sandbox/explorer/{cluster}/{database}/{table}: makes a table.</summary>
/// <param name="Columns">Their types by name.</param>
/// <param name="Mappings">Its ingestion mappings by name, each with its elements.</param>
/// <param name="MappingKind">Their kind.</param>
internal sealed record ExplorerTableRequest(
    IReadOnlyDictionary<string, string> Columns,
    IReadOnlyDictionary<string, JsonArray>? Mappings = null,
    string MappingKind = "Json"
);
