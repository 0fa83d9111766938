using System.Text.Json;
using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Tests.Azure.Logs;

/// <summary>What a workspace answers, and what that does not say.</summary>
public sealed class LogQueryClientTests
{
    private const string Query = "['T'] | where x == \"it's\"";

    [Fact]
    public async Task Query_IsPostedWithATokenOfItsOwn_AndWaitedFor()
    {
        var logs = new FakeLogs(_ => FakeLogs.Of(200, FakeLogs.Table("Rows:long,Name:string", [5, "a"])));

        using LogTable table = await ClientOf(logs, "0f0f").QueryAsync(Query, isSearch: false, CancellationToken.None);

        HttpRequestMessage request = Assert.Single(logs.Requests);
        Assert.Equal("https://api.loganalytics.azure.com/v1/workspaces/0f0f/query", request.RequestUri!.AbsoluteUri);
        Assert.Equal("Bearer token for https://api.loganalytics.azure.com/.default", request.Headers.GetValues("Authorization").Single());
        Assert.Equal("wait=600", request.Headers.GetValues("Prefer").Single());
        Assert.Equal("application/json", request.Content!.Headers.ContentType!.MediaType);
        Assert.Equal(Query, JsonDocument.Parse(logs.Bodies[0]).RootElement.GetProperty("query").GetString());
        LogRow row = Assert.Single(table.Rows);
        Assert.Equal((5, "a", null), (row.Number("Rows"), row.Text("Name"), row.Text("other")));
    }

    [Fact]
    public async Task Workspace_OfWhichOnlyTheResourceIsKnown_IsAskedByIt()
    {
        var logs = new FakeLogs(_ => FakeLogs.Of(200, FakeLogs.Table("Rows:long")));

        using LogTable table = await ClientOf(logs).QueryAsync(Query, isSearch: false, CancellationToken.None);

        Assert.Equal($"/v1{FakeLogs.Workspace}/query", logs.Requests[0].RequestUri!.AbsolutePath);
        Assert.Equal(0, table.Count);
    }

    [Theory]
    [InlineData(200, "", "ServiceFailed", "nothing at all")]
    [InlineData(200, "{}", "ServiceFailed", "no whole table")]
    [InlineData(200, "{\"tables\":[{\"name\":\"PrimaryResult\",\"columns\":[{\"name\":\"a\"}]", "ServiceFailed", "not JSON")]
    [InlineData(
        200,
        "{\"tables\":[{\"name\":\"PrimaryResult\",\"columns\":[{\"name\":\"a\",\"type\":\"int\"}],\"rows\":[[1],{\"OneApiErrors\":[]}]}]}",
        "ServiceFailed",
        "no whole table"
    )]
    [InlineData(
        200,
        "{\"tables\":[{\"name\":\"PrimaryResult\",\"columns\":[],\"rows\":[]}],\"error\":{\"code\":\"PartialError\",\"details\":[{\"code\":\"EngineError\",\"message\":\"dev1\"}]}}",
        "ServiceFailed",
        "in part only (PartialError, EngineError)"
    )]
    [InlineData(204, "", "ServiceFailed", "204")]
    [InlineData(
        400,
        "{\"error\":{\"code\":\"BadArgumentError\",\"innererror\":{\"code\":\"SemanticError\",\"innererror\":{\"code\":\"SEM0100\",\"message\":\"'where' operator: Failed to resolve column named 'dev1'\"}}}}",
        "ServiceFailed",
        "SEM0100"
    )]
    [InlineData(401, "{\"error\":{\"code\":\"AuthorizationRequiredError\"}}", "AuthenticationFailed", "AuthorizationRequiredError")]
    [InlineData(403, "{\"error\":{\"code\":\"InvalidAuthenticationTokenAudience\"}}", "AuthenticationFailed", "Audience")]
    [InlineData(403, "{\"error\":{\"code\":\"InsufficientAccessError\"}}", "PermissionMissing", "workspaces/query/read")]
    [InlineData(404, "{\"error\":{\"code\":\"PathNotFoundError\"}}", "LocationMissing", "PathNotFoundError")]
    [InlineData(429, "{\"error\":{\"code\":\"ThrottledError\"}}", "Throttled", "ThrottledError")]
    public async Task Answer_ThatIsNone_IsAFaultThatQuotesNoData(int status, string body, string fault, string text)
    {
        var logs = new FakeLogs(_ => FakeLogs.Of(status, body));

        DsrException failed = await Assert.ThrowsAsync<DsrException>(() =>
            ClientOf(logs).QueryAsync(Query, isSearch: false, CancellationToken.None)
        );

        Assert.Equal(fault, failed.Fault.Id);
        Assert.Contains(text, failed.Fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("dev1", failed.Fault.Message, StringComparison.Ordinal);
        if (status == 403 && fault == "PermissionMissing")
            Assert.Contains(FakeLogs.Workspace, failed.Fault.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(504, "{\"error\":{\"code\":\"GatewayTimeout\"}}")]
    [InlineData(
        200,
        "{\"tables\":[],\"error\":{\"code\":\"PartialError\",\"details\":[{\"code\":\"EngineError\",\"innererror\":{\"code\":\"-2133196797\",\"message\":\"Query result set has exceeded the internal record count limit 500000 (E_QUERY_RESULT_SET_TOO_LARGE)\"}}]}}"
    )]
    [InlineData(400, "{\"error\":{\"code\":\"ResponsePayloadTooLarge\"}}")]
    public async Task Answer_ThatIsTooLarge_IsToldApart_AndAskedForOnce(int status, string body)
    {
        var logs = new FakeLogs(_ => FakeLogs.Of(status, body));

        Assert.Null(await ClientOf(logs).TryQueryAsync(Query, isSearch: false, CancellationToken.None));
        Assert.Single(logs.Requests);
    }

    private static LogQueryClient ClientOf(FakeLogs logs, string? customerId = null) =>
        new(logs.Connect(), FakeLogs.Place with { CustomerId = customerId });
}
