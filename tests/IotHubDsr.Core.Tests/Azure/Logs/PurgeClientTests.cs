using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Tests.Azure.Logs;

/// <summary>Orders to purge, and how they are asked for later.</summary>
public sealed class PurgeClientTests
{
    private const string Guid = "970318e7-b859-4edb-8903-83b1b54d0b74";

    private static readonly PurgeFilter[] s_filters = [new("properties_s", ["{\"deviceId\":\"it's\"}"])];

    [Theory]
    [InlineData("purge-" + Guid, "2020-08-01", "purge-" + Guid)]
    [InlineData("purge-" + Guid, "2015-03-20", "purge-" + Guid + "?api-version=2015-03-20")]
    [InlineData(null, null, "purge-" + Guid)]
    public async Task Order_KeepsHowItIsAskedFor(string? inHeader, string? version, string operation)
    {
        string status = $"https://management.azure.com{FakeLogs.Workspace}/operations/{inHeader}?api-version={version}";
        var logs = new FakeLogs(request =>
            request.Method == HttpMethod.Post
                ? FakeLogs.Of(202, $$"""{"operationId":"{{Guid}}"}""", inHeader is null ? [] : [("x-ms-status-location", status)])
                : FakeLogs.Of(200, """{"status":"completed"}""")
        );
        var purges = new PurgeClient(logs.Connect(), FakeLogs.Place);

        PurgeAnswer answer = await purges.OrderAsync("AzureDiagnostics", s_filters, CancellationToken.None);
        bool isCompleted = await purges.IsCompletedAsync(answer.Operation!, CancellationToken.None);

        Assert.Equal(operation, answer.Operation);
        Assert.True(isCompleted);
        Assert.Equal(
            [
                $"{FakeLogs.Workspace}/purge?api-version=2020-08-01",
                $"{FakeLogs.Workspace}/operations/purge-{Guid}?api-version={version ?? "2020-08-01"}",
            ],
            logs.Requests.Select(request => request.RequestUri!.PathAndQuery)
        );
        Assert.Equal(
            """{"table":"AzureDiagnostics","filters":[{"column":"properties_s","operator":"in","value":["{\u0022deviceId\u0022:\u0022it\u0027s\u0022}"]}]}""",
            logs.Bodies[0]
        );
    }

    [Theory]
    [InlineData(429, "{}", null, 60)]
    [InlineData(429, "{}", "120", 2)]
    [InlineData(429, "{}", "86400", 60)]
    [InlineData(400, "{\"error\":{\"code\":\"X\",\"message\":\"Rate limit is exceeded. Try again later.\"}}", null, 60)]
    public async Task Order_ThatComesTooSoon_SaysWhenToComeAgain_AndIsNotRepeated(int status, string body, string? after, int minutes)
    {
        var logs = new FakeLogs(_ => FakeLogs.Of(status, body, after is null ? [] : [("Retry-After", after)]));

        PurgeAnswer answer = await new PurgeClient(logs.Connect(), FakeLogs.Place).OrderAsync("T", s_filters, CancellationToken.None);

        Assert.Equal(new PurgeAnswer(Operation: null, TimeSpan.FromMinutes(minutes)), answer);
        Assert.Single(logs.Requests);
    }

    [Fact]
    public async Task Order_ThatIsNotAllowed_NamesTheActionAndTheRole()
    {
        var logs = new FakeLogs(_ => FakeLogs.Of(403, """{"error":{"code":"AuthorizationFailed","message":"no"}}"""));

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() =>
            new PurgeClient(logs.Connect(), FakeLogs.Place).OrderAsync("T", s_filters, CancellationToken.None)
        );

        Assert.Equal("PermissionMissing", refused.Fault.Id);
        Assert.Contains("Microsoft.OperationalInsights/workspaces/purge/action", refused.Fault.Message, StringComparison.Ordinal);
        Assert.Contains("Data Purger", refused.Fault.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(202, "{}")]
    [InlineData(202, "")]
    [InlineData(202, "{\"operationId\":\"../x?y\"}")]
    public async Task Order_WithoutAnId_IsAFault(int status, string body)
    {
        var logs = new FakeLogs(_ => FakeLogs.Of(status, body));

        DsrException failed = await Assert.ThrowsAsync<DsrException>(() =>
            new PurgeClient(logs.Connect(), FakeLogs.Place).OrderAsync("T", s_filters, CancellationToken.None)
        );

        Assert.Equal("ServiceFailed", failed.Fault.Id);
    }
}
