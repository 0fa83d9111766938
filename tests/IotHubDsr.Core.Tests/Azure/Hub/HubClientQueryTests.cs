using System.Text.Json;

namespace IotHubDsr.Core.Tests.Azure.Hub;

public sealed class HubClientQueryTests : IDisposable
{
    private readonly ScriptedHub _hub = new();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task QueryDeviceIds_EmptyPageWithAToken_IsNotTheEnd()
    {
        _hub.Answers(200, """[{"deviceId":"a"}]""", ("x-ms-continuation", "one"))
            .Answers(200, "[]", ("x-ms-continuation", "two"))
            .Answers(200, """[{"deviceId":"b"},{"deviceId":"it's"}]""");

        Assert.Equal(["a", "b", "it's"], await CollectAsync("tags.owner = 'o\\'neil'"));

        Assert.All(_hub.Requests, request => Assert.Equal("/devices/query?api-version=2021-04-12", request.Target));
        Assert.Equal([null, "one", "two"], _hub.Requests.Select(request => request.Headers.GetValueOrDefault("x-ms-continuation")));
        using var body = JsonDocument.Parse(_hub.Requests[2].Body);
        Assert.Equal("SELECT deviceId FROM devices WHERE tags.owner = 'o\\'neil'", body.RootElement.GetProperty("query").GetString());
    }

    [Fact]
    public async Task QueryDeviceIds_SameTokenAgain_IsAFailureAndNoEndlessLoop()
    {
        _hub.Answers(200, "[]", ("x-ms-continuation", "one")).Answers(200, "[]", ("x-ms-continuation", "one"));

        Assert.Equal(FaultCatalogue.ServiceFailed.Id, (await FaultAsync("true")).Id);
    }

    [Fact]
    public async Task QueryDeviceIds_TwoTokensInTurn_AreAFailureAndNoEndlessLoop()
    {
        foreach (string token in (string[])["one", "two", "one", "two", "one"])
            _hub.Answers(200, $$"""[{"deviceId":"{{token}}"}]""", ("x-ms-continuation", token));

        Assert.Equal(FaultCatalogue.ServiceFailed.Id, (await FaultAsync("true")).Id);
        Assert.Equal(3, _hub.Requests.Count);
    }

    [Fact]
    public async Task QueryDeviceIds_HubRefuses_QuotesTheConditionAndTheReason()
    {
        _hub.Fails(400004, "ArgumentInvalid", "Invalid token at position 4");

        Fault fault = await FaultAsync("tags.{owner");

        Assert.Equal(FaultCatalogue.InvalidQuery.Id, fault.Id);
        Assert.Equal("tags.{owner", fault.Target);
        Assert.Contains("Invalid token at position 4", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""[{"deviceId":"a"}""")]
    [InlineData("""[{"count":4}]""")]
    [InlineData("[4]")]
    [InlineData("""[{"deviceId":null}]""")]
    [InlineData("""[{"deviceId":5}]""")]
    public async Task QueryDeviceIds_NotAWholePageOfIds_IsAFailure(string body)
    {
        _hub.Answers(200, body);

        Assert.Equal(FaultCatalogue.ServiceFailed.Id, (await FaultAsync("true")).Id);
    }

    [Fact]
    public async Task QueryDeviceIds_ALaterPageFails_DoesNotEndQuietly()
    {
        _hub.Answers(200, """[{"deviceId":"a"}]""", ("x-ms-continuation", "one")).Fails(429001, "ThrottlingException");

        Assert.Equal(FaultCatalogue.Throttled.Id, (await FaultAsync("true")).Id);
    }

    private async Task<List<string>> CollectAsync(string condition)
    {
        var ids = new List<string>();
        await foreach (string id in _hub.Client().QueryDeviceIdsAsync(condition, CancellationToken.None))
            ids.Add(id);
        return ids;
    }

    private async Task<Fault> FaultAsync(string condition) => (await Assert.ThrowsAsync<DsrException>(() => CollectAsync(condition))).Fault;
}
