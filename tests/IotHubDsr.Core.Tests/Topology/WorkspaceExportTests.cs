using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>What a workspace copies elsewhere by its data export rules are places of their own.</summary>
public sealed class WorkspaceExportTests
{
    private const string Resources = HubWorld.Subscription + "/resourceGroups/rg/providers";
    private const string Workspace = Resources + "/Microsoft.OperationalInsights/workspaces/logs";

    [Theory]
    [InlineData("true", LocationInflow.Open)]
    [InlineData("false", LocationInflow.Closed)]
    public async Task Rule_ToAnAccount_IsAContainerForEachTable(string enabled, LocationInflow inflow)
    {
        HubWorld world = WorldOf(
            $$"""
            {"value":[{"name":"keep","properties":{"enable":{{enabled}},"tableNames":["AzureDiagnostics","IoTHubDistributedTracing"],
            "destination":{"type":"StorageAccount","resourceId":"{{Resources}}/Microsoft.Storage/storageAccounts/stexport"} } }]}
            """
        );

        DiscoveryResult result = await world.DiscoverAsync("{}");

        DataLocation[] archives = [.. result.Locations.Where(location => location.Kind == LocationKinds.LogArchive)];
        Assert.Equal(
            [("stexport/am-azurediagnostics", inflow), ("stexport/am-iothubdistributedtracing", inflow)],
            archives.Select(archive => (archive.Place, archive.Inflow))
        );
        Assert.All(archives, archive => Assert.StartsWith("data export rule 'keep' of the workspace logs", archive.Provenance.Single()));
        Assert.All(archives, archive => Assert.Equal("contoso", archive.Settings[LocationSettings.HubName]));
        Assert.Empty(result.Faults);
    }

    [Theory]
    [InlineData("ns", "", "ns/am-AzureDiagnostics")]
    [InlineData("ns", ",\"metaData\":{\"eventHubName\":\"all\"}", "ns/all")]
    [InlineData("ns/eventhubs/one", "", "ns/one")]
    public async Task Rule_ToANamespace_IsAnEventHub(string name, string more, string place)
    {
        HubWorld world = WorldOf(
            $$"""
            {"value":[{"name":"stream","properties":{"tableNames":["AzureDiagnostics"],
            "destination":{"type":"EventHub","resourceId":"{{Resources}}/Microsoft.EventHub/namespaces/{{name}}"{{more}} } } }]}
            """
        );

        DiscoveryResult result = await world.DiscoverAsync("{}");

        DataLocation hub = Assert.Single(result.Locations, location => location.Kind == LocationKinds.EventHub);
        Assert.Equal((place, $"{Resources}/Microsoft.EventHub/namespaces/ns/eventhubs/{place[3..]}"), (hub.Place, hub.ResourceId));
    }

    [Fact]
    public async Task Rule_ToADestinationThatNobodyKnows_IsAnUnknownSink()
    {
        HubWorld world = WorldOf("""{"value":[{"name":"odd","properties":{"tableNames":["T"],"destination":{"type":"Lake"}}}]}""");

        DiscoveryResult result = await world.DiscoverAsync("{}");

        Assert.Single(result.Locations, location => location.Kind == LocationKinds.UnknownSink);
    }

    [Fact]
    public async Task Rules_ThatCannotBeRead_AreUnreadConfigurationOnce()
    {
        HubWorld world = WorldOf("""{"error":{"code":"AuthorizationFailed","message":"no"}}""", 403);

        DiscoveryResult result = await world.DiscoverAsync("{}");

        Assert.Contains("dataExports/read", Assert.Single(result.Faults).Message, StringComparison.Ordinal);
        Assert.Single(result.Locations, location => location.Kind == LocationKinds.UnreadConfiguration);
    }

    private static HubWorld WorldOf(string rules, int status = 200)
    {
        var world = new HubWorld();
        world.Arm.On(
            HubWorld.DiagnosticSettings,
            $$"""{"value":[{"name":"d","properties":{"workspaceId":"{{Workspace}}","logs":[{"category":"Connections","enabled":true}]} }]}"""
        );
        world.Arm.On($"{Workspace}/dataExports", rules, status);
        return world;
    }
}
