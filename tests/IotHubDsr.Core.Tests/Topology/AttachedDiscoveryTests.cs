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
        Assert.Equal(
            ["CONTOSO.azure-devices.net", "contoso.azure-devices.net"],
            result
                .Locations.Where(location => location.Kind == LocationKinds.ProvisioningService)
                .Select(location => location.Settings[LocationSettings.LinkedHubs])
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
        Assert.DoesNotContain(LocationSettings.LinkedHubs, location.Settings.Keys);
    }
}
