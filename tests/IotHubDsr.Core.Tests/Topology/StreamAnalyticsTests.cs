using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>Outputs of jobs that read the hub are places that somebody has to look at.</summary>
public sealed class StreamAnalyticsTests
{
    private const string Job = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.StreamAnalytics/streamingjobs/job";

    private static HubWorld World(string input)
    {
        var world = new HubWorld();
        world.Arm.On(
            HubWorld.ResourceGraph,
            $$"""{"totalRecords":1,"count":1,"resultTruncated":"false","data":[{"id":"{{Job}}","type":"microsoft.streamanalytics/streamingjobs"}]}"""
        );
        world.Arm.On(
            Job,
            $$"""
            {"id":"{{Job}}","properties":{"inputs":[{"name":"in","properties":{"datasource":{{input}} } }],"outputs":[
              {"name":"sql","properties":{"datasource":{"type":"Microsoft.Sql/Server/Database","properties":{"server":"srv","database":"db","table":"t","password":"p"} } } },
              {"name":"lake","properties":{"datasource":{"type":"Microsoft.Storage/Blob","properties":{"storageAccounts":[{"accountName":"st","accountKey":"k"}],"container":"delta"} },
                "serialization":{"type":"Delta"} } }] } }
            """
        );
        return world;
    }

    [Theory]
    [InlineData("""{"type":"Microsoft.Devices/IotHubs","properties":{"iotHubNamespace":"Contoso","consumerGroupName":"asa"}}""", 2)]
    [InlineData("""{"type":"Microsoft.Devices/IotHubs","properties":{"iotHubNamespace":"fabrikam"}}""", 0)]
    [InlineData("""{"type":"Microsoft.EventHub/EventHub","properties":{"serviceBusNamespace":"ns","eventHubName":"eh"}}""", 2)]
    [InlineData("""{"type":"Microsoft.ServiceBus/EventHub","properties":{"serviceBusNamespace":"ns","eventHubName":"other"}}""", 0)]
    [InlineData(
        """{"type":"Microsoft.Storage/Blob","properties":{"storageAccounts":[{"accountName":"stcontoso"}],"container":"raw"}}""",
        2
    )]
    [InlineData(
        """{"type":"Microsoft.EventHub/EventHub","properties":{"serviceBusNamespace":"iothub-ns-contoso-1","eventHubName":"contoso-compat"}}""",
        2
    )]
    [InlineData(
        """{"type":"Microsoft.ServiceBus/EventHub","properties":{"serviceBusNamespace":"iothub-ns-other-1","eventHubName":"contoso-compat"}}""",
        0
    )]
    [InlineData("7", 0)]
    public async Task Job_ThatReadsTheHubOrARoutedPlace_HasItsOutputsAmongTheLocations(string input, int outputs)
    {
        HubWorld world = World(input);

        DiscoveryResult result = await world.DiscoverAsync(
            """
            {"eventHubEndpoints":{"events":{"path":"contoso-compat","endpoint":"sb://iothub-ns-contoso-1.servicebus.windows.net/"}},
             "routing":{"routes":[],"endpoints":
              {"eventHubs":[{"id":"1","name":"e","endpointUri":"sb://ns.servicebus.windows.net","entityPath":"eh"}],
               "storageContainers":[{"id":"2","name":"s","connectionString":"AccountName=stcontoso","containerName":"raw"}]} } }
            """
        );

        DataLocation[] found = [.. result.Locations.Where(location => location.Kind == LocationKinds.StreamAnalyticsOutput)];
        Assert.Equal(outputs, found.Length);
        Assert.All(found, location => Assert.Equal(Verdict.OwnerAction, location.Verdict));
    }

    [Fact]
    public async Task Output_SaysWhereItLeads_AndThatADeltaTableIsNotRewritten()
    {
        HubWorld world = World("""{"type":"Microsoft.Devices/IotHubs","properties":{"iotHubNamespace":"contoso"}}""");

        DiscoveryResult result = await world.DiscoverAsync("{}");

        DataLocation sql = Assert.Single(result.Locations, location => location.Place == "job/sql");
        DataLocation lake = Assert.Single(result.Locations, location => location.Place == "job/lake");
        Assert.EndsWith("writes to Microsoft.Sql/Server/Database srv/db/t", Assert.Single(sql.Provenance), StringComparison.Ordinal);
        Assert.Contains("Delta table", lake.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("Delta", sql.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT IoTHub.ConnectionDeviceId AS Device, temperature INTO adx FROM hub", "Device")]
    [InlineData("select i.[IoTHub].[ConnectionDeviceId] as [The device], * into [ADX] from hub i", "The device")]
    [InlineData("SELECT GetMetadataPropertyValue(hub, '[IoTHub].[ConnectionDeviceId]') AS Id INTO adx FROM hub", "Id")]
    [InlineData("SELECT temperature, IoTHub.ConnectionDeviceId INTO adx FROM hub -- INTO sql", "ConnectionDeviceId")]
    [InlineData("SELECT a INTO sql FROM hub SELECT IoTHub.ConnectionDeviceId AS D INTO adx FROM hub", "D")]
    [InlineData("SELECT UPPER(IoTHub.ConnectionDeviceId) AS Device INTO adx FROM hub", null)]
    [InlineData("SELECT CONCAT(IoTHub.ConnectionDeviceId, 'x') AS Device INTO adx FROM hub", null)]
    [InlineData("SELECT CONCAT('(', IoTHub.ConnectionDeviceId, ',') AS Device INTO adx FROM hub", null)]
    [InlineData("WITH s AS (SELECT IoTHub.ConnectionDeviceId AS D FROM hub) SELECT * INTO adx FROM s", null)]
    [InlineData("SELECT IoTHub.ConnectionDeviceId AS A INTO adx FROM hub SELECT b AS A INTO adx FROM hub", null)]
    [InlineData("SELECT deviceId INTO adx FROM hub", null)]
    [InlineData("SELECT IoTHub.ConnectionDeviceId AS A INTO adx FROM hub UNION SELECT sensor AS A FROM hub", null)]
    [InlineData("SELECT sensor AS A FROM hub UNION SELECT IoTHub.ConnectionDeviceId AS A INTO adx FROM hub", null)]
    [InlineData("SELECT IoTHub.ConnectionDeviceId AS A INTO adx FROM other", null)]
    [InlineData("SELECT IoTHub.ConnectionDeviceId AS A INTO adx", null)]
    [InlineData("WITH s AS (SELECT body AS IoTHub FROM hub) SELECT IoTHub.ConnectionDeviceId AS A INTO adx FROM s", null)]
    [InlineData("SELECT o.IoTHub.ConnectionDeviceId AS A INTO adx FROM hub JOIN other o ON a = b", null)]
    [InlineData("/* SELECT IoTHub.ConnectionDeviceId AS A INTO adx */ SELECT b INTO adx FROM hub", null)]
    public async Task OutputInATableOfACluster_IsATable_WithTheColumnThatTheQueryTells(string query, string? column)
    {
        const string cluster = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Kusto/clusters/adx";
        HubWorld world = World("""{"type":"Microsoft.Devices/IotHubs","properties":{"iotHubNamespace":"contoso"}}""");
        world.Arm.On(
            HubWorld.ResourceGraph,
            $$"""
            {"totalRecords":2,"count":2,"resultTruncated":"false","data":[{"id":"{{Job}}"},
              {"id":"{{cluster}}","properties":{"uri":"https://adx.westeurope.kusto.windows.net"} }]}
            """
        );
        world.Arm.On(
            Job,
            $$"""
            {"id":"{{Job}}","properties":{"transformation":{"properties":{"query":{{System.Text.Json.JsonSerializer.Serialize(query)}} } },
              "inputs":[{"name":"hub","properties":{"datasource":{"type":"Microsoft.Devices/IotHubs","properties":{"iotHubNamespace":"contoso"} } } }],
              "outputs":[{"name":"adx","properties":{"datasource":{"type":"Microsoft.Kusto/clusters/databases","properties":
                {"cluster":"https://ADX.westeurope.kusto.windows.net/","database":"iot","table":"T"} } } },
               {"name":"far","properties":{"datasource":{"type":"Microsoft.Kusto/clusters/databases","properties":
                {"cluster":"https://far.westeurope.kusto.windows.net","database":"iot","table":"T"} } } }]} }
            """
        );

        DiscoveryResult result = await world.DiscoverAsync("{}");

        DataLocation table = Assert.Single(result.Locations, location => location.Kind == LocationKinds.DataExplorerTable);
        Assert.Equal(("adx/iot/T", $"{cluster}/databases/iot"), (table.Place, table.ResourceId));
        Assert.Equal(column, table.Settings.GetValueOrDefault(LocationSettings.DeviceIdColumn));
        Assert.DoesNotContain(LocationSettings.SharingUnknown, table.Settings.Keys);
        Assert.Equal("job/far", Assert.Single(result.Locations, one => one.Kind == LocationKinds.StreamAnalyticsOutput).Place);
    }

    [Theory]
    [InlineData(
        "SELECT * INTO blob FROM hub SELECT *, 1 AS one INTO queue FROM hub SELECT h.* INTO topic FROM [Hub] h SELECT a, IoTHub INTO events FROM hub",
        true
    )]
    [InlineData("SELECT * INTO blob FROM hub JOIN x ON a = b", false)]
    [InlineData("SELECT * INTO blob FROM hub UNION SELECT * FROM other", false)]
    [InlineData("WITH s AS (SELECT * FROM hub) SELECT * INTO blob FROM s", false)]
    [InlineData("SELECT * INTO blob FROM hub SELECT temperature INTO blob FROM hub", false)]
    [InlineData("SELECT COUNT(*) AS n INTO blob FROM hub", false)]
    [InlineData("SELECT Other AS IoTHub INTO blob FROM hub", false)]
    [InlineData("SELECT Merge(x, IoTHub, y) AS z INTO blob FROM hub", false)]
    [InlineData("SELECT * INTO blob FROM ref", false)]
    [InlineData("", false)]
    public async Task OutputOfWholeMessages_IsAPlaceThatIsRead_AndOthersSayWhatIsMissing(string query, bool isServed)
    {
        HubWorld world = World("{}");
        world.Arm.On(
            Job,
            $$"""
            {"id":"{{Job}}","properties":{"transformation":{"properties":{"query":{{System.Text.Json.JsonSerializer.Serialize(query)}} } },
              "inputs":[{"name":"hub","properties":{"datasource":{"type":"Microsoft.Devices/IotHubs","properties":{"iotHubNamespace":"contoso"} } } },
                {"name":"ref","properties":{"datasource":{"type":"Microsoft.Storage/Blob","properties":{"storageAccounts":[{"accountName":"stref"}],"container":"ref"} } } }],
              "outputs":[
               {"name":"blob","properties":{"serialization":{"type":"Json"},"datasource":{"type":"Microsoft.Storage/Blob","properties":
                 {"storageAccounts":[{"accountName":"stout"}],"container":"out","pathPattern":"a/{date}"} } } },
               {"name":"queue","properties":{"serialization":{"type":"Json"},"datasource":{"type":"Microsoft.ServiceBus/Queue","properties":
                 {"serviceBusNamespace":"NS","queueName":"q"} } } },
               {"name":"topic","properties":{"serialization":{"type":"Json"},"datasource":{"type":"Microsoft.ServiceBus/Topic","properties":
                 {"serviceBusNamespace":"ns","topicName":"t"} } } },
               {"name":"events","properties":{"serialization":{"type":"Json"},"datasource":{"type":"Microsoft.EventHub/EventHub","properties":
                 {"serviceBusNamespace":"ns","eventHubName":"e"} } } },
               {"name":"avro","properties":{"serialization":{"type":"Avro"},"datasource":{"type":"Microsoft.Storage/Blob","properties":
                 {"storageAccounts":[{"accountName":"stout"}],"container":"avro"} } } }]} }
            """
        );

        DiscoveryResult result = await world.DiscoverAsync("{}");

        string[] served = ["EventHub ns/e", "RoutedBlobContainer stout/out", "ServiceBusQueue ns/q", "ServiceBusTopic ns/t"];
        DataLocation[] found =
        [
            .. result.Locations.Where(location =>
                location.Provenance.Any(why => why.Contains("Stream Analytics job", StringComparison.Ordinal))
            ),
        ];
        Assert.Equal(
            isServed ? served : [],
            found
                .Where(static location => location.Kind != LocationKinds.StreamAnalyticsOutput)
                .Select(static location => $"{location.Kind} {location.Place}")
                .Order(StringComparer.Ordinal)
        );
        Assert.All(found.Where(static location => location.Kind == LocationKinds.StreamAnalyticsOutput), location =>
            Assert.Contains("only its owner knows", location.Advice, StringComparison.Ordinal)
        );
        Assert.Contains(found, static location => location.Place == "job/avro");
    }

    [Fact]
    public async Task ConsumerGroup_OfAJobThatIsKnown_IsNoHint()
    {
        HubWorld world = World(
            """{"type":"Microsoft.Devices/IotHubs","properties":{"iotHubNamespace":"contoso","consumerGroupName":"ASA"}}"""
        );
        world.Arm.On(HubWorld.ConsumerGroups, """{"value":[{"name":"$Default"},{"name":"asa"},{"name":"portal"}]}""");

        DiscoveryResult result = await world.DiscoverAsync("{}");

        DataLocation endpoint = Assert.Single(result.Locations, location => location.Kind == LocationKinds.BuiltInEndpoint);
        Assert.Equal("consumer group 'portal' beside $Default: whoever reads there can keep copies", endpoint.Provenance[^1]);
    }

    [Fact]
    public async Task Job_ThatMayNotBeRead_IsAGap()
    {
        HubWorld world = World("{}");
        world.Arm.On(Job, """{"error":{"code":"AuthorizationFailed","message":"no"}}""", 403);

        Assert.Equal(FaultCatalogue.PermissionMissing.Id, Assert.Single((await world.DiscoverAsync("{}")).Faults).Id);
    }
}
