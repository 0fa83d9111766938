using System.Net;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sandbox.Logs;

public sealed class WorkspaceTests
{
    [Fact]
    public async Task Workspace_OfTheDiagnosticSetting_HasItsIdTablesAndExportRule()
    {
        await using LogsSession logs = await LogsSession.StartAsync();

        JsonNode workspace = await GetAsync(logs, "");
        JsonArray tables = (await GetAsync(logs, "/tables"))["value"]!.AsArray();
        JsonNode search = await GetAsync(logs, "/tables/dev1visits_SRCH");
        JsonArray exports = (await GetAsync(logs, "/dataExports"))["value"]!.AsArray();

        Assert.Equal(logs.World.Names.WorkspaceCustomerId, workspace["properties"]!["customerId"]!.ToString());
        Assert.Equal("Basic", tables.Single(table => table!["name"]!.ToString() == "DeviceBoot_CL")!["properties"]!["plan"]!.ToString());
        Assert.Equal("SearchResults", search["properties"]!["schema"]!["tableType"]!.ToString());
        Assert.Contains("'dev1'", search["properties"]!["schema"]!["searchResults"]!["query"]!.ToString(), StringComparison.Ordinal);
        JsonNode rule = Assert.Single(exports)!["properties"]!;
        Assert.Equal(logs.World.Names.StorageId(WorldNames.UploadAccount), rule["destination"]!["resourceId"]!.ToString());
        Assert.Equal("""["AzureDiagnostics"]""", rule["tableNames"]!.ToJsonString());
    }

    [Fact]
    public async Task ExportRule_HasCopiedRowsOfTheLastDays()
    {
        await using LogsSession logs = await LogsSession.StartAsync();
        long recent = await logs.CountAsync(
            $"AzureDiagnostics | where TimeGenerated > datetime({logs.World.Truth.BaseTime.AddDays(-3).UtcDateTime:O})"
        );

        using HttpResponseMessage listed = await logs.Session.ControlAsync(
            "GET",
            $"blobs/{WorldNames.UploadAccount}/{ExportSeed.Container}"
        );
        string[] names = [.. (await SandboxSession.JsonOf(listed)).AsArray().Select(blob => blob!["name"]!.ToString())];
        long lines = 0;
        foreach (string name in names)
        {
            using HttpResponseMessage blob = await logs.Session.ControlAsync(
                "GET",
                $"blobs/{WorldNames.UploadAccount}/{ExportSeed.Container}/{name}"
            );
            lines += (await blob.Content.ReadAsStringAsync()).Count(letter => letter == '\n');
        }

        Assert.All(names, name => Assert.EndsWith("/PT05M.json", name, StringComparison.Ordinal));
        Assert.InRange(recent, 1, long.MaxValue);
        Assert.Equal(recent, lines);
    }

    [Fact]
    public async Task DeleteData_IsAcceptedInAnyCase_AndItsStatusTells()
    {
        await using LogsSession logs = await LogsSession.StartAsync();
        long events = await logs.CountAsync("SecurityIoTRawEvent | where DeviceId == 'dev1'");

        string right = await DeleteAsync(logs, "SecurityIoTRawEvent", LogsSession.Filter("DeviceId", "==", "dev1"));
        string wrong = await DeleteAsync(logs, "SecurityIoTRawEvent", LogsSession.Filter("Missing", "==", "dev1"));
        JsonNode before = await StatusAsync(logs, right);
        logs.Advance(TimeSpan.FromMinutes(11));
        JsonNode done = await StatusAsync(logs, right);
        JsonNode failed = await StatusAsync(logs, wrong);

        Assert.Equal("Updating", before["status"]!.ToString());
        Assert.Equal("Succeeded", done["status"]!.ToString());
        Assert.Equal(events, done["properties"]!["RecordCount"]!.GetValue<long>());
        Assert.Equal("Failed", failed["status"]!.ToString());
        Assert.NotNull(failed["error"]);
        Assert.Equal(0, await logs.CountAsync("SecurityIoTRawEvent | where DeviceId == 'dev1'"));
    }

    [Fact]
    public async Task DeleteData_MoreThanTenTimesAnHourOrOfAnAuxiliaryTable_IsRefused()
    {
        await using LogsSession logs = await LogsSession.StartAsync();
        await ControlAsync(logs, "PUT", "Lake_CL", new JsonObject { ["columns"] = new JsonObject(), ["plan"] = "Auxiliary" });
        for (int count = 0; count < 10; count++)
            await DeleteAsync(logs, "AzureDiagnostics", LogsSession.Filter("Category", "==", "none"));

        using HttpResponseMessage tooMany = await SendDeleteAsync(logs, "AzureDiagnostics", LogsSession.Filter("Category", "==", "none"));
        using HttpResponseMessage auxiliary = await SendDeleteAsync(logs, "Lake_CL", LogsSession.Filter("Type", "==", "none"));

        Assert.Equal(HttpStatusCode.TooManyRequests, tooMany.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, auxiliary.StatusCode);
    }

    [Fact]
    public async Task Calls_OfTheHub_LeaveRowsSomeMinutesLater()
    {
        await using LogsSession logs = await LogsSession.StartAsync();
        const string Own = "AzureDiagnostics | where TimeGenerated > ago(1h) and properties_s has 'service'";
        long before = await logs.CountAsync(Own);

        using HttpResponseMessage twin = await logs.Session.HubAsync("GET", "/twins/dev1");
        using HttpResponseMessage missing = await logs.Session.HubAsync("DELETE", "/devices/nobody", null, ("If-Match", "\"*\""));
        using HttpResponseMessage looked = await logs.Session.HubAsync("GET", "/devices/nobody");
        using HttpResponseMessage there = await logs.Session.HubAsync("GET", "/devices/dev1");
        using HttpResponseMessage query = await logs.Session.HubAsync(
            "POST",
            "/devices/query",
            new JsonObject { ["query"] = "SELECT * FROM devices WHERE deviceId = 'dev2'" }
        );
        long at = await logs.CountAsync(Own);
        logs.Advance(TimeSpan.FromMinutes(6));
        JsonArray rows = await logs.RowsAsync($"{Own} | sort by TimeGenerated asc | project Category, ResultType, properties_s");

        Assert.Equal(before, at);
        Assert.Equal(before + 3, rows.Count);
        string text = rows.ToJsonString();
        Assert.Contains("C2DTwinOperations", text, StringComparison.Ordinal);
        Assert.Contains("404001", text, StringComparison.Ordinal);
        Assert.Contains("dev2", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_MakesTablesAddsRowsAndSetsLimits()
    {
        await using LogsSession logs = await LogsSession.StartAsync();

        await ControlAsync(
            logs,
            "PUT",
            "AzureDiagnostics",
            new JsonObject { ["columns"] = new JsonObject { ["AdditionalFields"] = "dynamic" } }
        );
        await ControlAsync(logs, "POST", "", new JsonObject { ["mostColumns"] = 4 });
        await ControlAsync(
            logs,
            "POST",
            "AzureDiagnostics",
            new JsonObject { ["rows"] = new JsonArray(new JsonObject { ["properties_s"] = """{"deviceId":"dev1"}""" }), ["copies"] = 3 }
        );
        using HttpResponseMessage response = await logs.PostAsync("AzureDiagnostics | where properties_s has 'dev1'");
        using HttpResponseMessage listed = await logs.Session.ControlAsync("GET", "logs/contoso-logs/AzureDiagnostics");

        // There is no such column: what it would have held stands in the column for what found none.
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(3, await logs.CountAsync("AzureDiagnostics | where tostring(AdditionalFields.properties_s) contains 'dev1'"));
        Assert.Equal(3, (await SandboxSession.JsonOf(listed)).AsArray().Count);
    }

    [Theory]
    [InlineData(200, HttpStatusCode.OK)]
    [InlineData(204, HttpStatusCode.NoContent)]
    [InlineData(429, HttpStatusCode.TooManyRequests)]
    public async Task Fault_OfASuccess_HasNoBody(int status, HttpStatusCode expected)
    {
        await using LogsSession logs = await LogsSession.StartAsync();
        await FaultAsync(logs, new JsonObject { ["service"] = "logs", ["status"] = status });

        using HttpResponseMessage response = await logs.PostAsync("AzureDiagnostics | count");
        string body = await response.Content.ReadAsStringAsync();

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(status == 429 ? "ThrottledError" : "", status == 429 ? JsonNode.Parse(body)!["error"]!["code"]!.ToString() : body);
    }

    [Fact]
    public async Task Fault_OfAPart_LosesRowsAndSaysSoInsideASuccess()
    {
        await using LogsSession logs = await LogsSession.StartAsync();
        long all = await logs.CountAsync("AzureDiagnostics");
        await FaultAsync(logs, new JsonObject { ["service"] = "logs", ["partial"] = true });

        using HttpResponseMessage response = await logs.PostAsync("AzureDiagnostics");
        JsonNode answer = await SandboxSession.JsonOf(response);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("PartialError", answer["error"]!["code"]!.ToString());
        Assert.Equal(all / 2, answer["tables"]![0]!["rows"]!.AsArray().Count);
    }

    private static async Task FaultAsync(LogsSession logs, JsonObject rule)
    {
        using HttpResponseMessage response = await logs.Session.ControlAsync("POST", "faults", rule);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private static async Task ControlAsync(LogsSession logs, string method, string table, JsonObject body)
    {
        using HttpResponseMessage response = await logs.Session.ControlAsync(method, $"logs/contoso-logs/{table}".TrimEnd('/'), body);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private static async Task<JsonNode> GetAsync(LogsSession logs, string below)
    {
        using HttpResponseMessage response = await logs.ArmAsync("GET", logs.WorkspaceId + below);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await SandboxSession.JsonOf(response);
    }

    private static Task<HttpResponseMessage> SendDeleteAsync(LogsSession logs, string table, JsonObject filter) =>
        logs.ArmAsync("POST", $"{logs.WorkspaceId}/tables/{table}/deleteData", new JsonObject { ["filters"] = new JsonArray(filter) });

    private static async Task<string> DeleteAsync(LogsSession logs, string table, JsonObject filter)
    {
        using HttpResponseMessage response = await SendDeleteAsync(logs, table, filter);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return response.Headers.GetValues("Azure-AsyncOperation").Single();
    }

    private static async Task<JsonNode> StatusAsync(LogsSession logs, string url)
    {
        using HttpResponseMessage response = await logs.ArmAsync("GET", new Uri(url).PathAndQuery);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await SandboxSession.JsonOf(response);
    }
}
