using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

public sealed class RoutingDiscoveryTests
{
    private const string ByKey = """
        {"storageContainers":[{"name":"raw-json","containerName":"telemetry","encoding":"json","batchFrequencyInSeconds":"120",
        "fileNameFormat":"{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}.json",
        "connectionString":"DefaultEndpointsProtocol=https;AccountName=stcontoso;AccountKey=****;EndpointSuffix=core.windows.net"}]}
        """;

    private const string ToRawJson =
        """[{"name":"telemetry","source":"DeviceMessages","condition":"true","endpointNames":["raw-json"],"isEnabled":true}]""";

    [Fact]
    public async Task StorageEndpoint_ByKey_IsAContainerWithAllThatAStoreNeeds()
    {
        var world = new HubWorld();
        world.Arm.On(
            HubWorld.StorageAccounts,
            """
            {"value":[{"id":"/subscriptions/s1/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/stcontoso","name":"stcontoso",
            "properties":{"primaryEndpoints":{"blob":"https://stcontoso.z12.blob.storage.azure.net/"}}}]}
            """
        );

        DataLocation location = await world.OnlyAsync(LocationKinds.RoutedBlobContainer, HubWorld.Routing(ByKey, ToRawJson));

        Assert.Equal("routed-blob.stcontoso.telemetry", location.Id);
        Assert.Equal("stcontoso/telemetry", location.Place);
        Assert.Equal("/subscriptions/s1/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/stcontoso", location.ResourceId);
        Assert.Equal(["route 'telemetry' (DeviceMessages, condition \"true\") → endpoint 'raw-json'"], location.Provenance);
        Assert.Equal(TimeSpan.FromSeconds(240), location.FlushTime);
        Assert.False(location.RecordsDeletion);
        Assert.Equal(Verdict.OwnerAction, location.Verdict);
        Assert.Equal(
            new Dictionary<string, string>
            {
                [LocationSettings.ContainerUri] = "https://stcontoso.z12.blob.storage.azure.net/telemetry",
                [LocationSettings.HubName] = "contoso",
                [LocationSettings.FileNameFormat] = "{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}.json",
            },
            location.Settings
        );
    }

    [Fact]
    public async Task StorageEndpoint_ByIdentity_IsReadAtItsOwnAddress()
    {
        var world = new HubWorld();
        world.Arm.On(
            "/subscriptions/s2/resourceGroups/other/providers/Microsoft.Storage/storageAccounts/stcontoso",
            """{"id":"/subscriptions/s2/resourceGroups/other/providers/Microsoft.Storage/storageAccounts/stcontoso","name":"stcontoso"}"""
        );

        DataLocation location = await world.OnlyAsync(
            LocationKinds.RoutedBlobContainer,
            HubWorld.Routing(
                """
                {"storageContainers":[{"name":"a","containerName":"telemetry","endpointUri":"https://stcontoso.blob.core.windows.net/",
                "subscriptionId":"s2","resourceGroup":"other"}]}
                """
            )
        );

        Assert.Equal("https://stcontoso.blob.core.windows.net/telemetry", location.Settings[LocationSettings.ContainerUri]);
        Assert.StartsWith("/subscriptions/s2/", location.ResourceId, StringComparison.Ordinal);
        Assert.Equal(["endpoint 'a' without a route: data of earlier routes can be there"], location.Provenance);
        Assert.Equal((TimeSpan.FromSeconds(600), LocationInflow.Closed), (location.FlushTime, location.Inflow));
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("https://stcontoso.blob.core.windows.net.evil.example/")]
    [InlineData("https://user@stcontoso.blob.core.windows.net:444/")]
    [InlineData("http://stcontoso.blob.core.windows.net/")]
    public async Task StorageEndpoint_AtAStrangeAddress_IsNotHandedToAStore(string address)
    {
        DataLocation location = await new HubWorld().OnlyAsync(
            LocationKinds.UnknownSink,
            HubWorld.Routing($$"""{"storageContainers":[{"name":"a","containerName":"telemetry","endpointUri":"{{address}}"}]}""")
        );

        Assert.Equal("a", location.Place);
        Assert.DoesNotContain(LocationSettings.ContainerUri, location.Settings.Keys);
        Assert.Equal(Verdict.OwnerAction, location.Verdict);
    }

    [Fact]
    public async Task StorageEndpoints_ToOneContainer_AreOneLocationWithoutTheSettingsThatDiffer()
    {
        const string Endpoints = """
            {"storageContainers":[
            {"name":"a","containerName":"telemetry","encoding":"Avro","batchFrequencyInSeconds":60,"endpointUri":"https://stcontoso.blob.core.windows.net"},
            {"name":"b","containerName":"Telemetry","encoding":"JSON","batchFrequencyInSeconds":300,"connectionString":"AccountName=StContoso;AccountKey=****"}]}
            """;

        DataLocation location = await new HubWorld().OnlyAsync(
            LocationKinds.RoutedBlobContainer,
            HubWorld.Routing(Endpoints, """[{"name":"r","source":"DeviceMessages","endpointNames":["a"],"isEnabled":true}]""")
        );

        Assert.Equal(
            ["route 'r' (DeviceMessages) → endpoint 'a'", "endpoint 'b' without a route: data of earlier routes can be there"],
            location.Provenance
        );
        Assert.Contains(LocationSettings.FileNameFormat, location.Settings.Keys);
        Assert.Equal((TimeSpan.FromSeconds(600), LocationInflow.Open), (location.FlushTime, location.Inflow));
    }

    [Theory]
    [InlineData("DeviceMessages", "true", true, false, true)]
    [InlineData("DeviceLifecycleEvents", "true", true, true, true)]
    [InlineData("DeviceConnectionStateEvents", "true", true, true, true)]
    [InlineData("TwinChangeEvents", "opType = 'x'", true, true, true)]
    [InlineData("SomethingNew", "true", true, true, true)]
    [InlineData("DeviceLifecycleEvents", " False ", true, false, false)]
    [InlineData("DeviceLifecycleEvents", "true", false, false, false)]
    public async Task Route_ByItsSourceConditionAndState_RecordsDeletions(
        string source,
        string condition,
        bool isEnabled,
        bool records,
        bool isOpen
    )
    {
        string routes =
            $$"""[{"name":"r","source":"{{source}}","condition":"{{condition}}","endpointNames":["raw-json"],"isEnabled":{{(isEnabled ? "true" : "false")}}}]""";

        DataLocation location = await new HubWorld().OnlyAsync(LocationKinds.RoutedBlobContainer, HubWorld.Routing(ByKey, routes));

        Assert.Equal((records, isOpen ? LocationInflow.Open : LocationInflow.Closed), (location.RecordsDeletion, location.Inflow));
        Assert.Equal(TimeSpan.FromSeconds(240), location.FlushTime);
        Assert.Equal(
            $"{(isEnabled ? "" : "disabled ")}route 'r' ({source}, condition \"{condition}\") → endpoint 'raw-json'",
            Assert.Single(location.Provenance)
        );
    }

    [Fact]
    public async Task BuiltInEndpoint_TellsEachWayToIt()
    {
        DataLocation location = await new HubWorld().OnlyAsync(
            LocationKinds.BuiltInEndpoint,
            """
            {"eventHubEndpoints":{"events":{"retentionTimeInDays":2}},
            "routing":{"endpoints":null,"routes":[{"name":"r","source":"DeviceLifecycleEvents","endpointNames":["Events"],"isEnabled":false}],
            "fallbackRoute":{"name":"$fallback","source":"DeviceMessages","condition":"true","endpointNames":["events"],"isEnabled":true}}}
            """
        );

        Assert.Equal("built-in-endpoint.contoso.events", location.Id);
        Assert.Equal(
            [
                "disabled route 'r' (DeviceLifecycleEvents) → built-in endpoint",
                "fallback route (DeviceMessages, condition \"true\") → built-in endpoint",
            ],
            location.Provenance
        );
        Assert.Equal((TimeSpan.FromDays(2), Verdict.Expiring, false), (location.Retention, location.Verdict, location.RecordsDeletion));
        Assert.Contains("after 2 days", location.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "built-in endpoint: it receives the messages of a hub without routes")]
    [InlineData(
        """{"routing":{"routes":[{"name":"r","source":"DeviceMessages","endpointNames":["x"]}]}}""",
        "built-in endpoint without a route: data of earlier routes can be there"
    )]
    public async Task BuiltInEndpoint_WithoutARoute_SaysWhyItIsListed(string properties, string why) =>
        Assert.Equal([why], (await new HubWorld().OnlyAsync(LocationKinds.BuiltInEndpoint, properties)).Provenance);

    [Theory]
    [InlineData(
        "eventHubs",
        LocationKinds.EventHub,
        "\"endpointUri\":\"sb://NS1.servicebus.windows.net:5671/\",\"entityPath\":\"eh\"",
        "ns1/eh",
        "event-hub.ns1.eh"
    )]
    [InlineData(
        "eventHubs",
        LocationKinds.EventHub,
        "\"connectionString\":\"Endpoint=sb://ns1.servicebus.windows.net:5671/;SharedAccessKeyName=k;SharedAccessKey=****;EntityPath=eh\"",
        "ns1/eh",
        "event-hub.ns1.eh"
    )]
    [InlineData(
        "serviceBusQueues",
        LocationKinds.ServiceBusQueue,
        "\"endpointUri\":\"sb://bus.servicebus.windows.net\",\"entityPath\":\"q/1\"",
        "bus/q/1",
        "service-bus-queue.bus.q.1"
    )]
    [InlineData(
        "serviceBusTopics",
        LocationKinds.ServiceBusTopic,
        "\"connectionString\":\"Endpoint=sb://bus.servicebus.windows.net/;SharedAccessKey=****;EntityPath=t\"",
        "bus/t",
        "service-bus-topic.bus.t"
    )]
    [InlineData(
        "cosmosDBSqlContainers",
        LocationKinds.CosmosContainer,
        "\"endpointUri\":\"https://acc.documents.azure.com:443/\",\"databaseName\":\"Db\",\"containerName\":\"C\"",
        "acc/Db/C",
        "cosmos.acc.db.c"
    )]
    [InlineData(
        "cosmosDBSqlCollections",
        LocationKinds.CosmosContainer,
        "\"endpointUri\":\"https://acc.documents.azure.com:443/\",\"databaseName\":\"Db\",\"collectionName\":\"C\"",
        "acc/Db/C",
        "cosmos.acc.db.c"
    )]
    [InlineData(
        "eventStreams",
        LocationKinds.FabricEventstream,
        "\"endpointUri\":\"sb://es.servicebus.windows.net\",\"entityPath\":\"p\",\"workspaceId\":\"w\",\"eventStreamId\":\"e\"",
        "w/e",
        "fabric-eventstream.w.e"
    )]
    [InlineData(
        "eventStreams",
        LocationKinds.FabricEventstream,
        "\"endpointUri\":\"sb://es.servicebus.windows.net\",\"entityPath\":\"p\"",
        "es/p",
        "fabric-eventstream.es.p"
    )]
    public async Task Endpoint_OfEachKind_IsPlaced(string list, string kind, string body, string place, string id)
    {
        DataLocation location = await new HubWorld().OnlyAsync(
            kind,
            HubWorld.Routing(
                $$"""{"{{list}}":[{"name":"sink",{{body}}}]}""",
                """[{"name":"r","source":"DeviceMessages","endpointNames":["SINK"],"isEnabled":"true"}]"""
            )
        );

        Assert.Equal((place, id), (location.Place, location.Id));
        Assert.Equal(["route 'r' (DeviceMessages) → endpoint 'sink'"], location.Provenance);
        Assert.Equal(Verdict.OwnerAction, location.Verdict);
        Assert.NotEmpty(location.Advice!);
    }

    [Theory]
    [InlineData("""{"quantumStores":[{"name":"q","endpointUri":"https://q"}]}""", "q", "kind 'quantumStores'")]
    [InlineData("""{"eventHubs":[{"name":"q","endpointUri":5}]}""", "q", "its address is not of a form")]
    [InlineData("""{"eventHubs":{"name":"q"}}""", "routing.endpoints.eventHubs", "names in it: 'q'")]
    [InlineData("""{"eventHubs":["q"]}""", "routing.endpoints.eventHubs", "names in it: 'q'")]
    [InlineData(
        """{"eventHubs":[{"id":"1","entityName":"q"}]}""",
        "routing.endpoints.eventHubs: an endpoint without a name",
        "names in it: 'q'"
    )]
    [InlineData("\"q\"", "routing.endpoints", "names in it: 'q'")]
    public async Task Endpoint_OfAnUnknownForm_IsAnUnknownSinkAndNotSkipped(string endpoints, string place, string why)
    {
        DataLocation location = await new HubWorld().OnlyAsync(LocationKinds.UnknownSink, HubWorld.Routing(endpoints));

        Assert.Equal((place, Verdict.OwnerAction), (location.Place, location.Verdict));
        Assert.Contains(location.Provenance, sentence => sentence.Contains(why, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""["fabric"]""")]
    [InlineData("\"fabric\"")]
    [InlineData("""[null,"events","fabric"]""")]
    public async Task Route_ToANameThatNoEndpointHas_IsAnUnknownSink(string names)
    {
        DataLocation location = await new HubWorld().OnlyAsync(
            LocationKinds.UnknownSink,
            HubWorld.Routing(
                "{}",
                $$"""[{"name":"r","source":"DeviceMessages","condition":"true","endpointNames":{{names}},"isEnabled":true}]"""
            )
        );

        Assert.Equal("unknown-sink.fabric", location.Id);
        Assert.Equal(
            [
                "route 'r' (DeviceMessages, condition \"true\") → endpoint 'fabric'",
                "unresolved: 'fabric' is not among the endpoints that the hub's configuration shows",
            ],
            location.Provenance
        );
    }

    [Theory]
    [InlineData("""[{"name":"r","endpointNames":null}]""", "route 'r': no endpoint is named")]
    [InlineData("""[{"name":"r"}]""", "route 'r': no endpoint is named")]
    [InlineData("""[{"name":"r","endpointNames":[]}]""", "route 'r': no endpoint is named")]
    [InlineData("\"r\"", "routing.routes")]
    [InlineData("[7]", "routing.routes")]
    public async Task Route_ThatLeadsNowhereReadable_IsAnUnknownSink(string routes, string place) =>
        Assert.Equal(place, (await new HubWorld().OnlyAsync(LocationKinds.UnknownSink, HubWorld.Routing("{}", routes))).Place);

    [Fact]
    public async Task Routing_WithAPropertyThatIsNotKnown_IsAnUnknownSink() =>
        Assert.Contains(
            "names in it: 'lake'",
            (
                await new HubWorld().OnlyAsync(LocationKinds.UnknownSink, HubWorld.Routing("{}", rest: ""","mirrors":[{"name":"lake"}]"""))
            ).Provenance[0],
            StringComparison.Ordinal
        );

    [Fact]
    public async Task Endpoint_ThatIsUnhealthy_CanStillReceiveWhatIsQueued()
    {
        var world = new HubWorld();
        world.Arm.On(
            HubWorld.Health,
            """
            {"value":[{"endpointId":"RAW-JSON","healthStatus":"unhealthy","lastKnownError":"refused: AccountKey=abc123==","lastKnownErrorTime":"today"},
            {"endpointId":"events","healthStatus":"healthy"},{"endpointId":"7f3","healthStatus":"healthy"},{"endpointId":"ghost","healthStatus":"dead"},{"x":1}]}
            """
        );

        DiscoveryResult result = await world.DiscoverAsync(HubWorld.Routing(ByKey));

        DataLocation container = Assert.Single(result.Locations, location => location.Kind == LocationKinds.RoutedBlobContainer);
        Assert.Equal(
            [
                "endpoint 'raw-json' without a route: data of earlier routes can be there",
                "endpoint 'raw-json' is unhealthy: messages can still be queued for it (last error at today: refused: (secret removed))",
            ],
            container.Provenance
        );
        Assert.Equal((TimeSpan.FromSeconds(240), LocationInflow.Queued), (container.FlushTime, container.Inflow));
        DataLocation ghost = Assert.Single(result.Locations, location => location.Kind == LocationKinds.UnknownSink);
        Assert.Equal("ghost", ghost.Place);
        Assert.Contains(world.Notices, text => text.Contains("'7f3'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Endpoint_WhoseHealthCannotBeRead_CanBeOneForWhichMessagesAreQueued()
    {
        var world = new HubWorld();
        world.Arm.On(HubWorld.Health, "{}", status: 403);

        DiscoveryResult result = await world.DiscoverAsync(HubWorld.Routing(ByKey, ToRawJson));

        Assert.Equal(
            LocationInflow.Queued,
            Assert.Single(result.Locations, location => location.Kind == LocationKinds.RoutedBlobContainer).Inflow
        );
        Assert.Single(result.Locations, location => location.Kind == LocationKinds.UnreadConfiguration);
    }

    [Fact]
    public async Task Endpoint_WithAPayloadFormatThatIsNotKnown_IsAlsoAnUnknownSink()
    {
        string endpoints = ByKey.Replace(
            "\"encoding\"",
            "\"messagePayloadFormat\":\"DOObservationV1\",\"encoding\"",
            StringComparison.Ordinal
        );
        string routes = ToRawJson.Replace("\"condition\"", "\"dataSchema\":\"s2\",\"condition\"", StringComparison.Ordinal);

        DiscoveryResult result = await new HubWorld().DiscoverAsync(HubWorld.Routing(endpoints, routes));

        Assert.Single(result.Locations, location => location.Kind == LocationKinds.RoutedBlobContainer);
        DataLocation format = Assert.Single(result.Locations, location => location.Kind == LocationKinds.UnknownSink);
        Assert.Equal(2, format.Provenance.Count);
        Assert.Contains("'DOObservationV1'", format.Provenance[0], StringComparison.Ordinal);
        Assert.Contains("'s2'", format.Provenance[1], StringComparison.Ordinal);
    }
}
