using IotHubDsr.Core.Sinks.DataExplorerTables;
using IotHubDsr.Core.Tests.Sandbox.Kusto;
using IotHubDsr.Core.Tests.Sinks.LogAnalyticsWorkspaces;

namespace IotHubDsr.Core.Tests.Sinks.DataExplorerTables;

/// <summary>Whatever characters IDs, tables and columns have, a query is one.</summary>
public sealed class HostileTableQueryTests
{
    private const string OddTable = "Odd table's \\ \"name\"";

    private static readonly Dictionary<string, string> s_schemas = new(StringComparer.Ordinal)
    {
        ["Telemetry"] = "(DeviceId:string, GenerationId:string, Hub:string, EnqueuedTime:datetime, Temperature:real)",
        [OddTable] = "(Id:dynamic, Other:string)",
    };

    private static readonly DeviceColumns s_usual = new()
    {
        All =
        [
            new TableColumn("DeviceId", "string"),
            new TableColumn("GenerationId", "string"),
            new TableColumn("Hub", "string"),
            new TableColumn("EnqueuedTime", "datetime"),
            new TableColumn("Temperature", "real"),
        ],
        Ids = [new TableColumn("DeviceId", "string")],
        Generation = new TableColumn("GenerationId", "string"),
        Hub = new TableColumn("Hub", "string"),
        Time = new TableColumn("EnqueuedTime", "datetime"),
    };

    private static readonly DeviceColumns s_odd = new()
    {
        All = [new TableColumn("Id", "dynamic"), new TableColumn("Other", "string")],
        Ids = [new TableColumn("Id", "dynamic"), new TableColumn("Other", "string")],
    };

    private static IEnumerable<string> QueriesFor(IReadOnlyList<string> deviceIds)
    {
        var usual = new TableQueries("Telemetry", "iot", s_usual);
        var odd = new TableQueries(OddTable, "iot", s_odd);
        foreach (TableQueries queries in (TableQueries[])[usual, odd])
        {
            yield return queries.Nameless;
            foreach (string[] some in deviceIds.Chunk(TableQueries.MostDevices))
            {
                yield return queries.Summary(some, byTime: false);
                yield return queries.Summary(some, byTime: true);
                yield return queries.Rows(some, new TableSlice(1, 0));
                yield return queries.Rows(some, new TableSlice(8, 5));
                yield return $"{queries.Name} | {queries.Predicate(some, hubName: null, [], DateTimeOffset.UnixEpoch.AddTicks(1))}";
            }
        }

        yield return $"{usual.Name} | {usual.Predicate(["dev1"], "contoso-hub", ["6379", "it's \\"], until: null)}";
    }

    [LanguageServiceFact]
    public async Task Queries_ForTenThousandHostileIds_HaveNoErrors()
    {
        IReadOnlyList<KustoJudgement> judged = await LanguageService.JudgeAsync(s_schemas, [.. QueriesFor(HostileQueryTests.HostileIds)]);

        Assert.All(judged, judgement => Assert.Empty(judgement.Errors));
    }
}
