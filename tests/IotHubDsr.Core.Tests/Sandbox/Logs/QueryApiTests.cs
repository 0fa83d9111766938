using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sandbox.Logs;

public sealed class QueryApiTests
{
    [Fact]
    public async Task Query_OfADevice_FindsWhatTheTruthSays()
    {
        await using LogsSession logs = await LogsSession.StartAsync();
        TableTruth truth = logs.World.Truth.Tables.Single(table => table.Table == "AzureDiagnostics");

        string own = $"AzureDiagnostics | where _ResourceId == '{logs.World.Names.HubId.ToLowerInvariant()}'";

        // Of the rows that name dev1, three have properties that are no JSON, and two have none.
        DeviceRows dev1 = truth.Devices["dev1"];
        Assert.Equal(truth.Rows, await logs.CountAsync("AzureDiagnostics"));
        Assert.Equal(
            dev1.Named - dev1.InAdditionalFields - 3,
            await logs.CountAsync($"{own} | where tostring(parse_json(properties_s).deviceId) == 'dev1'")
        );
        Assert.Equal(
            truth.Devices["it's"].InAdditionalFields,
            await logs.CountAsync(
                "AzureDiagnostics | extend inner = parse_json(tostring(AdditionalFields.properties_s)) "
                    + "| where tostring(AdditionalFields.deviceId_s) == @'it''s' or tostring(inner.deviceId) == @'it''s'"
            )
        );
    }

    [Fact]
    public async Task Query_GivesColumnsWithTypesAndDynamicAsText()
    {
        await using LogsSession logs = await LogsSession.StartAsync();

        using HttpResponseMessage response = await logs.PostAsync(
            "AzureDiagnostics | where isnotempty(tostring(AdditionalFields)) | take 1 | project TimeGenerated, AdditionalFields, ResultType, properties_s"
        );
        JsonNode table = (await SandboxSession.JsonOf(response))["tables"]![0]!;

        Assert.Equal("PrimaryResult", table["name"]!.ToString());
        Assert.Equal(
            """[{"name":"TimeGenerated","type":"datetime"},{"name":"AdditionalFields","type":"dynamic"},{"name":"ResultType","type":"string"},{"name":"properties_s","type":"string"}]""",
            table["columns"]!.ToJsonString()
        );
        JsonArray row = table["rows"]![0]!.AsArray();
        Assert.EndsWith("Z", row[0]!.ToString(), StringComparison.Ordinal);
        Assert.IsType<JsonObject>(JsonNode.Parse(row[1]!.GetValue<string>()));
        Assert.Equal("", row[2]!.GetValue<string>());
        Assert.Equal("", row[3]!.GetValue<string>());
    }

    [Fact]
    public async Task Query_WithTimespan_HoldsBesideTheQuery()
    {
        await using LogsSession logs = await LogsSession.StartAsync();
        long all = await logs.CountAsync("AzureDiagnostics");

        long lastDay = (await logs.RowsAsync("AzureDiagnostics | where TimeGenerated > ago(30d) | count", "P1D"))[0]![0]!.GetValue<long>();
        long asked = await logs.CountAsync("AzureDiagnostics | where TimeGenerated > ago(1d)");

        Assert.Equal(asked, lastDay);
        Assert.InRange(lastDay, 1, all - 1);
    }

    [Theory]
    [InlineData("AzureDiagnostics | wher x == 1", "SyntaxError", "SYN0002")]
    [InlineData("Missing_CL | take 1", "SemanticError", "SEM0100")]
    [InlineData("AzureDiagnostics | where nothing_s == ''", "SemanticError", "SEM0100")]
    public async Task Query_ThatMakesNoSense_IsRefusedInTheServicesShape(string query, string kind, string code)
    {
        await using LogsSession logs = await LogsSession.StartAsync();

        using HttpResponseMessage response = await logs.PostAsync(query);
        JsonNode error = (await SandboxSession.JsonOf(response))["error"]!;

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("BadArgumentError", error["code"]!.ToString());
        Assert.Equal(kind, error["innererror"]!["code"]!.ToString());
        Assert.Equal(code, error["innererror"]!["innererror"]!["code"]!.ToString());
    }

    [Fact]
    public async Task Query_WithoutTokenOrForAnotherAudienceOrPath_IsRefused()
    {
        await using LogsSession logs = await LogsSession.StartAsync();
        string url = $"https://{LogsSession.Host}/v1/workspaces/{logs.World.Names.WorkspaceCustomerId}/query";
        var body = new JsonObject { ["query"] = "AzureDiagnostics | count" };

        using HttpResponseMessage missing = await logs.Session.SendAsync("POST", url, null, body);
        using HttpResponseMessage wrong = await logs.Session.SendAsync("POST", url, logs.Session.Bearer(SandboxSession.ArmAudience), body);
        using HttpResponseMessage elsewhere = await logs.Session.SendAsync(
            "POST",
            url.Replace(logs.World.Names.WorkspaceCustomerId, Guid.NewGuid().ToString()),
            logs.Session.Bearer(LogsSession.Audience),
            body
        );
        using HttpResponseMessage older = await logs.Session.SendAsync(
            "POST",
            url.Replace("azure.com", "io"),
            logs.Session.Bearer("https://api.loganalytics.io"),
            body
        );

        await RefusedAsync(missing, HttpStatusCode.Unauthorized, "AuthorizationRequiredError");
        await RefusedAsync(wrong, HttpStatusCode.Forbidden, "InvalidAuthenticationTokenAudience");
        await RefusedAsync(elsewhere, HttpStatusCode.NotFound, "PathNotFoundError");
        Assert.Equal(HttpStatusCode.OK, older.StatusCode);
    }

    [Fact]
    public async Task Query_OfWhoMayNotRead_IsRefusedOrDoesNotKnowTheTable()
    {
        await using LogsSession logs = await LogsSession.StartAsync();

        logs.Session.Server.Access.Denied = ["logs:contoso-logs"];
        using HttpResponseMessage all = await logs.PostAsync("AzureDiagnostics | count");
        logs.Session.Server.Access.Denied = ["logs:contoso-logs/SecurityIoTRawEvent"];
        using HttpResponseMessage table = await logs.PostAsync("SecurityIoTRawEvent | count");

        await RefusedAsync(all, HttpStatusCode.Forbidden, "InsufficientAccessError");
        await RefusedAsync(table, HttpStatusCode.BadRequest, "BadArgumentError");
        Assert.True(await logs.CountAsync("AzureDiagnostics") > 0);
    }

    [Fact]
    public async Task Query_WithoutJsonAsContentType_SucceedsWithNothing()
    {
        await using LogsSession logs = await LogsSession.StartAsync();
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"https://{LogsSession.Host}/v1/workspaces/{logs.World.Names.WorkspaceCustomerId}/query"
        );
        request.Headers.Authorization = AuthenticationHeaderValue.Parse(logs.Session.Bearer(LogsSession.Audience));
        request.Content = new StringContent("""{"query":"AzureDiagnostics | count"}""");

        using HttpResponseMessage response = await logs.Session.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Query_OfAWorkspaceThatNothingCameTo_HasNoContent()
    {
        await using LogsSession logs = await LogsSession.StartAsync(new SandboxOptions { HasData = false });

        using HttpResponseMessage response = await logs.PostAsync("AzureDiagnostics | count");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Fact]
    public async Task Query_ThatIsCutShort_SaysSoInsideASuccess()
    {
        await using LogsSession logs = await LogsSession.StartAsync();
        logs.World.Logs.Workspaces[0].Options = logs.World.Logs.Workspaces[0].Options with { MostRows = 10 };

        using HttpResponseMessage response = await logs.PostAsync("AzureDiagnostics");
        JsonNode answer = await SandboxSession.JsonOf(response);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("PartialError", answer["error"]!["code"]!.ToString());
        Assert.Equal(10, answer["tables"]![0]!["rows"]!.AsArray().Count);
    }

    [Fact]
    public async Task Query_ThatTakesLongerThanPreferred_EndsWithATimeout()
    {
        await using LogsSession logs = await LogsSession.StartAsync();
        logs.World.Logs.Workspaces[0].Options = logs.World.Logs.Workspaces[0].Options with { QueryDuration = TimeSpan.FromMinutes(4) };

        using HttpResponseMessage usual = await logs.PostAsync("AzureDiagnostics | count");
        using HttpResponseMessage patient = await logs.PostAsync("AzureDiagnostics | count", headers: ("Prefer", "wait=600"));

        await RefusedAsync(usual, HttpStatusCode.GatewayTimeout, "GatewayTimeout");
        Assert.Equal(HttpStatusCode.OK, patient.StatusCode);
    }

    [Fact]
    public async Task Search_IsForOneBasicTableAndItsOwnTimeRange()
    {
        await using LogsSession logs = await LogsSession.StartAsync();

        using HttpResponseMessage query = await logs.PostAsync("DeviceBoot_CL | count");
        using HttpResponseMessage timeless = await logs.PostAsync("DeviceBoot_CL", operation: "search");
        using HttpResponseMessage joined = await logs.PostAsync("union DeviceBoot_CL, AzureDiagnostics", "P30D", "search");

        Assert.Equal(HttpStatusCode.BadRequest, query.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, timeless.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, joined.StatusCode);
        Assert.Equal(2, (await logs.RowsAsync("DeviceBoot_CL | where DeviceId == 'dev1'", "P30D", "search")).Count);
    }

    private static async Task RefusedAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        JsonNode answer = await SandboxSession.JsonOf(response);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(code, answer["error"]!["code"]!.ToString());
    }
}
