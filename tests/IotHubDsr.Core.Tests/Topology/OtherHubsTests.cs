using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>What other hubs write to the containers of this one.</summary>
public sealed class OtherHubsTests
{
    private const string Own = """{"storageEndpoints":{"$default":{"containerName":"files","connectionString":"AccountName=stshared"}}}""";

    [Theory]
    [InlineData("\"connectionString\":\"DefaultEndpointsProtocol=https;AccountName=stshared;AccountKey=****\"")]
    [InlineData("\"connectionString\":\"AccountName=STShared\"")]
    [InlineData("\"connectionString\":\"BlobEndpoint=https://stshared.blob.core.windows.net/\"")]
    [InlineData("\"endpointUri\":\"https://stshared.blob.core.windows.net/\"")]
    [InlineData("\"endpointUri\":\"https://stshared.z12.blob.storage.azure.net\"")]
    [InlineData("\"endpointUri\":\"https://stshared.privatelink.blob.core.windows.net\"")]
    [InlineData("\"endpointUri\":\"https://stshared-secondary.blob.core.windows.net\"")]
    [InlineData("\"endpointUri\":\"https://stshared.dfs.core.windows.net\"")]
    public async Task UploadContainer_AnotherHubUploadsToIt_InWhateverForm_IsShared(string address)
    {
        DataLocation location = await UploadsAsync(World(Uploads("rg-other", $"\"containerName\":\"Files\",{address}")));

        Assert.Equal("fabrikam", location.Settings[LocationSettings.OtherHubs]);
        Assert.Contains("hub 'fabrikam' lets its devices upload files to the same container", location.Provenance);
        Assert.DoesNotContain(LocationSettings.SharingUnknown, location.Settings.Keys);
    }

    [Theory]
    [InlineData("\"containerName\":\"files\",\"connectionString\":\"AccountName=stother\"")]
    [InlineData("\"containerName\":\"files2\",\"connectionString\":\"AccountName=stshared\"")]
    [InlineData("\"containerName\":\"\",\"connectionString\":\"\"")]
    public async Task UploadContainer_AnotherHubUploadsElsewhereOrNowhere_IsNotShared(string upload)
    {
        DataLocation location = await UploadsAsync(World(Uploads("rg", upload)));

        Assert.DoesNotContain(location.Settings.Keys, key => key is LocationSettings.OtherHubs or LocationSettings.SharingUnknown);
    }

    [Theory]
    [InlineData("\"containerName\":\"files\",\"endpointUri\":\"https://files.fabrikam.example/\"")]
    [InlineData("\"containerName\":[],\"connectionString\":{}")]
    public async Task UploadContainer_AnotherHubsSettingDoesNotTell_IsADoubt(string upload) =>
        Assert.Contains(
            "fabrikam",
            (await UploadsAsync(World(Uploads("rg", upload)))).Settings.GetValueOrDefault(LocationSettings.SharingUnknown, ""),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task UploadContainer_SharerIsOnALaterPage_IsFound()
    {
        HubWorld world = World(Hub("rg", "hub0", "{}"), $"https://management.azure.com{HubWorld.Hubs}?page=2");
        world.Arm.On(
            $"{HubWorld.Hubs}?page=2",
            List(Uploads("rg2", "\"containerName\":\"files\",\"connectionString\":\"AccountName=stshared\""))
        );

        Assert.Equal("fabrikam", (await UploadsAsync(world)).Settings[LocationSettings.OtherHubs]);
    }

    [Fact]
    public async Task UploadContainer_OneSubscriptionOfTwoRefuses_IsADoubt_AndTheOtherIsRead()
    {
        HubWorld world = World(Hub("rg", "hub0", "{}"));
        world
            .Arm.On("/subscriptions", """{"value":[{"subscriptionId":"s1"},{"subscriptionId":"s2"}]}""")
            .On("/subscriptions/s2/providers/Microsoft.Devices/IotHubs", "{}", 403);

        DiscoveryResult result = await world.DiscoverAsync(Own);

        Assert.Contains(
            "the IoT hubs of subscription s2",
            Only(result).Settings[LocationSettings.SharingUnknown],
            StringComparison.Ordinal
        );
        Assert.Single(world.Arm.Requests, request => request.RequestUri!.AbsolutePath == "/subscriptions");
    }

    [Fact]
    public async Task UploadContainer_ListingOmitsTheConfiguration_IsReadFromTheHub()
    {
        const string Id = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Devices/IotHubs/fabrikam";
        HubWorld world = World($$"""{"id":"{{Id}}","name":"fabrikam"}""");
        world.Arm.On(Id, Uploads("rg", "\"containerName\":\"files\",\"connectionString\":\"AccountName=stshared\""));

        Assert.Equal("fabrikam", (await UploadsAsync(world)).Settings[LocationSettings.OtherHubs]);
    }

    [Fact]
    public async Task UploadContainer_ThisHubInTheListing_IsNotAnother()
    {
        string listed = $$"""{"id":"{{HubWorld.HubId.ToUpperInvariant()}}","name":"CONTOSO","properties":{{Own}}}""";

        Assert.DoesNotContain(LocationSettings.OtherHubs, (await UploadsAsync(World(listed))).Settings.Keys);
    }

    [Fact]
    public async Task RoutedContainer_AnotherHubRoutesToIt_KnowsItsFormat()
    {
        HubWorld world = World(
            Hub(
                "rg",
                "fabrikam",
                HubWorld.Routing(
                    """{"storageContainers":[{"name":"x","containerName":"telemetry","endpointUri":"https://stcontoso.blob.core.windows.net","fileNameFormat":"{partition}/{iothub} {YYYY}"},{"name":"y","containerName":"telemetry","connectionString":"AccountName=stcontoso"}]}"""
                )
            )
        );

        DataLocation location = await Single(
            world,
            HubWorld.Routing(
                """{"storageContainers":[{"name":"a","containerName":"telemetry","connectionString":"AccountName=stcontoso"}]}"""
            ),
            LocationKinds.RoutedBlobContainer
        );

        Assert.Equal(
            "fabrikam {partition}/{iothub} {YYYY}\nfabrikam {iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}",
            location.Settings[LocationSettings.OtherHubs]
        );
    }

    [Theory]
    [InlineData(
        "\"endpointUri\":\"https://Contoso-Cosmos.documents.azure.com:443/\",\"databaseName\":\"iot\",\"containerName\":\"telemetry\"",
        true
    )]
    [InlineData(
        "\"connectionString\":\"AccountEndpoint=https://contoso-cosmos.documents.azure.com:443/;AccountKey=****\",\"databaseName\":\"iot\",\"collectionName\":\"telemetry\"",
        true
    )]
    [InlineData(
        "\"endpointUri\":\"https://contoso-cosmos.documents.azure.com:443/\",\"databaseName\":\"iot\",\"containerName\":\"other\"",
        false
    )]
    [InlineData(
        "\"endpointUri\":\"https://fabrikam-cosmos.documents.azure.com:443/\",\"databaseName\":\"iot\",\"containerName\":\"telemetry\"",
        false
    )]
    [InlineData("\"endpointUri\":\"https://contoso-cosmos.documents.azure.com:443/\"", null)]
    public async Task DocumentContainer_AnotherHubRoutesToIt_IsShared(string address, bool? isShared)
    {
        const string own =
            """{"cosmosDBSqlContainers":[{"name":"c","endpointUri":"https://contoso-cosmos.documents.azure.com:443/","databaseName":"iot","containerName":"telemetry"}]}""";
        string others = $$"""{"cosmosDBSqlContainers":[{"name":"x",{{address}} }]}""";

        DataLocation location = await Single(
            World(Hub("rg", "fabrikam", HubWorld.Routing(others))),
            HubWorld.Routing(own),
            LocationKinds.CosmosContainer
        );

        Assert.Equal(isShared == true ? "fabrikam" : null, location.Settings.GetValueOrDefault(LocationSettings.OtherHubs));
        Assert.Equal(isShared is null, location.Settings.ContainsKey(LocationSettings.SharingUnknown));
        Assert.Equal(
            isShared == true,
            location.Provenance.Contains("hub 'fabrikam' routes messages to the same place", StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task DocumentContainer_AndBlobContainerOfOneName_AreTwo()
    {
        DataLocation location = await UploadsAsync(
            World(
                Hub(
                    "rg",
                    "fabrikam",
                    HubWorld.Routing("""{"cosmosDBSqlContainers":[{"name":"x","endpointUri":"https://stshared.documents.azure.com"}]}""")
                )
            )
        );

        Assert.DoesNotContain(location.Settings.Keys, key => key is LocationSettings.OtherHubs or LocationSettings.SharingUnknown);
    }

    [Fact]
    public void ConnectionStringAlone_UploadContainerOfALocationFile_IsADoubt()
    {
        LocationDraft extra = new()
        {
            Kind = LocationKinds.FileUploadContainer,
            Place = "st/files",
            Ways = [new DataWay { Kind = DataWayKind.LocationFile }],
        };

        DiscoveryResult result = LocationDiscovery.ForConnectionString(
            SinkCatalogue.OfModule.Kinds,
            SinkCatalogue.OfModule.Sources,
            "contoso.azure-devices.net",
            [extra]
        );

        Assert.Contains("connection string", Only(result).Settings[LocationSettings.SharingUnknown], StringComparison.Ordinal);
    }

    private static HubWorld World(string hub, string? next = null)
    {
        var world = new HubWorld();
        world.Arm.On(HubWorld.Hubs, List(hub, next));
        return world;
    }

    private static string List(string hub, string? next = null) =>
        $$"""{"value":[{{hub}}]{{(next is null ? "" : $",\"nextLink\":\"{next}\"")}} }""";

    private static string Uploads(string group, string upload) =>
        Hub(group, "fabrikam", $$"""{"storageEndpoints":{"$default":{ {{upload}} } } }""");

    private static string Hub(string group, string name, string properties) =>
        $$"""{"id":"/subscriptions/s1/resourceGroups/{{group}}/providers/Microsoft.Devices/IotHubs/{{name}}","name":"{{name}}","properties":{{properties}} }""";

    private static Task<DataLocation> UploadsAsync(HubWorld world) => Single(world, Own, LocationKinds.FileUploadContainer);

    private static async Task<DataLocation> Single(HubWorld world, string properties, string kind) =>
        Assert.Single((await world.DiscoverAsync(properties)).Locations, location => location.Kind == kind);

    private static DataLocation Only(DiscoveryResult result) =>
        Assert.Single(result.Locations, location => location.Kind == LocationKinds.FileUploadContainer);
}
