using System.Text.Json.Nodes;
using IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;
using IotHubDsr.Core.Tests.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Logs.Rest;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.LogAnalyticsWorkspaces;

/// <summary>Whatever characters an ID or a value has, a query is one, and asks for exactly that.</summary>
public sealed class HostileQueryTests
{
    private const string IdCharacters = "aZ09-:.+%_#*?!(),=@$'";
    private const string AnyCharacters = IdCharacters + "\"\\`/[]{}|;&<> \t\r\n\0\u001b\u2028é日\ud83d";
    private const int Ids = 10_000;

    private static readonly Dictionary<string, string> s_schemas = new(StringComparer.Ordinal)
    {
        [LogTables.Diagnostics] =
            "(TimeGenerated:datetime, Category:string, CorrelationId:string, properties_s:string, AdditionalFields:dynamic, _ResourceId:string)",
        [LogTables.Tracing] = "(TimeGenerated:datetime, CorrelationId:string, DeviceId:string, _ResourceId:string)",
        ["Odd-table's \\ \"name\"_CL"] = "(TimeGenerated:datetime, a:string)",
    };

    private static readonly WorkspaceTable s_diagnostics = new(LogTables.Diagnostics, true, false, false, null, null);
    private static readonly DateTimeOffset s_start = new(2026, 10, 31, 23, 0, 0, TimeSpan.Zero);
    private static readonly LogSlice s_slice = new(s_start, s_start.AddHours(2));

    /// <summary>A query of each kind that there is, for some devices or values.</summary>
    internal static IEnumerable<string> QueriesFor(IReadOnlyList<string> deviceIds, IReadOnlyList<string> values)
    {
        var odd = new WorkspaceTable("Odd-table's \\ \"name\"_CL", true, false, true, null, null) { Columns = ["a", "it's", "b\"c"] };
        yield return LogQueries.TablesOf("contoso-hub");
        yield return LogQueries.TablesOf(
            "contoso-hub",
            [.. values.Take(30).Select(value => $"/subscriptions/s/providers/{value}"), "/it's"]
        );
        foreach (string[] some in deviceIds.Chunk(LogQueries.MostDevices))
        {
            yield return LogQueries.Count(s_diagnostics, some);
            yield return LogQueries.Rows(s_diagnostics, some, s_slice);
        }

        yield return LogQueries.Rows(odd, deviceIds.Take(LogQueries.MostDevices), s_slice);
        yield return LogQueries.Rows(odd with { Columns = [.. Enumerable.Range(0, 70).Select(number => $"c{number}")] }, ["x"], s_slice);
        yield return LogQueries.Count(odd with { Columns = [] }, ["x"]);
        foreach (string[] some in values.Chunk(1_000))
            yield return LogQueries.CountValues(LogTables.Diagnostics, "properties_s", "_ResourceId", some);
        string[] traces = [.. Enumerable.Range(0, 1_000).Select(number => $"{number:x32}")];
        yield return LogQueries.CountTraces(LogTables.Tracing, traces);
        yield return LogQueries.RowsOfTraces(LogTables.Diagnostics, traces, s_slice);
    }

    [Fact]
    public async Task Values_OfAnyCharacters_CountExactlyTheirRows()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        string[] all = [.. Texts(AnyCharacters, Ids, 60).Distinct(StringComparer.Ordinal)];
        Fill(logs, all);
        HashSet<string> asked = [.. all.Where((_, index) => index % 2 == 0)];

        Dictionary<string, long> counted = [];
        foreach (string[] some in asked.Chunk(2_000))
        {
            foreach (object?[] row in Run(logs, LogQueries.CountValues(LogSandbox.Table, "properties_s", "_ResourceId", some)))
                counted.Add((string)row[0]!, (long)row[2]!);
        }

        Assert.True(asked.SetEquals(counted.Keys));
        Assert.All(counted.Values, rows => Assert.Equal(1, rows));
    }

    [Fact]
    public async Task Ids_OfAnyCharacters_FindEachOfTheirRows()
    {
        await using LogSandbox logs = await LogSandbox.StartAsync();
        string[] ids = [.. Texts(IdCharacters, 300, 20).Distinct(StringComparer.Ordinal)];
        foreach (string id in ids)
            logs.Add(new JsonObject { ["deviceId"] = id }.ToJsonString());

        IReadOnlyList<DeviceDataFinding> found = await logs.FindAsync(ids);

        Assert.Equal(ids.Select(id => (id, Verdict.Present, 1L)), found.Select(one => (one.DeviceId, one.Verdict, one.RecordCount)));
        Assert.Empty(logs.Reported);
    }

    [LanguageServiceFact]
    public async Task Queries_ForTenThousandHostileIds_HaveNoErrors()
    {
        IReadOnlyList<KustoJudgement> judged = await LanguageService.JudgeAsync(s_schemas, [.. QueriesFor(HostileIds, HostileValues)]);

        Assert.All(judged, judgement => Assert.Empty(judgement.Errors));
    }

    /// <summary>Texts of such characters, by a seed.</summary>
    internal static IEnumerable<string> Texts(string characters, int count, int longest)
    {
        var random = new Random(4711);
        for (int made = 0; made < count; made++)
        {
            yield return new string([
                .. Enumerable.Range(0, random.Next(1, longest)).Select(_ => characters[random.Next(characters.Length)]),
            ]);
        }
    }

    internal static IReadOnlyList<string> HostileIds => [.. Texts(IdCharacters, Ids, 128).Distinct(StringComparer.Ordinal)];

    internal static IReadOnlyList<string> HostileValues => [.. Texts(AnyCharacters, Ids, 60).Distinct(StringComparer.Ordinal)];

    /// <summary>Adds rows that are younger than the retention, whenever the test runs.</summary>
    private static void Fill(LogSandbox logs, IEnumerable<string> values)
    {
        DateTimeOffset made = logs.Clock.GetUtcNow().AddHours(-1);
        foreach (string value in values)
            logs.Workspace.Add(LogSandbox.Table, new JsonObject { [DiagnosticsRow.Properties] = JsonValue.Create(value) }, made, made);
    }

    private static IEnumerable<object?[]> Run(LogSandbox logs, string query)
    {
        var database = new LogDatabase(logs.Workspace, LogTimeRange.All, static _ => true, isSearch: false);
        return KustoEngine.Run(query, database, logs.Clock.GetUtcNow()).Rows;
    }
}
