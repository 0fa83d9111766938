using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;
using IotHubDsr.Sandbox.Logs;
using IotHubDsr.Sandbox.Logs.Tables;

namespace IotHubDsr.Sandbox.World;

/// <summary>
/// The workspace of the hub's diagnostic setting: what its archives have too, what only a setting for all categories writes, tables of
/// other services, and copies of rows.
/// </summary>
internal sealed class WorkspaceSeed(
    LogWorkspace workspace,
    WorldNames names,
    IReadOnlyList<LogRecord> archived,
    Random random,
    DateTimeOffset baseTime
)
{
    public const string BasicTable = "DeviceBoot_CL";
    public const string SearchTable = "dev1visits_SRCH";

    private const string SearchQuery = "AzureDiagnostics | where properties_s has 'dev1'";

    public static LogWorkspace Make(WorldNames names, TimeProvider clock)
    {
        var workspace = new LogWorkspace(WorldNames.Workspace, names.WorkspaceId(WorldNames.Workspace), names.WorkspaceCustomerId, clock);
        workspace.Set(new LogTable(LogSchemas.AzureDiagnostics, LogSchemas.DiagnosticsColumns, clock));
        workspace.Set(new LogTable(LogSchemas.DistributedTracing, LogSchemas.TracingColumns, clock));
        workspace.Set(
            new LogTable(LogSchemas.SecurityEvents, LogSchemas.SecurityColumns, clock) { RetentionInDays = 90, TotalRetentionInDays = 90 }
        );
        workspace.Set(new LogTable(BasicTable, BootColumns, clock) { Plan = LogTablePlan.Basic });
        workspace.Set(
            new LogTable(SearchTable, SearchColumns, clock) { Search = (SearchQuery, LogSchemas.AzureDiagnostics), RetentionInDays = 90 }
        );
        workspace.Exports =
        [
            new LogExport(
                "to-uploads",
                names.WorkspaceCustomerId,
                names.StorageId(WorldNames.UploadAccount),
                "StorageAccount",
                [LogSchemas.AzureDiagnostics]
            ),
        ];
        return workspace;
    }

    public IReadOnlyList<TableTruth> Fill()
    {
        var diagnostics = new DiagnosticsSeed(workspace, names, random, baseTime);
        diagnostics.Fill(archived);
        return
        [
            diagnostics.Tally.Truth(workspace, Table(LogSchemas.AzureDiagnostics)),
            FillTracing(),
            FillSecurity(),
            FillBoots(),
            FillSearch(),
        ];
    }

    private static IReadOnlyList<KustoColumn> BootColumns =>
        [
            .. LogSchemas.Strings("TenantId"),
            new(LogTable.TimeGenerated, KustoType.DateTime),
            .. LogSchemas.Strings("DeviceId", "Message", "Type"),
        ];

    private static IReadOnlyList<KustoColumn> SearchColumns =>
        [
            .. LogSchemas.DiagnosticsColumns,
            .. LogSchemas.Strings("properties_s", "location_s", "_OriginalType", "_OriginalItemId"),
            new("_OriginalTimeGenerated", KustoType.DateTime),
        ];

    private LogTable Table(string name) => workspace.Table(name)!;

    private TableTruth FillTracing()
    {
        var tally = new TableTally();
        foreach (string id in (string[])["dev1", "Dev1", "dev10", "it's", "th-001"])
        {
            string trace = TraceId.Next(random);
            DateTimeOffset time = baseTime.AddHours(-random.Next(2, 200));
            Add(Tracing("DiagnosticIoTHubD2C", TraceId.Span(trace, random), ("DeviceId", id), ("MessageSize", 120)), time);
            tally.Named(id);
            foreach (string operation in (string[])["DiagnosticIoTHubIngress", "DiagnosticIoTHubEgress"])
            {
                Add(Tracing(operation, TraceId.Span(trace, random), ("EndpointName", "raw-avro"), ("DurationMs", 12)), time.AddSeconds(1));
                tally.Traced(id);
            }
        }

        return tally.Truth(workspace, Table(LogSchemas.DistributedTracing));

        void Add(JsonObject row, DateTimeOffset time) => workspace.Add(LogSchemas.DistributedTracing, row, time, Received(time));
    }

    private JsonObject Tracing(string operation, string correlation, params (string Name, JsonNode Value)[] values)
    {
        var row = new JsonObject
        {
            ["Category"] = "DistributedTracing",
            ["OperationName"] = operation,
            ["CorrelationId"] = correlation,
            ["Level"] = "Information",
            ["Location"] = WorldNames.Location,
            ["SourceSystem"] = "Azure",
            ["_ResourceId"] = names.HubId.ToLowerInvariant(),
        };
        foreach ((string name, JsonNode value) in values)
            row[name] = value;

        return row;
    }

    private TableTruth FillSecurity()
    {
        var tally = new TableTally();
        foreach (string id in (string[])["dev1", "dev10", "Dev1", "100%", "th-002"])
        {
            DateTimeOffset time = baseTime.AddHours(-random.Next(2, 400));
            var row = new JsonObject
            {
                ["TimeStamp"] = time.UtcDateTime.ToString("o"),
                ["AgentVersion"] = "0.0.8",
                ["AssociatedResourceId"] = names.HubId,
                ["AzureSubscriptionId"] = names.SubscriptionId,
                ["DeviceId"] = id,
                ["EventDetails"] = new JsonObject { ["UserName"] = "root", ["DeviceId"] = id }.ToJsonString(),
                ["IoTRawEventId"] = WorldNames.NextGuid(random),
                ["RawEventCategory"] = "Periodic",
                ["RawEventName"] = "ListeningPorts",
                ["RawEventType"] = "Security",
                ["IsEmpty"] = false,
            };
            workspace.Add(LogSchemas.SecurityEvents, row, time, Received(time));
            tally.Named(id);
        }

        return tally.Truth(workspace, Table(LogSchemas.SecurityEvents));
    }

    private TableTruth FillBoots()
    {
        var tally = new TableTally();
        foreach (string id in (string[])["dev1", "dev1", "dev10", "it's"])
        {
            DateTimeOffset time = baseTime.AddHours(-random.Next(2, 200));
            workspace.Add(BasicTable, new JsonObject { ["DeviceId"] = id, ["Message"] = $"{id} has started" }, time, Received(time));
            tally.Named(id);
        }

        return tally.Truth(workspace, Table(BasicTable));
    }

    /// <summary>A search job has copied what it has found, with all values: what is erased from its source is still here.</summary>
    private TableTruth FillSearch()
    {
        var tally = new TableTally();
        LogTable source = Table(LogSchemas.AzureDiagnostics);
        KustoColumn properties = source.Column(DiagnosticsRow.Properties)!;
        IEnumerable<LogRow> found = source.Rows.Where(row => KustoTerms.Has((string)source.ValueOf(row, properties)!, "dev1"));
        foreach (LogRow row in found.Where(row => (string?)row.Values["Category"] == "C2DCommands").ToList())
        {
            var copy = new JsonObject { ["_OriginalType"] = source.Name, ["_OriginalItemId"] = row.Id };
            foreach ((string column, object? value) in row.Values)
                copy[column] = KustoDynamic.Of(value);

            workspace.Add(SearchTable, copy, row.Generated, Received(row.Generated));
            tally.Named(
                KustoText.Of(KustoDynamic.Member(KustoDynamic.Parse((string)source.ValueOf(row, properties)!), LogRecord.DeviceId))
            );
        }

        return tally.Truth(workspace, Table(SearchTable));
    }

    /// <summary>Everything of the seed has come in before the world begins.</summary>
    private DateTimeOffset Received(DateTimeOffset generated) =>
        generated.AddMinutes(4) is var usual && usual > baseTime ? baseTime : usual;
}
