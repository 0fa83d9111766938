using System.Collections.Concurrent;
using System.Text.Json;
using IotHubDsr.Core.Tests.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

public sealed class HubResourceTests
{
    private const string Body = """
        {"name":"contoso","sku":{"name":"S3","tier":"Standard","capacity":"4"},"properties":{"hostName":"contoso.azure-devices.net","state":"Active"}}
        """;

    private readonly FakeArm _arm = new();
    private readonly ConcurrentQueue<string> _notices = [];

    private HubResource Resource => new(_arm.Reader(), (_, text) => _notices.Enqueue(text));

    private static (int, string) OnlyStable(HttpRequestMessage request, string body) =>
        FakeArm.ApiVersionOf(request) == "2023-06-30"
            ? (200, body)
            : (400, """{"error":{"code":"NoRegisteredProviderFound","message":"not that one"}}""");

    [Fact]
    public async Task Read_GivesTheHubWithItsSku()
    {
        _arm.On(HubWorld.HubId, request => OnlyStable(request, Body));

        HubDescription hub = await Resource.ReadHubAsync(HubWorld.HubId.ToUpperInvariant(), CancellationToken.None);

        Assert.Equal(
            ("contoso", "contoso.azure-devices.net", "S3", 4, "Active"),
            (hub.Name, hub.HostName, hub.SkuName, hub.Units, hub.State)
        );
        Assert.Contains(_notices, text => text.Contains("No newer description", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Read_ANewerVersionShowsMore_ItIsAddedToTheStableOne()
    {
        const string Stable = """
            {"properties":{"hostName":"h.azure-devices.net","routing":{"endpoints":{"eventHubs":[{"name":"a","entityPath":"stable"}]},"routes":null}}}
            """;
        const string Preview = """
            {"properties":{"hostName":"other","deviceRegistry":{"x":1},"routing":{"endpoints":{"eventHubs":[{"name":"a","entityPath":"preview","format":"f"},
            {"name":"b"}],"eventStreams":[{"name":"fabric"}]},"routes":[]}}}
            """;
        _arm.On(HubWorld.HubId, request =>
            FakeArm.ApiVersionOf(request) == "2026-05-01-preview" ? (200, Preview) : OnlyStable(request, Stable)
        );

        HubDescription hub = await Resource.ReadHubAsync(HubWorld.HubId, CancellationToken.None);

        Assert.Equal(
            """{"hostName":"h.azure-devices.net","routing":{"endpoints":{"eventHubs":[{"name":"a","entityPath":"stable","format":"f"},{"name":"b"}],"eventStreams":[{"name":"fabric"}]},"routes":[]},"deviceRegistry":{"x":1}}""",
            JsonSerializer.Serialize(hub.Properties)
        );
        Assert.Empty(_notices);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Read_TheNewerVersionFails_TheStableOneStandsAndWhatMayBeMissingIsTold(int status)
    {
        _arm.On(HubWorld.HubId, request => FakeArm.ApiVersionOf(request) == "2023-06-30" ? (200, Body) : (status, "{}"));

        HubDescription hub = await Resource.ReadHubAsync(HubWorld.HubId, CancellationToken.None);

        Assert.Equal("contoso", hub.Name);
        Assert.NotNull(hub.Unshown);
    }

    [Theory]
    [InlineData("InvalidApiVersionParameter", "The api-version is invalid.")]
    [InlineData("NoRegisteredProviderFound", "The supported api-versions are '2019-03-22, 2021-07-02, 2023-06-30'.")]
    public async Task Read_EveryNewerVersionIsRefused_TheStableOneStandsAndThisIsAskedOnce(string code, string message)
    {
        _arm.On(HubWorld.HubId, request =>
            FakeArm.ApiVersionOf(request) == "2023-06-30"
                ? (200, Body)
                : (400, $$"""{"error":{"code":"{{code}}","message":"{{message}}"} }""")
        );
        HubResource resource = Resource;

        HubDescription hub = await resource.ReadHubAsync(HubWorld.HubId, CancellationToken.None);
        int first = _arm.Requests.Count;
        await resource.ReadHubAsync(HubWorld.HubId, CancellationToken.None);

        Assert.Null(hub.Unshown);
        Assert.InRange(first, 2, 6);
        Assert.Equal(first + 1, _arm.Requests.Count);
    }

    [Fact]
    public async Task Read_TheRefusalNamesAVersionThatCameLater_ItIsReadAndRemembered()
    {
        const string Later = "2031-01-01-preview";
        string old = string.Join(", ", Enumerable.Range(0, 40).Select(static year => $"{1980 + year}-01-01"));
        _arm.On(HubWorld.HubId, request => FakeArm.ApiVersionOf(request) switch
            {
                "2023-06-30" => (200, Body),
                Later => (200, """{"properties":{"hostName":"x","laterSinks":[{"name":"z"}]}}"""),
                string asked => (
                    400,
                    $$"""
                    {"error":{"code":"NoRegisteredProviderFound","message":"No registered resource provider found for location 'x' and API version
                    '{{asked}}' for type 'IotHubs'. The supported api-versions are '{{old}}, 2023-06-30, 2025-08-01-preview, {{Later}}, 2031-02-01'."} }
                    """.ReplaceLineEndings(" ")
                ),
            });
        HubResource resource = Resource;

        HubDescription hub = await resource.ReadHubAsync(HubWorld.HubId, CancellationToken.None);
        await resource.ReadHubAsync(HubWorld.HubId, CancellationToken.None);

        Assert.True(hub.Properties.TryGetProperty("laterSinks", out _));
        Assert.Equal(
            ["2023-06-30", "2026-10-01-preview", Later, "2023-06-30", Later],
            _arm.Requests.Select(static request => FakeArm.ApiVersionOf(request))
        );
    }

    [Fact]
    public async Task Read_TheRememberedVersionIsWithdrawn_AnotherIsFound()
    {
        string served = "2026-05-01-preview";
        _arm.On(HubWorld.HubId, request =>
            FakeArm.ApiVersionOf(request) == served
                ? (200, $$"""{"properties":{"hostName":"x","shownBy":"{{served}}"} }""")
                : OnlyStable(request, Body)
        );
        HubResource resource = Resource;
        await resource.ReadHubAsync(HubWorld.HubId, CancellationToken.None);
        served = "2026-03-01-preview";

        HubDescription hub = await resource.ReadHubAsync(HubWorld.HubId, CancellationToken.None);

        Assert.Equal(served, hub.Properties.GetProperty("shownBy").GetString());
    }

    [Theory]
    [InlineData("contoso")]
    [InlineData("/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/contoso")]
    [InlineData("/subscriptions/s1/providers/Microsoft.Devices/IotHubs/contoso")]
    public async Task Read_NotTheIdOfAHub_IsRefusedWithoutACall(string id)
    {
        DsrException thrown = await Assert.ThrowsAsync<DsrException>(() => Resource.ReadHubAsync(id, CancellationToken.None));

        Assert.Equal(FaultCatalogue.InvalidResourceId.Id, thrown.Fault.Id);
        Assert.Empty(_arm.Requests);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"properties":{"hostName":""}}""")]
    [InlineData("""{"properties":{"hostName":"evil.example/path"}}""")]
    [InlineData("[]")]
    public async Task Read_WithoutAHostName_IsAFault(string body)
    {
        _arm.On(HubWorld.HubId, body);

        DsrException thrown = await Assert.ThrowsAsync<DsrException>(() => Resource.ReadHubAsync(HubWorld.HubId, CancellationToken.None));

        Assert.Equal(FaultCatalogue.ServiceFailed.Id, thrown.Fault.Id);
    }

    [Fact]
    public async Task Read_NoSuchHub_IsHubNotFound() =>
        Assert.Equal(
            FaultCatalogue.HubNotFound.Id,
            (await Assert.ThrowsAsync<DsrException>(() => Resource.ReadHubAsync(HubWorld.HubId, CancellationToken.None))).Fault.Id
        );

    [Fact]
    public async Task Find_LooksThroughAllSubscriptionsWithoutRegardToCase()
    {
        List(HubWorld.HubId.Replace("contoso", "contoso2", StringComparison.Ordinal), "s1");
        List(HubWorld.HubId.Replace("s1", "s2", StringComparison.Ordinal), "s2");
        _arm.On("/subscriptions", """{"value":[{"subscriptionId":"s1"},{"subscriptionId":"s2"}]}""");
        _arm.On(HubWorld.HubId.Replace("s1", "s2", StringComparison.Ordinal), Body);

        Assert.Equal("s2", (await Resource.FindHubAsync("CONTOSO", null, null, CancellationToken.None)).ResourceId.SubscriptionId);
    }

    [Fact]
    public async Task Find_TwoOfThatName_IsAmbiguousAndNamesBoth()
    {
        string other = HubWorld.HubId.Replace("s1", "s2", StringComparison.Ordinal);
        List(HubWorld.HubId, "s1");
        List(other, "s2");
        _arm.On("/subscriptions", """{"value":[{"subscriptionId":"s1"},{"subscriptionId":"s2"}]}""");

        Fault fault = (
            await Assert.ThrowsAsync<DsrException>(() => Resource.FindHubAsync("contoso", null, null, CancellationToken.None))
        ).Fault;

        Assert.Equal(FaultCatalogue.HubAmbiguous.Id, fault.Id);
        Assert.Contains($"{HubWorld.HubId}, {other}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_NoneOfThatName_IsHubNotFound_AndAsksOnlyTheGivenGroup()
    {
        const string Path = "/subscriptions/s1/resourceGroups/r%2Fg/providers/Microsoft.Devices/IotHubs";
        _arm.On(Path, """{"value":[]}""");

        Fault fault = (
            await Assert.ThrowsAsync<DsrException>(() => Resource.FindHubAsync("contoso", "s1", "r/g", CancellationToken.None))
        ).Fault;

        Assert.Equal(FaultCatalogue.HubNotFound.Id, fault.Id);
        Assert.Equal(Path, Assert.Single(_arm.Requests).RequestUri!.AbsolutePath);
    }

    [Fact]
    public async Task ReadKey_TakesThePolicyWithTheFewestRightsThatSuffice()
    {
        _arm.On(
            HubWorld.HubId + "/listkeys",
            """
            {"value":[{"keyName":"iothubowner","primaryKey":"k1","rights":"RegistryRead, RegistryWrite, ServiceConnect, DeviceConnect"},
            {"keyName":"service","primaryKey":"k2","rights":"ServiceConnect"},{"keyName":"dsr","primaryKey":"k3","rights":"RegistryWrite, ServiceConnect"}]}
            """
        );

        HubKey key = await Resource.ReadKeyAsync(HubWorld.Hub("{}"), CancellationToken.None);

        Assert.Equal(("dsr", "k3"), (key.PolicyName, key.Key));
        Assert.DoesNotContain("k3", $"{key}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, """{"value":[{"keyName":"service","primaryKey":"k","rights":"ServiceConnect"}]}""", "RegistryWrite")]
    [InlineData(200, "{}", "RegistryWrite")]
    [InlineData(403, "{}", "listkeys/action")]
    public async Task ReadKey_NoneThatSuffices_SaysWhatIsNeeded(int status, string body, string needed)
    {
        _arm.On(HubWorld.HubId + "/listkeys", body, status);

        Fault fault = (
            await Assert.ThrowsAsync<DsrException>(() => Resource.ReadKeyAsync(HubWorld.Hub("{}"), CancellationToken.None))
        ).Fault;

        Assert.Equal(FaultCatalogue.PermissionMissing.Id, fault.Id);
        Assert.Contains(needed, fault.RecommendedAction, StringComparison.Ordinal);
    }

    private void List(string hubId, string subscription) =>
        _arm.On(
            $"/subscriptions/{subscription}/providers/Microsoft.Devices/IotHubs",
            $$"""{"value":[{"id":"{{hubId}}"},{"name":"odd"}]}"""
        );
}
