using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>What Event Hubs Capture copies is a place of its own.</summary>
public sealed class CaptureDiscoveryTests
{
    private const string Resources = HubWorld.Subscription + "/resourceGroups/rg/providers";
    private const string EventHub = Resources + "/Microsoft.EventHub/namespaces/ns/eventhubs/eh";
    private const string Endpoint =
        """{"eventHubs":[{"name":"sink","endpointUri":"sb://ns.servicebus.windows.net","entityPath":"eh","subscriptionId":"s1","resourceGroup":"rg"}]}""";

    [Theory]
    [InlineData("true", "Capture of the event hub ns/eh", LocationInflow.Open)]
    [InlineData("false", "Capture of the event hub ns/eh, which is off: earlier files can be there", LocationInflow.Closed)]
    public async Task Capture_ToBlobs_IsAnArchive(string enabled, string why, LocationInflow inflow)
    {
        HubWorld world = WorldOf(
            $$"""
            {"enabled":{{enabled}},"intervalInSeconds":60,"destination":{"name":"EventHubArchive.AzureBlockBlob","properties":{
            "storageAccountResourceId":"{{Resources}}/Microsoft.Storage/storageAccounts/stcapture","blobContainer":"captured"} } }
            """
        );

        DataLocation location = await world.OnlyAsync(LocationKinds.RoutedBlobContainer, HubWorld.Routing(Endpoint));

        Assert.Equal(("stcapture/captured", inflow, TimeSpan.FromMinutes(2)), (location.Place, location.Inflow, location.FlushTime));
        Assert.Equal([why], location.Provenance);
        Assert.Equal("contoso", location.Settings[LocationSettings.HubName]);
    }

    [Fact]
    public async Task Capture_ToADestinationThatNobodyKnows_IsAnUnknownSink()
    {
        HubWorld world = WorldOf("""{"enabled":true,"destination":{"name":"EventHubArchive.AzureDataLake","properties":{"folder":"x"}}}""");

        DataLocation location = await world.OnlyAsync(LocationKinds.UnknownSink, HubWorld.Routing(Endpoint));

        Assert.Equal("captures of ns/eh", location.Place);
    }

    [Fact]
    public async Task Capture_ThatCannotBeRead_IsUnreadConfiguration()
    {
        var world = new HubWorld();
        world.Arm.On(EventHub, """{"error":{"code":"AuthorizationFailed","message":"no"}}""", 403);

        DiscoveryResult result = await world.DiscoverAsync(HubWorld.Routing(Endpoint));

        Assert.Equal("PermissionMissing", Assert.Single(result.Faults).Id);
        Assert.Contains(result.Locations, location =>
            location is { Kind: LocationKinds.UnreadConfiguration, Place: "Capture of the event hub eh" }
        );
    }

    [Theory]
    [InlineData("null")]
    [InlineData("""{"enabled":false}""")]
    public async Task NoCapture_IsNoPlace(string capture)
    {
        DiscoveryResult result = await WorldOf(capture).DiscoverAsync(HubWorld.Routing(Endpoint));

        Assert.Empty(result.Faults);
        Assert.DoesNotContain(result.Locations, location =>
            location.Kind is LocationKinds.RoutedBlobContainer or LocationKinds.UnknownSink
        );
    }

    [Theory]
    [InlineData(
        HubWorld.EventSubscriptions,
        """{"value":[{"name":"s","properties":{"destination":{"endpointType":"EventHub","properties":{"resourceId":"/SUBSCRIPTIONS/s1/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns/eventhubs/eh"} } } }]}"""
    )]
    [InlineData(
        HubWorld.DiagnosticSettings,
        """{"value":[{"name":"d","properties":{"eventHubAuthorizationRuleId":"/subscriptions/s1/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns/authorizationrules/r","eventHubName":"eh","logs":[{"category":"Connections","enabled":true}]} }]}"""
    )]
    public async Task Capture_OfAnEventHubThatEventsOrLogsLeadTo_IsAnArchive(string part, string listed)
    {
        HubWorld world = WorldOf(Capture);
        world.Arm.On(part, listed);

        DataLocation location = await world.OnlyAsync(LocationKinds.RoutedBlobContainer, "{}");

        Assert.Equal("stcapture/captured", location.Place);
    }

    [Fact]
    public async Task EventHub_IsReadOnce_ForItsCaptureAndForItself()
    {
        HubWorld world = WorldOf(Capture);
        world.Arm.On(
            HubWorld.EventSubscriptions,
            $$"""{"value":[{"name":"s","properties":{"destination":{"endpointType":"EventHub","properties":{"resourceId":"{{EventHub}}"} } } }]}"""
        );
        world.Arm.On($"{EventHub}/consumergroups", """{"value":[{"name":"$Default"},{"name":"dash"},{"name":"archive\u0007"}]}""");

        DiscoveryResult result = await world.DiscoverAsync(HubWorld.Routing(Endpoint));

        DataLocation location = Assert.Single(result.Locations, one => one.Kind == LocationKinds.EventHub);
        Assert.Equal(TimeSpan.FromHours(36), location.Retention);
        Assert.Equal("consumer groups 'archive ', 'dash' beside $Default: whoever reads there can keep copies", location.Provenance[^1]);
        Assert.Single(world.Arm.Requests, request => request.RequestUri!.AbsolutePath == EventHub);
        Assert.Empty(result.Faults);
    }

    [Fact]
    public async Task ConsumerGroups_ThatCannotBeListed_AreSaidToBeUnknown()
    {
        HubWorld world = WorldOf("null");
        world.Arm.On($"{EventHub}/consumergroups", "{}", 403);

        DiscoveryResult result = await world.DiscoverAsync(HubWorld.Routing(Endpoint));

        Assert.Equal("PermissionMissing", Assert.Single(result.Faults).Id);
        Assert.Contains(
            "could not be listed",
            Assert.Single(result.Locations, one => one.Kind == LocationKinds.EventHub).Provenance[^1],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task ConsumerGroupsOfTheBuiltInEndpoint_AreNamed()
    {
        var world = new HubWorld();
        world.Arm.On(HubWorld.ConsumerGroups, """{"value":[{"name":"$Default"},{"name":"portal"}]}""");

        DataLocation location = await world.OnlyAsync(LocationKinds.BuiltInEndpoint, "{}");

        Assert.Equal("consumer group 'portal' beside $Default: whoever reads there can keep copies", location.Provenance[^1]);
    }

    private const string Capture = $$"""
        {"enabled":true,"destination":{"name":"EventHubArchive.AzureBlockBlob","properties":{
        "storageAccountResourceId":"{{Resources}}/Microsoft.Storage/storageAccounts/stcapture","blobContainer":"captured"} } }
        """;

    private static HubWorld WorldOf(string capture)
    {
        var world = new HubWorld();
        world.Arm.On($"{EventHub}/consumergroups", """{"value":[{"name":"$Default"}]}""");
        world.Arm.On(
            EventHub,
            $$"""{"id":"{{EventHub}}","name":"eh","properties":{"retentionDescription":{"cleanupPolicy":"Delete","retentionTimeInHours":36},"captureDescription":{{capture}} } }"""
        );
        return world;
    }
}
