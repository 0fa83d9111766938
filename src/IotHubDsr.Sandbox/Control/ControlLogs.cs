using System.Globalization;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;
using IotHubDsr.Sandbox.Logs;
using IotHubDsr.Sandbox.Logs.Tables;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Control;

/// <summary>Tables of Log Analytics by the back door: a test makes them, sees their rows, and adds some past all ingestion.</summary>
internal sealed class ControlLogs(LogStore store, string hubId, TimeProvider clock)
{
    private const int MostGenerated = 1_000_000;

    public IReadOnlyList<LogTableState> States(string workspace)
    {
        LogWorkspace found = Find(workspace);
        lock (found.Gate)
        {
            return
            [
                .. found.Tables.Select(table => new LogTableState(
                    table.Name,
                    table.Plan.ToString(),
                    table.Rows.Count(),
                    [.. table.Columns.Select(column => $"{column.Name}:{column.Type.Name}")]
                )),
            ];
        }
    }

    public void Configure(string workspace, WorkspaceRequest request)
    {
        LogWorkspace found = Find(workspace);
        LogWorkspaceOptions options = found.Options;
        found.Options = options with
        {
            PurgePending = Seconds(request.PurgePendingSeconds) ?? options.PurgePending,
            PurgeLasting = Seconds(request.PurgeLastingSeconds) ?? options.PurgeLasting,
            DeletionUpdating = Seconds(request.DeletionSeconds) ?? options.DeletionUpdating,
            IngestionDelay = Seconds(request.IngestionSeconds) ?? options.IngestionDelay,
            MostPurgesPerHour = request.MostPurgesPerHour ?? options.MostPurgesPerHour,
            MostColumns = request.MostColumns ?? options.MostColumns,
            MostRows = request.MostRows ?? options.MostRows,
            MostBytes = request.MostBytes ?? options.MostBytes,
            QueryDuration = Seconds(request.QuerySeconds) ?? options.QueryDuration,
        };
    }

    public JsonArray Rows(string workspace, string table)
    {
        LogWorkspace found = Find(workspace);
        lock (found.Gate)
        {
            LogTable read = TableOf(found, table);
            return
            [
                .. read.Rows.Select(row =>
                {
                    var described = new JsonObject();
                    foreach (KustoColumn column in read.Columns)
                        described[column.Name] = KustoDynamic.Of(read.ValueOf(row, column));

                    return (JsonNode)described;
                }),
            ];
        }
    }

    public void Create(string workspace, string table, LogTableRequest request)
    {
        IEnumerable<KustoColumn> own = request.Columns.Select(column => new KustoColumn(
            column.Key,
            KustoTypes.Find(column.Value) ?? throw new ArgumentException($"There is no type '{column.Value}'.")
        ));
        var made = new LogTable(
            table,
            [.. LogSchemas.Strings("TenantId"), new(LogTable.TimeGenerated, KustoType.DateTime), .. own, .. LogSchemas.Strings("Type")],
            clock
        )
        {
            Plan = Enum.Parse<LogTablePlan>(request.Plan, ignoreCase: true),
            RetentionInDays = request.RetentionInDays,
            TotalRetentionInDays = request.RetentionInDays,
            Search = request.SearchQuery is { } query ? (query, request.SourceTable ?? "") : null,
            Restored = request is { SearchQuery: null, SourceTable: { } source }
                ? (source, clock.GetUtcNow().AddDays(-2), clock.GetUtcNow())
                : null,
        };
        LogWorkspace found = Find(workspace);
        lock (found.Gate)
            found.Set(made);
    }

    public void Add(string workspace, string table, LogRowsRequest request)
    {
        LogWorkspace found = Find(workspace);
        DateTimeOffset now = clock.GetUtcNow();
        for (int copy = 0; copy < request.Copies; copy++)
        {
            foreach (JsonObject row in request.Rows)
            {
                DateTimeOffset generated = row[LogTable.TimeGenerated] is { } time
                    ? DateTimeOffset.Parse(time.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
                    : now;
                found.Add(table, row, generated, now);
            }
        }
    }

    /// <summary>Adds so many rows of the devices in turn, over the last days, as the hub writes them.</summary>
    public void Generate(string workspace, string table, GenerateRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(request.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Count, MostGenerated);
        LogWorkspace found = Find(workspace);
        DateTimeOffset now = clock.GetUtcNow();
        for (int number = 0; number < request.Count; number++)
        {
            var properties = new JsonObject { ["deviceId"] = request.Devices[number % request.Devices.Count], ["seq"] = number };
            DateTimeOffset time = now.AddSeconds(-(number % (7 * 86400)));
            found.Add(table, DiagnosticsRow.Of(hubId, "Connections", "deviceConnect", properties.ToJsonString()), time, now);
        }
    }

    public void Remove(string workspace, string table)
    {
        LogWorkspace found = Find(workspace);
        lock (found.Gate)
        {
            if (!found.Remove(table))
                throw new ArgumentException($"There is no table '{table}'.");
        }
    }

    private static TimeSpan? Seconds(double? seconds) => seconds is { } number ? TimeSpan.FromSeconds(number) : null;

    private LogWorkspace Find(string workspace) =>
        store.Find(workspace) ?? throw new ArgumentException($"There is no workspace '{workspace}'.");

    private static LogTable TableOf(LogWorkspace workspace, string table) =>
        workspace.Table(table) ?? throw new ArgumentException($"There is no table '{table}'.");
}
