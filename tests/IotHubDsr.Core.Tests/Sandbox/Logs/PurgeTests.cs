using System.Net;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Identity;

namespace IotHubDsr.Core.Tests.Sandbox.Logs;

public sealed class PurgeTests
{
    private const string Dev1 =
        """AzureDiagnostics | where properties_s == '{"query":"SELECT * FROM devices WHERE deviceId IN [\'dev1\',\'dev10\']"}'""";

    [Fact]
    public async Task Purge_IsPending_ThenCompleted_AndTheRowsGoAfterThat()
    {
        await using LogsSession logs = await LogsSession.StartAsync();
        long all = await logs.CountAsync("AzureDiagnostics");
        string text = (await logs.RowsAsync($"{Dev1} | project properties_s"))[0]![0]!.GetValue<string>();

        using HttpResponseMessage purge = await logs.PurgeAsync(
            "AzureDiagnostics",
            LogsSession.Filter("properties_s", "in", new JsonArray(text))
        );
        string status = purge.Headers.GetValues("x-ms-status-location").Single();
        string id = (await SandboxSession.JsonOf(purge))["operationId"]!.ToString();

        Assert.Equal(HttpStatusCode.Accepted, purge.StatusCode);
        Assert.Null(purge.Headers.Location);
        Assert.True(Guid.TryParse(id, out _));
        Assert.Contains($"/operations/purge-{id}?api-version=2015-03-20", status, StringComparison.Ordinal);
        Assert.Equal("pending", await StatusAsync(logs, status));

        logs.Advance(TimeSpan.FromHours(2.5));
        Assert.Equal("completed", await StatusAsync(logs, status));
        Assert.Equal(1, await logs.CountAsync(Dev1));

        logs.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, await logs.CountAsync(Dev1));
        Assert.Equal(all - 1, await logs.CountAsync("AzureDiagnostics"));
    }

    [Fact]
    public async Task Purge_OfSeveralFilters_TakesRowsThatPassAll()
    {
        await using LogsSession logs = await LogsSession.StartAsync();
        const string Twin = """AzureDiagnostics | where properties_s contains 'scope' and properties_s contains 'dev1'""";
        string text = (await logs.RowsAsync($"{Twin} | project properties_s"))[0]![0]!.GetValue<string>();

        using HttpResponseMessage purge = await logs.PurgeAsync(
            "AzureDiagnostics",
            LogsSession.Filter("properties_s", "==", text),
            LogsSession.Filter("_ResourceId", "==", logs.World.Names.HubId.ToLowerInvariant())
        );
        logs.Advance(TimeSpan.FromHours(4));

        JsonNode left = Assert.Single(await logs.RowsAsync($"{Twin} | project _ResourceId"))!;
        Assert.Equal(HttpStatusCode.Accepted, purge.StatusCode);
        Assert.Equal(logs.World.Names.NeighbourId.ToLowerInvariant(), left[0]!.ToString());
    }

    [Fact]
    public async Task Purge_MoreThanFiftyTimesAnHour_IsThrottled()
    {
        await using LogsSession logs = await LogsSession.StartAsync();
        JsonObject filter = LogsSession.Filter("Category", "==", "none");
        for (int count = 0; count < 50; count++)
        {
            using HttpResponseMessage purge = await logs.PurgeAsync("AzureDiagnostics", filter.DeepClone().AsObject());
            Assert.Equal(HttpStatusCode.Accepted, purge.StatusCode);
        }

        using HttpResponseMessage tooMany = await logs.PurgeAsync("AzureDiagnostics", filter.DeepClone().AsObject());
        logs.Advance(TimeSpan.FromMinutes(61));
        using HttpResponseMessage later = await logs.PurgeAsync("AzureDiagnostics", filter);

        Assert.Equal(HttpStatusCode.TooManyRequests, tooMany.StatusCode);
        Assert.Contains("Rate limit", await tooMany.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, later.StatusCode);
    }

    [Theory]
    [InlineData("DeviceBoot_CL", "DeviceId", "==")]
    [InlineData("Missing", "DeviceId", "==")]
    [InlineData("AzureDiagnostics", "missing_s", "==")]
    [InlineData("AzureDiagnostics", "properties_s", "contains")]
    [InlineData("AzureDiagnostics", "AdditionalFields", "==")]
    [InlineData("AzureDiagnostics", "properties_s", "in")]
    public async Task Purge_ThatCannotBeDone_IsRefused(string table, string column, string symbol)
    {
        await using LogsSession logs = await LogsSession.StartAsync();

        using HttpResponseMessage purge = await logs.PurgeAsync(table, LogsSession.Filter(column, symbol, "dev1"));

        Assert.Equal(HttpStatusCode.BadRequest, purge.StatusCode);
    }

    [Fact]
    public async Task Purge_NeedsItsOwnRight_WhichReadersDoNotHaveAndPurgersDo()
    {
        await using LogsSession logs = await LogsSession.StartAsync();
        JsonObject filter = LogsSession.Filter("Category", "==", "none");

        Assign(logs, "*/read");
        using HttpResponseMessage reader = await logs.PurgeAsync("AzureDiagnostics", filter.DeepClone().AsObject());
        using HttpResponseMessage readsWorkspace = await logs.ArmAsync("GET", logs.WorkspaceId);
        Assign(logs, "Microsoft.OperationalInsights/workspaces/*/read", "Microsoft.OperationalInsights/workspaces/purge/action");
        using HttpResponseMessage purger = await logs.PurgeAsync("AzureDiagnostics", filter);
        using HttpResponseMessage workspace = await logs.ArmAsync("GET", logs.WorkspaceId);
        using HttpResponseMessage status = await logs.ArmAsync(
            "GET",
            new Uri(purger.Headers.GetValues("x-ms-status-location").Single()).PathAndQuery
        );

        Assert.Equal(HttpStatusCode.Forbidden, reader.StatusCode);
        Assert.Equal(HttpStatusCode.OK, readsWorkspace.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, purger.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, workspace.StatusCode);
        Assert.Equal(HttpStatusCode.OK, status.StatusCode);
    }

    private static void Assign(LogsSession logs, params string[] actions) =>
        logs.Session.Server.Access.Assignments = [
            new RoleAssignment(logs.World.Names.Subscription, new RoleDefinition { Actions = actions }),
        ];

    private static async Task<string> StatusAsync(LogsSession logs, string url)
    {
        using HttpResponseMessage response = await logs.ArmAsync("GET", new Uri(url).PathAndQuery);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await SandboxSession.JsonOf(response))["status"]!.ToString();
    }
}
