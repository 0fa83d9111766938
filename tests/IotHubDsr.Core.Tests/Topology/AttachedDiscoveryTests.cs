using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>What is attached to a hub without the hub knowing: event subscriptions, diagnostic settings, provisioning services.</summary>
public sealed class AttachedDiscoveryTests
{
    private const string Resources = "/subscriptions/s1/resourceGroups/rg/providers";

    private static string Subscription(string destination, string rest = "", string name = "sub1") =>
        $$"""{"id":"x","name":"{{name}}","properties": { {{destination}} {{rest}} } }""";

    private static HubWorld Subscribed(params string[] subscriptions)
    {
        var world = new HubWorld();
        world.Arm.On(HubWorld.EventSubscriptions, $$"""{"value":[{{string.Join(',', subscriptions)}}]}""");
        return world;
    }

    [Theory]
    [InlineData(
        "EventHub",
        LocationKinds.EventHub,
        "\"resourceId\":\"{r}/Microsoft.EventHub/namespaces/Ns/eventhubs/eh\"",
        "ns/eh",
        "event hub"
    )]
    [InlineData(
        "ServiceBusQueue",
        LocationKinds.ServiceBusQueue,
        "\"resourceId\":\"{r}/Microsoft.ServiceBus/namespaces/ns/queues/q\"",
        "ns/q",
        "Service Bus queue"
    )]
    [InlineData(
        "ServiceBusTopic",
        LocationKinds.ServiceBusTopic,
        "\"resourceId\":\"{r}/Microsoft.ServiceBus/namespaces/ns/topics/t\"",
        "ns/t",
        "Service Bus topic"
    )]
    [InlineData(
        "StorageQueue",
        LocationKinds.StorageQueue,
        "\"resourceId\":\"{r}/Microsoft.Storage/storageAccounts/st\",\"queueName\":\"q\"",
        "st/q",
        "storage queue"
    )]
    [InlineData(
        "HybridConnection",
        LocationKinds.HybridConnection,
        "\"resourceId\":\"{r}/Microsoft.Relay/namespaces/ns/hybridconnections/hc\"",
        "ns/hc",
        "hybrid connection"
    )]
    [InlineData(
        "AzureFunction",
        LocationKinds.AzureFunction,
        "\"resourceId\":\"{r}/Microsoft.Web/sites/app/functions/fn\"",
        "app/fn",
        "Azure Function"
    )]
    [InlineData(
        "WebHook",
        LocationKinds.Webhook,
        "\"endpointBaseUrl\":\"https://hook.example/api?code=s3cr3t\"",
        "https://hook.example (rest of the address: ebeec65dbb91)",
        "webhook"
    )]
    [InlineData("WebHook", LocationKinds.Webhook, "\"endpointUrl\":null", "WebHook of event subscription sub1", "webhook")]
    [InlineData(
        "NamespaceTopic",
        LocationKinds.EventHandler,
        "\"resourceId\":\"{r}/Microsoft.EventGrid/namespaces/ns/topics/t\"",
        "t",
        "handler of type 'NamespaceTopic'"
    )]
    [InlineData(
        "Teleporter",
        LocationKinds.EventHandler,
        "\"beam\":1",
        "Teleporter of event subscription sub1",
        "handler of type 'Teleporter'"
    )]
    public async Task EventSubscription_ToEachTypeOfHandler_IsPlaced(
        string type,
        string kind,
        string properties,
        string place,
        string words
    )
    {
        string destination =
            $$"""{"endpointType":"{{type}}","properties": { {{properties.Replace("{r}", Resources, StringComparison.Ordinal)}} } }""";
        const string Filter =
            ""","filter":{"includedEventTypes":["Microsoft.Devices.DeviceTelemetry"]},"retryPolicy":{"eventTimeToLiveInMinutes":30}""";

        DataLocation plain = await Subscribed(Subscription($"\"destination\":{destination}", Filter)).OnlyAsync(kind, "{}");
        DataLocation identity = await Subscribed(
                Subscription(
                    $$"""
                    "destination":null,"deliveryWithResourceIdentity":{"destination":{{destination}} }
                    """,
                    Filter
                )
            )
            .OnlyAsync(kind, "{}");

        Assert.Equal((place, false, TimeSpan.FromMinutes(30)), (plain.Place, plain.RecordsDeletion, plain.FlushTime));
        Assert.Equal([$"event subscription 'sub1' (DeviceTelemetry) → {words}"], plain.Provenance);
        Assert.Equal((plain.Place, plain.Provenance[0]), (identity.Place, identity.Provenance[0]));
        Assert.DoesNotContain("s3cr3t", plain.ToString() + plain.Id, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"value":[{"name":"sub1"}]}""")]
    [InlineData("""{"value":[{"name":"sub1","properties":{"destination":null}}]}""")]
    [InlineData("""{"value":[{"name":"sub1","properties":{"destination":"x","filter":[],"retryPolicy":7}}]}""")]
    [InlineData("""{"value":["sub1"]}""")]
    public async Task EventSubscription_WithoutAReadableDestination_IsStillAHandler(string listing)
    {
        var world = new HubWorld();
        world.Arm.On(HubWorld.EventSubscriptions, listing);

        DataLocation location = await world.OnlyAsync(LocationKinds.EventHandler, "{}");

        Assert.Equal((Verdict.OwnerAction, true), (location.Verdict, location.RecordsDeletion));
    }

    [Theory]
    [InlineData("\"deadLetterDestination\":{0}")]
    [InlineData("\"deadLetterDestination\":null,\"deadLetterWithResourceIdentity\":{\"identity\":{},\"deadLetterDestination\":{0}}")]
    public async Task DeadLetters_InBothForms_AreAContainer(string form)
    {
        string blob =
            $$"""{"endpointType":"StorageBlob","properties":{"resourceId":"{{Resources}}/Microsoft.Storage/storageAccounts/stdead","blobContainerName":"dead"} }""";

        DataLocation location = await Subscribed(Subscription(form.Replace("{0}", blob, StringComparison.Ordinal)))
            .OnlyAsync(LocationKinds.DeadLetterContainer, "{}");

        Assert.Equal(
            ("dead-letter.stdead.dead", true, TimeSpan.FromMinutes(1445)),
            (location.Id, location.RecordsDeletion, location.FlushTime)
        );
        Assert.Equal("https://stdead.blob.core.windows.net/dead", location.Settings[LocationSettings.ContainerUri]);
    }

    [Fact]
    public async Task DeadLetters_OfAnUnknownForm_AreAnUnknownSink() =>
        Assert.Equal(
            "dead letters of sub1",
            (
                await Subscribed(Subscription("\"deadLetterDestination\":{\"endpointType\":\"Tape\"}"))
                    .OnlyAsync(LocationKinds.UnknownSink, "{}")
            ).Place
        );

    [Fact]
    public async Task DeadLetters_ByAnIdentityWhoseDestinationCannotBeRead_AreAnUnknownSink() =>
        Assert.Equal(
            "dead letters of sub1",
            (
                await Subscribed(
                        Subscription("\"deadLetterWithResourceIdentity\":{\"identity\":{\"type\":\"SystemAssigned\"},\"target\":\"x\"}")
                    )
                    .OnlyAsync(LocationKinds.UnknownSink, "{}")
            ).Place
        );

    [Fact]
    public async Task EventSubscription_ToAllTypesInTheOlderForm_RecordsTheDeletion() =>
        Assert.True(
            (
                await Subscribed(Subscription("\"destination\":null", ""","filter":{"includedEventTypes":["All"]}"""))
                    .OnlyAsync(LocationKinds.EventHandler, "{}")
            ).RecordsDeletion
        );

    [Fact]
    public async Task SystemTopic_OfTheHub_WithoutAReadableId_IsAnUnknownSink()
    {
        var world = new HubWorld();
        world.Arm.On(HubWorld.SystemTopics, $$"""{"value":[{"id":7,"name":"mine","properties":{"source":"{{HubWorld.HubId}}"} }]}""");

        Assert.Equal("system topic mine", (await world.OnlyAsync(LocationKinds.UnknownSink, "{}")).Place);
    }

    [Theory]
    [InlineData("""{"storageAccountId":{"id":"x"},"logs":[{"category":"Routes","enabled":true}]}""")]
    [InlineData("""{"workspaceId":["x"]}""")]
    [InlineData("""{"storageAccountId":"starchive","logs":[]}""")]
    [InlineData("\"starchive\"")]
    [InlineData("null")]
    public async Task DiagnosticSetting_WhoseDestinationCannotBeRead_IsAnUnknownSink(string properties)
    {
        var world = new HubWorld();
        world.Arm.On(HubWorld.DiagnosticSettings, $$"""{"value":[{"name":"d","properties":{{properties}} }]}""");

        Assert.Equal(Verdict.OwnerAction, (await world.OnlyAsync(LocationKinds.UnknownSink, "{}")).Verdict);
    }

    [Fact]
    public async Task EventSubscription_ListedInBothForms_CountsOnce_AndOtherTopicsDoNot()
    {
        string sub = Subscription(
            "\"destination\":{\"endpointType\":\"WebHook\",\"properties\":{\"endpointBaseUrl\":\"https://a.example/\"}}"
        );
        string topic = Resources + "/Microsoft.EventGrid/systemTopics/";
        HubWorld world = Subscribed(sub);
        world.Arm.On(
            HubWorld.SystemTopics,
            $$"""
            {"value":[{"id":"{{topic}}mine","properties":{"source":"{{HubWorld.HubId.ToUpperInvariant()}}"} },
            {"id":"{{topic}}other","properties":{"source":"{{HubWorld.HubId}}2"} },{"id":"{{topic}}odd"}]}
            """
        );
        world.Arm.On(
            topic + "mine/eventSubscriptions",
            $$"""
            {"value":[{{sub}},{{Subscription(
                "\"destination\":{\"endpointType\":\"WebHook\",\"properties\":{\"endpointBaseUrl\":\"https://b.example/\"}}",
                name: "sub2"
            )}}]}
            """
        );

        DiscoveryResult result = await world.DiscoverAsync("{}");

        Assert.Empty(result.Faults);
        DataLocation[] hooks = [.. result.Locations.Where(location => location.Kind == LocationKinds.Webhook)];
        Assert.Equal(["https://a.example", "https://b.example"], hooks.Select(hook => hook.Place));
        Assert.Equal(["event subscription 'sub1' (all event types) → webhook"], hooks[0].Provenance);
    }

    [Fact]
    public async Task EventHub_ReachedByRouteEventAndLog_IsOneLocationWithThreeReasons()
    {
        HubWorld world = Subscribed(
            Subscription(
                $$"""
                "destination":{"endpointType":"EventHub","properties":{"resourceId":"{{Resources}}/Microsoft.EventHub/namespaces/ns/eventhubs/eh"} }
                """
            )
        );
        world.Arm.On(
            HubWorld.DiagnosticSettings,
            $$"""
            {"value":[{"name":"d","properties":{"eventHubAuthorizationRuleId":"{{Resources}}/Microsoft.EventHub/namespaces/NS/authorizationrules/r",
            "eventHubName":"eh","logs":[{"category":"Routes","enabled":true}]} }]}
            """
        );

        DataLocation location = await world.OnlyAsync(
            LocationKinds.EventHub,
            HubWorld.Routing("""{"eventHubs":[{"name":"sink","endpointUri":"sb://ns.servicebus.windows.net","entityPath":"eh"}]}""")
        );

        Assert.Equal(
            [
                "endpoint 'sink' without a route: data of earlier routes can be there",
                "event subscription 'sub1' (all event types) → event hub",
                "diagnostic setting 'd' (Routes) → event hub",
            ],
            location.Provenance
        );
        Assert.NotNull(location.ResourceId);
    }

    [Fact]
    public async Task DiagnosticSetting_InTheOlderForm_LeadsToTheEventHubsOfItsNamespace()
    {
        var world = new HubWorld();
        world.Arm.On(
            HubWorld.DiagnosticSettings,
            $$"""
            {"value":[{"name":"old","properties":{"serviceBusRuleId":"{{Resources}}/Microsoft.ServiceBus/namespaces/old/authorizationrules/r",
            "logs":[{"category":"Connections","enabled":true}]} }]}
            """
        );
        world.Arm.On(
            $"{Resources}/Microsoft.EventHub/namespaces/old/eventhubs",
            """{"value":[{"name":"insights-logs-connections"},{"name":"insights-metrics-pt1m"}]}"""
        );

        DiscoveryResult result = await world.DiscoverAsync("{}");

        DataLocation location = Assert.Single(result.Locations, one => one.Kind == LocationKinds.EventHub);
        Assert.Equal("old/insights-logs-connections", location.Place);
        Assert.EndsWith(
            "/providers/Microsoft.EventHub/namespaces/old/eventhubs/insights-logs-connections",
            location.ResourceId,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task DiagnosticSetting_ToEveryDestination_GivesALocationForEach()
    {
        var world = new HubWorld();
        world.Arm.On(
            HubWorld.DiagnosticSettings,
            $$"""
            {"value":[{"name":"all","properties":{
            "workspaceId":"{{Resources}}/Microsoft.OperationalInsights/workspaces/logs",
            "storageAccountId":"{{Resources}}/Microsoft.Storage/storageAccounts/starchive",
            "eventHubAuthorizationRuleId":"{{Resources}}/Microsoft.EventHub/namespaces/ns/authorizationrules/r","eventHubName":null,
            "serviceBusRuleId":"{{Resources}}/Microsoft.ServiceBus/namespaces/old/authorizationrules/r",
            "marketplacePartnerId":"{{Resources}}/Microsoft.Datadog/monitors/dog","lakehouseId":"somewhere",
            "logs":[{"category":"Connections","enabled":"true"},{"category":"Routes","enabled":false},{"category":"TwinQueries","enabled":true}],
            "metrics":[{"category":"AllMetrics","enabled":true}]} }]}
            """
        );

        world.Arm.On(Containers("starchive"), """{"value":[{"name":"insights-logs-connections"},{"name":"photos"}]}""");
        world.Arm.On(
            $"{Resources}/Microsoft.EventHub/namespaces/ns/eventhubs",
            """{"value":[{"name":"insights-logs-connections"},{"name":"Insights-Logs-Routes"},{"name":"photos"}]}"""
        );

        DiscoveryResult result = await world.DiscoverAsync("{}");

        var found = result.Locations.ToDictionary(location => location.Id);
        Assert.Equal(
            ["log-archive.starchive.insights-logs-connections", "log-archive.starchive.insights-logs-twinqueries"],
            found.Keys.Where(id => id.StartsWith("log-archive", StringComparison.Ordinal))
        );
        Assert.Equal(
            "diagnostic setting 'all' (Connections) → storage account, container 'insights-logs-connections'",
            Assert.Single(found["log-archive.starchive.insights-logs-connections"].Provenance)
        );
        Assert.All(
            new[]
            {
                "log-analytics-workspace.logs",
                "event-hub.ns.insights-logs-connections",
                "partner-solution.dog",
                "event-hub.old.insights",
            },
            id => Assert.Equal((Verdict.OwnerAction, true), (found[id].Verdict, found[id].RecordsDeletion))
        );
        Assert.Equal(
            ["event-hub.ns.insights-logs-connections", "event-hub.ns.insights-logs-routes"],
            found.Keys.Where(id => id.StartsWith("event-hub.ns", StringComparison.Ordinal))
        );
        Assert.Equal(["diagnostic setting 'all' (Connections) → event hub"], found["event-hub.ns.insights-logs-connections"].Provenance);
        Assert.Contains(
            "rows of earlier settings",
            Assert.Single(found["event-hub.ns.insights-logs-routes"].Provenance),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "'lakehouseId'",
            Assert.Single(result.Locations, location => location.Kind == LocationKinds.UnknownSink).Provenance[0],
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("""[{"categoryGroup":"allLogs","enabled":true}]""", "(TwinQueries)", true)]
    [InlineData("""[{"categoryGroup":"audit","enabled":true}]""", "(TwinQueries)", true)]
    [InlineData("""[{"category":"Routes","enabled":false}]""", "rows of earlier settings", false)]
    [InlineData("null", "rows of earlier settings", false)]
    [InlineData("7", "rows of earlier settings", false)]
    public async Task DiagnosticSetting_ExpandsGroups_AndListsFormerArchives(string logs, string why, bool isEnabled)
    {
        var world = new HubWorld();
        world.Arm.On(
            HubWorld.DiagnosticSettings,
            $$"""
            {"value":[{"name":"d","properties":{"storageAccountId":"{{Resources}}/Microsoft.Storage/storageAccounts/stx","logs":{{logs}} } }]}
            """
        );
        world.Arm.On(Containers("stx"), """{"value":[{"name":"insights-logs-twinqueries"},{"name":"insights-logs-auditevent"}]}""");

        DiscoveryResult result = await world.DiscoverAsync("{}");

        DataLocation location = Assert.Single(result.Locations, location => location.Id == "log-archive.stx.insights-logs-twinqueries");
        Assert.Contains(why, Assert.Single(location.Provenance), StringComparison.Ordinal);
        Assert.Equal((isEnabled, TimeSpan.FromHours(2)), (location.RecordsDeletion, location.FlushTime));
        Assert.Equal(isEnabled ? LocationInflow.Open : LocationInflow.Closed, location.Inflow);
        Assert.Equal("contoso", location.Settings[LocationSettings.HubName]);
        Assert.Equal("https://stx.blob.core.windows.net/insights-logs-twinqueries", location.Settings[LocationSettings.ContainerUri]);
        Assert.DoesNotContain(result.Locations, static other => other.Place.Contains("auditevent", StringComparison.Ordinal));
    }

    [Fact]
    public async Task DiagnosticSetting_ContainersThatCannotBeListed_AreAPartThatIsUnread()
    {
        var world = new HubWorld();
        world.Arm.On(
            HubWorld.DiagnosticSettings,
            $$"""
            {"value":[{"name":"d","properties":{"storageAccountId":"{{Resources}}/Microsoft.Storage/storageAccounts/stx","logs":[{"category":"Routes","enabled":true}] } }]}
            """
        );

        DiscoveryResult result = await world.DiscoverAsync("{}");

        Assert.Equal(
            "stx/insights-logs-routes",
            Assert.Single(result.Locations, static location => location.Kind == LocationKinds.LogArchive).Place
        );
        Assert.Equal(
            Verdict.Unreachable,
            Assert.Single(result.Locations, static location => location.Kind == LocationKinds.UnreadConfiguration).Verdict
        );
    }

    [Fact]
    public async Task ProvisioningServices_OfAllSubscriptions_ThatAreLinkedToThisHub_AreLocations()
    {
        static string Service(string name, string hubs) =>
            $$"""{"id":"{{Resources}}/Microsoft.Devices/provisioningServices/{{name}}","name":"{{name}}","properties":{"iotHubs":{{hubs}} } }""";

        var world = new HubWorld();
        world.Arm.On(
            "/subscriptions",
            """{"value":[{"subscriptionId":"S1"},{"subscriptionId":"s2"},{"subscriptionId":"gone","state":"Disabled"}]}"""
        );
        world.Arm.On(
            HubWorld.ProvisioningServices,
            $$"""
            {"value":[{{Service("mine", """[{"name":"CONTOSO.azure-devices.net"}]""")}},{{Service(
                "other",
                """[{"name":"contoso2.azure-devices.net"}]"""
            )}},{{Service("odd", "null")}}]}
            """
        );
        world.Arm.On(
            "/subscriptions/s2/providers/Microsoft.Devices/provisioningServices",
            $$"""{"value":[{{Service("far", """[{"connectionString":"HostName=contoso.azure-devices.net;SharedAccessKey=****"}]""")}}]}"""
        );

        DiscoveryResult result = await world.DiscoverAsync("{}");

        Assert.Empty(result.Faults);
        Assert.Equal(
            ["provisioning-service.mine", "provisioning-service.far"],
            result.Locations.Where(location => location.Kind == LocationKinds.ProvisioningService).Select(location => location.Id)
        );
    }

    [Theory]
    [InlineData("\"contoso.azure-devices.net\"")]
    [InlineData("""["contoso.azure-devices.net"]""")]
    [InlineData("""[{"name":"other.azure-devices.net"},{"location":"westeurope","connectionString":"****"}]""")]
    public async Task ProvisioningService_WithALinkThatCannotBeRead_IsALocation(string hubs)
    {
        var world = new HubWorld();
        world.Arm.On(HubWorld.ProvisioningServices, $$"""{"value":[{"name":"odd","properties":{"iotHubs":{{hubs}} } }]}""");

        DataLocation location = await world.OnlyAsync(LocationKinds.ProvisioningService, "{}");

        Assert.Contains("a link whose hub is not named", Assert.Single(location.Provenance), StringComparison.Ordinal);
    }

    private static string Containers(string account) =>
        $"{Resources}/Microsoft.Storage/storageAccounts/{account}/blobServices/default/containers";
}
