using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Tests.Azure;

public sealed class ArmReaderTests
{
    private static readonly ArmCall Call = new("/things", "2020-01-01", "the things");

    [Fact]
    public async Task List_FollowsNextLinksToTheEnd()
    {
        ArmReader reader = new FakeArm()
            .On("/things?api-version=2020-01-01", """{"value":[1,2],"nextLink":"https://management.azure.com/things?page=2"}""")
            .On("/things?page=2", """{"value":[],"nextLink":"https://management.azure.com/things?page=3"}""")
            .On("/things?page=3", """{"value":[3],"nextLink":""}""")
            .Reader();

        Assert.Equal([1, 2, 3], (await ReadAsync(reader)).Select(item => item.GetInt32()));
    }

    [Theory]
    [InlineData("https://evil.example/things?page=2")]
    [InlineData("http://management.azure.com/things?page=2")]
    [InlineData("https://management.azure.com:8443/things")]
    [InlineData("//evil.example/things")]
    public async Task List_NextLinkToAnotherHost_IsRefusedAndNotCalled(string link)
    {
        FakeArm arm = new FakeArm().On("/things", $$"""{"value":[1],"nextLink":"{{link}}"}""");

        DsrException thrown = await Assert.ThrowsAsync<DsrException>(() => ReadAsync(arm.Reader()));

        Assert.Equal(FaultCatalogue.ServiceFailed.Id, thrown.Fault.Id);
        Assert.Single(arm.Requests);
    }

    [Fact]
    public async Task List_PagesThatGoInACircle_EndWithAFault()
    {
        FakeArm arm = new FakeArm().On(
            "/things",
            """{"value":[1],"nextLink":"https://management.azure.com/things?api-version=2020-01-01"}"""
        );

        DsrException thrown = await Assert.ThrowsAsync<DsrException>(() => ReadAsync(arm.Reader()));

        Assert.Contains("listing never ends", thrown.Message, StringComparison.Ordinal);
        Assert.Single(arm.Requests);
    }

    [Fact]
    public async Task List_TwoLinksInTurn_EndWithAFault()
    {
        FakeArm arm = new FakeArm()
            .On("/things", """{"value":[1],"nextLink":"https://management.azure.com/things?page=2"}""")
            .On("/things?page=2", """{"value":[2],"nextLink":"https://management.azure.com/things?page=3"}""")
            .On("/things?page=3", """{"value":[3],"nextLink":"https://management.azure.com/things?page=2"}""");

        DsrException thrown = await Assert.ThrowsAsync<DsrException>(() => ReadAsync(arm.Reader()));

        Assert.Contains("listing never ends", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(3, arm.Requests.Count);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[1]")]
    public async Task List_PagesWithoutProgress_EndWithAFault(string items)
    {
        int page = 0;
        FakeArm arm = new FakeArm().On("/things", _ =>
            (200, $$"""{"value":{{items}},"nextLink":"https://management.azure.com/things?page={{++page}}"}""")
        );

        await Assert.ThrowsAsync<DsrException>(() => ReadAsync(arm.Reader()));

        Assert.InRange(arm.Requests.Count, 2, PageProgress.MostIdlePages + 2);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"value":null}""")]
    [InlineData("""{"value":{}}""")]
    [InlineData("""{"value":[],"nextLink":{}}""")]
    [InlineData("not json")]
    [InlineData("")]
    public async Task List_AnswerWithoutAList_IsAFaultAndNotAnEmptyList(string body)
    {
        DsrException thrown = await Assert.ThrowsAsync<DsrException>(() => ReadAsync(new FakeArm().On("/things", body).Reader()));

        Assert.Equal(FaultCatalogue.ServiceFailed.Id, thrown.Fault.Id);
    }

    [Theory]
    [InlineData("""{"error":{"code":"AuthorizationFailed","message":"no"}}""")]
    [InlineData("""{"code":"AuthorizationFailed","httpStatusCode":"Forbidden","message":"no","details":null}""")]
    [InlineData("<html>no</html>")]
    public async Task Get_Forbidden_NamesTheMissingRole(string body)
    {
        DsrException thrown = await Assert.ThrowsAsync<DsrException>(() =>
            new FakeArm().On("/things", body, 403).Reader().GetAsync(Call, CancellationToken.None)
        );

        Assert.Equal(
            FaultCatalogue.PermissionMissing.For("the things", "read", "Reader", new ArmCall("/things", "1", "the things").Scope),
            thrown.Fault
        );
    }

    [Fact]
    public async Task Get_Missing_IsLocationMissingWithTheServicesCode()
    {
        DsrException thrown = await Assert.ThrowsAsync<DsrException>(() =>
            new FakeArm().On("/things", """{"code":"HubGone","message":"m"}""", 404).Reader().GetAsync(Call, CancellationToken.None)
        );

        Assert.Equal(FaultCatalogue.LocationMissing.Id, thrown.Fault.Id);
        Assert.Contains("HubGone", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Cancelled_IsCancelledAndNotAConnectionFault()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new FakeArm().Reader().GetAsync(Call, cancelled.Token));
    }

    [Fact]
    public async Task Post_SendsTheVersionAndTheToken()
    {
        FakeArm arm = new FakeArm().On("/things", """{"a":1}""");

        JsonElement answer = await arm.Reader().PostAsync(Call, CancellationToken.None);

        HttpRequestMessage request = Assert.Single(arm.Requests);
        Assert.Equal(1, answer.GetProperty("a").GetInt32());
        Assert.Equal((HttpMethod.Post, "2020-01-01"), (request.Method, FakeArm.ApiVersionOf(request)));
        Assert.Equal("Bearer token", request.Headers.Authorization?.ToString());
    }

    private static async Task<List<JsonElement>> ReadAsync(ArmReader reader)
    {
        var items = new List<JsonElement>();
        await foreach (JsonElement item in reader.ListAsync(Call, CancellationToken.None))
            items.Add(item);
        return items;
    }
}
