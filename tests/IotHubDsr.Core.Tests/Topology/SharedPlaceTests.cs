namespace IotHubDsr.Core.Tests.Topology;

/// <summary>Which places of this hub another one routes to, whatever kind of place it is.</summary>
public sealed class SharedPlaceTests
{
    private const string EventHub = """{"eventHubs":[{"name":"a","endpointUri":"sb://ns.servicebus.windows.net","entityPath":"eh"}]}""";

    private const string Container =
        """{"storageContainers":[{"name":"a","containerName":"telemetry","connectionString":"AccountName=stcontoso"}]}""";

    private const string Cosmos =
        """{"cosmosDBSqlContainers":[{"name":"a","endpointUri":"https://cos.documents.azure.com:443/","databaseName":"iot","containerName":"Telemetry"}]}""";

    [Theory]
    [InlineData(
        LocationKinds.EventHub,
        EventHub,
        """{"eventHubs":[{"name":"x","connectionString":"Endpoint=sb://NS.servicebus.windows.net;SharedAccessKey=****;EntityPath=EH","subscriptionId":"s9","resourceGroup":"moved"}]}"""
    )]
    [InlineData(
        LocationKinds.ServiceBusQueue,
        """{"serviceBusQueues":[{"name":"a","endpointUri":"sb://bus.servicebus.windows.net","entityPath":"q"}]}""",
        """{"serviceBusQueues":[{"name":"x","endpointUri":"sb://bus.servicebus.windows.net/","entityPath":"Q"}]}"""
    )]
    [InlineData(
        LocationKinds.ServiceBusTopic,
        """{"serviceBusTopics":[{"name":"a","endpointUri":"sb://bus.servicebus.windows.net","entityPath":"t"}]}""",
        """{"serviceBusTopics":[{"name":"x","connectionString":"Endpoint=sb://bus.servicebus.windows.net;EntityPath=t"}]}"""
    )]
    [InlineData(
        LocationKinds.CosmosContainer,
        Cosmos,
        """{"cosmosDBSqlCollections":[{"name":"x","endpointUri":"https://COS.documents.azure.com","databaseName":"iot","collectionName":"Telemetry"}]}"""
    )]
    public async Task Place_ThatAnotherHubRoutesTo_IsShared(string kind, string own, string theirs)
    {
        DataLocation location = await OnlyAsync(kind, own, theirs);

        Assert.Equal("fabrikam", location.Settings[LocationSettings.OtherHubs]);
        Assert.Contains("hub 'fabrikam' routes messages to the same place", location.Provenance);
        Assert.DoesNotContain(LocationSettings.SharingUnknown, location.Settings.Keys);
    }

    [Theory]
    [InlineData(
        LocationKinds.EventHub,
        EventHub,
        """{"eventHubs":[{"name":"x","endpointUri":"sb://ns.servicebus.windows.net","entityPath":"eh2"}]}"""
    )]
    [InlineData(
        LocationKinds.EventHub,
        EventHub,
        """{"eventHubs":[{"name":"x","endpointUri":"sb://ns2.servicebus.windows.net","entityPath":"eh"}]}"""
    )]
    [InlineData(
        LocationKinds.EventHub,
        EventHub,
        """{"serviceBusQueues":[{"name":"x","endpointUri":"sb://ns.servicebus.windows.net","entityPath":"eh"}]}"""
    )]
    [InlineData(
        LocationKinds.CosmosContainer,
        Cosmos,
        """{"cosmosDBSqlContainers":[{"name":"x","endpointUri":"https://cos.documents.azure.com","databaseName":"iot","containerName":"telemetry"}]}"""
    )]
    [InlineData(LocationKinds.RoutedBlobContainer, Container, EventHub)]
    public async Task Place_ThatOnlyLooksLikeTheOtherHubs_IsNotShared(string kind, string own, string theirs)
    {
        DataLocation location = await OnlyAsync(kind, own, theirs);

        Assert.DoesNotContain(location.Settings.Keys, key => key is LocationSettings.OtherHubs or LocationSettings.SharingUnknown);
    }

    [Theory]
    [InlineData("""{"eventHubs":[{"name":"x"}]}""")]
    [InlineData("""{"eventHubs":[{"endpointUri":"sb://ns.servicebus.windows.net","entityPath":"eh"}]}""")]
    [InlineData("""{"eventHubs":{"name":"x"}}""")]
    [InlineData("""[]""")]
    public async Task EndpointThatDoesNotTellItsPlace_IsADoubtWhereRecordsDoNotTellTheirHub(string theirs)
    {
        DataLocation events = await OnlyAsync(LocationKinds.EventHub, EventHub, theirs);
        DataLocation documents = await OnlyAsync(LocationKinds.CosmosContainer, Cosmos, theirs);
        DataLocation blobs = await OnlyAsync(LocationKinds.RoutedBlobContainer, Container, theirs);

        Assert.Contains("fabrikam", events.Settings.GetValueOrDefault(LocationSettings.SharingUnknown, ""), StringComparison.Ordinal);
        Assert.DoesNotContain(LocationSettings.OtherHubs, events.Settings.Keys);
        Assert.Contains("fabrikam", documents.Settings.GetValueOrDefault(LocationSettings.SharingUnknown, ""), StringComparison.Ordinal);
        Assert.DoesNotContain(LocationSettings.OtherHubs, documents.Settings.Keys);
        Assert.DoesNotContain(LocationSettings.SharingUnknown, blobs.Settings.Keys);
    }

    [Fact]
    public async Task QueueOfTheSameNamespace_IsADoubt_AsOneCanForwardToTheOther()
    {
        DataLocation location = await OnlyAsync(
            LocationKinds.ServiceBusQueue,
            """{"serviceBusQueues":[{"name":"a","endpointUri":"sb://bus.servicebus.windows.net","entityPath":"q"}]}""",
            """{"serviceBusTopics":[{"name":"x","endpointUri":"sb://BUS.servicebus.windows.net","entityPath":"t"}]}"""
        );

        Assert.Contains("hub 'fabrikam' routes to", location.Settings[LocationSettings.SharingUnknown], StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(LocationSettings.OtherHubs, location.Settings.Keys);
    }

    [Fact]
    public async Task HubsThatCannotBeListed_AreADoubt()
    {
        var world = new HubWorld();
        world.Arm.On(HubWorld.Hubs, "{}", 403);

        DataLocation location = await OnlyAsync(world, LocationKinds.EventHub, EventHub);

        Assert.Contains("IoT hubs of subscription s1", location.Settings[LocationSettings.SharingUnknown], StringComparison.Ordinal);
    }

    [Fact]
    public async Task StorageOfAnotherHub_TakesNoRightsInItsAccounts()
    {
        HubWorld world = WorldOf(
            """{"storageContainers":[{"name":"x","containerName":"telemetry","connectionString":"AccountName=stother"}]}"""
        );

        await OnlyAsync(world, LocationKinds.EventHub, EventHub);

        Assert.DoesNotContain(world.Arm.Requests, request =>
            request.RequestUri!.AbsolutePath.Contains("storageAccounts", StringComparison.Ordinal)
        );
    }

    private static Task<DataLocation> OnlyAsync(string kind, string own, string theirs) => OnlyAsync(WorldOf(theirs), kind, own);

    private static async Task<DataLocation> OnlyAsync(HubWorld world, string kind, string own) =>
        Assert.Single((await world.DiscoverAsync(HubWorld.Routing(own))).Locations, location => location.Kind == kind);

    private static HubWorld WorldOf(string endpoints)
    {
        var world = new HubWorld();
        string properties = HubWorld.Routing(endpoints);
        world.Arm.On(
            HubWorld.Hubs,
            $$"""{"value":[{"id":"/subscriptions/s1/resourceGroups/rg-other/providers/Microsoft.Devices/IotHubs/fabrikam","name":"fabrikam","properties":{{properties}} }]}"""
        );
        return world;
    }
}
