using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>From data connections of Data Explorer to tables, and to what is not known of them.</summary>
public sealed class DataConnectionTests
{
    private const string Resources = "/subscriptions/s1/resourceGroups/rg/providers";
    private const string Cluster = Resources + "/Microsoft.Kusto/clusters/adx";
    private const string Database = Cluster + "/databases/iot";
    private const string OtherHub = Resources + "/Microsoft.Devices/IotHubs/fabrikam";

    private static HubWorld World(params string[] connections)
    {
        var world = new HubWorld();
        world.Arm.On(
            HubWorld.ResourceGraph,
            $$"""
            {"totalRecords":1,"count":1,"resultTruncated":"false","data":[{"id":"{{Cluster}}","name":"adx","type":"microsoft.kusto/clusters"}]}
            """
        );
        world.Arm.On($"{Cluster}/databases", $$"""{"value":[{"id":"{{Database}}","name":"adx/iot"}]}""");
        world.Arm.On($"{Database}/dataConnections", $$"""{"value":[{{string.Join(',', connections)}}]}""");
        return world;
    }

    private static string Connection(string kind, string properties, string table = "Telemetry", string name = "c") =>
        $$"""{"name":"adx/iot/{{name}}","kind":"{{kind}}","properties":{"tableName":"{{table}}",{{properties}} } }""";

    private static string OfHub(string hub, string more = "", string name = "c") =>
        Connection("IotHub", $"\"iotHubResourceId\":\"{hub}\"{more}", name: name);

    [Fact]
    public async Task ConnectionOfTheHub_LeadsToItsTable_WithItsSystemProperties()
    {
        HubWorld world = World(
            OfHub(HubWorld.HubId.ToUpperInvariant(), ",\"eventSystemProperties\":[\"message-id\",\"iothub-connection-device-id\"]")
        );

        DataLocation table = await OnlyTableAsync(world);

        Assert.Equal(("adx/iot/Telemetry", Database), (table.Place, table.ResourceId));
        Assert.Equal("data connection 'c' (IotHub) → table 'Telemetry'", Assert.Single(table.Provenance));
        Assert.Equal("message-id\niothub-connection-device-id", table.Settings[LocationSettings.EventSystemProperties]);
        Assert.DoesNotContain(LocationSettings.OtherHubs, table.Settings.Keys);
        Assert.DoesNotContain(LocationSettings.SharingUnknown, table.Settings.Keys);
    }

    [Theory]
    [InlineData("EventHub", "\"eventHubResourceId\":\"{r}/Microsoft.EventHub/namespaces/ns/eventhubs/eh\"")]
    [InlineData(
        "CosmosDb",
        "\"cosmosDbAccountResourceId\":\"{r}/Microsoft.DocumentDB/databaseAccounts/acc\",\"cosmosDbDatabase\":\"db\",\"cosmosDbContainer\":\"co\""
    )]
    [InlineData(
        "EventGrid",
        "\"storageAccountResourceId\":\"{r}/Microsoft.Storage/storageAccounts/stcontoso\",\"eventHubResourceId\":\"{r}/Microsoft.EventHub/namespaces/x/eventhubs/y\""
    )]
    public async Task ConnectionOfARoutedPlace_LeadsToItsTable(string kind, string properties)
    {
        HubWorld world = World(Connection(kind, properties.Replace("{r}", Resources, StringComparison.Ordinal)));
        world.Arm.On(
            HubWorld.StorageAccounts,
            $$"""{"value":[{"id":"{{Resources}}/Microsoft.Storage/storageAccounts/stcontoso","name":"stcontoso","properties":{"primaryEndpoints":{"blob":"https://stcontoso.blob.core.windows.net/"} } }]}"""
        );
        string endpoints = """
            {"eventHubs":[{"id":"1","name":"e","endpointUri":"sb://ns.servicebus.windows.net","entityPath":"eh"}],
             "cosmosDBSqlContainers":[{"id":"2","name":"c","endpointUri":"https://acc.documents.azure.com","databaseName":"db","containerName":"co"}],
             "storageContainers":[{"id":"3","name":"s","endpointUri":"https://stcontoso.blob.core.windows.net","containerName":"raw"}]}
            """;

        DiscoveryResult result = await world.DiscoverAsync(HubWorld.Routing(endpoints));

        DataLocation table = Assert.Single(result.Locations, location => location.Kind == LocationKinds.DataExplorerTable);
        Assert.Contains($"({kind})", Assert.Single(table.Provenance), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectionsOfOthers_AreNoLocations_AndAreWritersOfATableThatIsOne()
    {
        Assert.Empty((await TablesAsync(World(OfHub(OtherHub)))).ToList());

        DataLocation table = await OnlyTableAsync(
            World(
                OfHub(HubWorld.HubId),
                OfHub(OtherHub, name: "other"),
                Connection("EventHub", $"\"eventHubResourceId\":\"{Resources}/Microsoft.EventHub/namespaces/far/eventhubs/x\"", name: "far")
            )
        );

        Assert.Equal("fabrikam", table.Settings[LocationSettings.OtherHubs]);
        Assert.Contains("'far'", table.Settings[LocationSettings.SharingUnknown], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IotHub", "\"iotHubResourceId\":\"{h}\"", LocationSettings.OtherHubs, "fabrikam")]
    [InlineData(
        "EventHub",
        "\"eventHubResourceId\":\"{r}/Microsoft.EventHub/namespaces/far/eventhubs/x\"",
        LocationSettings.SharingUnknown,
        "'any'"
    )]
    public async Task ConnectionWithoutATable_CanWriteIntoEachOfTheDatabase(string kind, string properties, string setting, string told)
    {
        string elsewhere = properties
            .Replace("{h}", OtherHub, StringComparison.Ordinal)
            .Replace("{r}", Resources, StringComparison.Ordinal);

        DataLocation table = await OnlyTableAsync(World(OfHub(HubWorld.HubId), Connection(kind, elsewhere, table: "", name: "any")));

        Assert.Contains(told, table.Settings[setting], StringComparison.Ordinal);
    }

    [Fact]
    public async Task HubThatRoutesToTheSameEventHub_WritesToTheTableToo()
    {
        HubWorld world = World(
            Connection("EventHub", $"\"eventHubResourceId\":\"{Resources}/Microsoft.EventHub/namespaces/ns/eventhubs/eh\"")
        );
        string routing = HubWorld.Routing(
            """{"eventHubs":[{"id":"1","name":"e","endpointUri":"sb://ns.servicebus.windows.net","entityPath":"eh"}]}"""
        );
        world.Arm.On(HubWorld.Hubs, $$"""{"value":[{"id":"{{OtherHub}}","name":"fabrikam","properties":{{routing}} }]}""");

        DiscoveryResult result = await world.DiscoverAsync(routing);

        DataLocation table = Assert.Single(result.Locations, location => location.Kind == LocationKinds.DataExplorerTable);
        Assert.Equal("fabrikam", table.Settings[LocationSettings.OtherHubs]);
    }

    [Fact]
    public async Task ConnectionWithoutATable_IsAPlaceThatSomebodyHasToLookAt()
    {
        HubWorld world = World(Connection("IotHub", $"\"iotHubResourceId\":\"{HubWorld.HubId}\"", table: ""));

        DiscoveryResult result = await world.DiscoverAsync("{}");

        DataLocation unknown = Assert.Single(result.Locations, location => location.Kind == LocationKinds.UnknownSink);
        Assert.Equal("adx/iot", unknown.Place);
        Assert.Contains("into which table", Assert.Single(unknown.Provenance), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectionsThatMayNotBeRead_AreAGap()
    {
        HubWorld world = World();
        world.Arm.On($"{Database}/dataConnections", """{"error":{"code":"AuthorizationFailed","message":"no"}}""", 403);

        DiscoveryResult result = await world.DiscoverAsync("{}");

        Assert.Contains(result.Locations, location => location.Kind == LocationKinds.UnreadConfiguration);
        Assert.Equal(FaultCatalogue.PermissionMissing.Id, Assert.Single(result.Faults).Id);
    }

    private static async Task<DataLocation> OnlyTableAsync(HubWorld world) => Assert.Single(await TablesAsync(world));

    private static async Task<IEnumerable<DataLocation>> TablesAsync(HubWorld world)
    {
        DiscoveryResult result = await world.DiscoverAsync("{}");
        Assert.Empty(result.Faults);
        return result.Locations.Where(location => location.Kind == LocationKinds.DataExplorerTable);
    }
}
