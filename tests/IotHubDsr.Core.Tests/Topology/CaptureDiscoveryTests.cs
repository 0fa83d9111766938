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

    private static HubWorld WorldOf(string capture)
    {
        var world = new HubWorld();
        world.Arm.On(EventHub, $$"""{"id":"{{EventHub}}","name":"eh","properties":{"captureDescription":{{capture}} } }""");
        return world;
    }
}
