using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>The logs of what the hub's data goes through name devices in paths and queries: where they go is a place, too.</summary>
public sealed class AttachedDiagnosticsTests
{
    private const string Resources = HubWorld.Subscription + "/resourceGroups/rg/providers";
    private const string Account = Resources + "/Microsoft.Storage/storageAccounts/straw";
    private const string Space = Resources + "/Microsoft.EventHub/namespaces/ns";
    private const string Bus = Resources + "/Microsoft.ServiceBus/namespaces/bus";
    private const string Cosmos = Resources + "/Microsoft.DocumentDB/databaseAccounts/docs";
    private const string Provisioning = Resources + "/Microsoft.Devices/provisioningServices/dps";
    private const string Topic = Resources + "/Microsoft.EventGrid/systemTopics/topic";
    private const string Workspace = Resources + "/Microsoft.OperationalInsights/workspaces/logs";
    private const string Settings = "/providers/Microsoft.Insights/diagnosticSettings";

    private const string Routing = $$"""
        {"routing":{"endpoints":{
        "eventHubs":[{"name":"e","connectionString":null,"endpointUri":"sb://ns.servicebus.windows.net","entityPath":"telemetry",
        "subscriptionId":"s1",
        "resourceGroup":"rg","id":"{{Space}}/eventhubs/telemetry"}],
        "serviceBusQueues":[{"name":"q","endpointUri":"sb://bus.servicebus.windows.net","entityPath":"queue","subscriptionId":"s1",
        "resourceGroup":"rg"}],
        "storageContainers":[{"name":"b","endpointUri":"https://straw.blob.core.windows.net/","containerName":"raw","subscriptionId":"s1",
        "resourceGroup":"rg",
        "fileNameFormat":"{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}","encoding":"json"}],
        "cosmosDBSqlCollections":[{"name":"c","endpointUri":"https://docs.documents.azure.com","databaseName":"db","collectionName":"col",
        "subscriptionId":"s1",
        "resourceGroup":"rg"}]},
        "routes":[{"name":"r","source":"DeviceMessages","condition":"true","endpointNames":["e","q","b","c"],"isEnabled":true}]} }
        """;

    [Theory]
    [InlineData(Account + "/blobServices/default", "straw/blobs")]
    [InlineData(Account + "/queueServices/default", "straw/queues")]
    [InlineData(Space, "ns")]
    [InlineData(Bus, "bus")]
    [InlineData(Cosmos, "docs")]
    [InlineData(Provisioning, "dps")]
    [InlineData(Topic, "topic")]
    public async Task Setting_OfWhatIsAttached_LeadsToItsWorkspace_WithTheResource(string resource, string named)
    {
        HubWorld world = World();
        world.Arm.On(resource + Settings, Setting($"\"workspaceId\":\"{Workspace}\""));

        DiscoveryResult result = await world.DiscoverAsync(Routing);

        Assert.Empty(result.Faults);
        DataLocation place = Assert.Single(result.Locations, location => location.Kind == LocationKinds.LogAnalyticsWorkspace);
        Assert.Equal(("logs", false), (place.Place, place.RecordsDeletion));
        Assert.Equal($"diagnostic setting '{named}/audit' (StorageRead) → Log Analytics workspace", Assert.Single(place.Provenance));
        Assert.Equal(resource, place.Settings[LocationSettings.LoggedResources]);
    }

    [Fact]
    public async Task Setting_OfWhatIsFoundOnTheWayOnward_IsReadToo_AndWhatItLeadsToIsFollowed()
    {
        const string cluster = Resources + "/Microsoft.Kusto/clusters/adx";
        HubWorld world = World();
        world.Arm.On(
            HubWorld.ResourceGraph,
            $$"""
            {"totalRecords":1,"count":1,"resultTruncated":"false","data":[{"id":"{{cluster}}","properties":
              {"uri":"https://adx.westeurope.kusto.windows.net","dataIngestionUri":"https://ingest-adx.westeurope.kusto.windows.net"} }]}
            """
        );
        world.Arm.On($"{cluster}/databases", $$"""{"value":[{"id":"{{cluster}}/databases/iot","name":"adx/iot"}]}""");
        world.Arm.On(
            $"{cluster}/databases/iot/dataConnections",
            $$"""
            {"value":[{"name":"adx/iot/c","kind":"IotHub","properties":{"tableName":"Raw","iotHubResourceId":"{{HubWorld.HubId}}",
              "eventSystemProperties":["iothub-connection-device-id"]} }]}
            """
        );
        world.Arm.On(cluster + Settings, Setting($"\"workspaceId\":\"{Workspace}\""));
        world.Arm.On(
            Workspace,
            $$"""{"id":"{{Workspace}}","name":"logs","properties":{"customerId":"c","replication":{"enabled":true,"location":"northeurope"} } }"""
        );

        DiscoveryResult result = await world.DiscoverAsync("{}");

        DataLocation place = Assert.Single(result.Locations, location => location.Kind == LocationKinds.LogAnalyticsWorkspace);
        Assert.Equal(cluster, place.Settings[LocationSettings.LoggedResources]);
        Assert.Single(result.Locations, location => location.Kind == LocationKinds.WorkspaceReplica);
        Assert.Single(result.Locations, location => location.Kind == LocationKinds.DataExplorerTable);
    }

    [Fact]
    public async Task Setting_OfAWorkspaceThatIsQueried_LeadsToWhereItsQueriesAreLogged()
    {
        HubWorld world = World();
        world.Arm.On(HubWorld.DiagnosticSettings, Setting($"\"workspaceId\":\"{Workspace}\""));
        world.Arm.On(Workspace + Settings, Setting($"\"workspaceId\":\"{Workspace}-audit\""));

        DiscoveryResult result = await world.DiscoverAsync("{}");

        Assert.Empty(result.Faults);
        DataLocation place = Assert.Single(result.Locations, location => location.Place == "logs-audit");
        Assert.Equal(LocationKinds.LogAnalyticsWorkspace, place.Kind);
        Assert.Equal(Workspace, place.Settings[LocationSettings.LoggedResources]);
    }

    [Fact]
    public async Task Settings_OfSeveralResourcesAndTheHub_AreOneWorkspaceThatKnowsAll()
    {
        HubWorld world = World();
        world.Arm.On(HubWorld.DiagnosticSettings, Setting($"\"workspaceId\":\"{Workspace}\""));
        world.Arm.On(Space + Settings, Setting($"\"workspaceId\":\"{Workspace}\""));
        world.Arm.On(Cosmos + Settings, Setting($"\"workspaceId\":\"{Workspace.ToUpperInvariant()}\""));

        DataLocation place = Assert.Single((await world.DiscoverAsync(Routing)).Locations, location =>
            location.Kind == LocationKinds.LogAnalyticsWorkspace
        );

        Assert.Equal(3, place.Provenance.Count);
        Assert.Equal([Cosmos, Space], place.Settings[LocationSettings.LoggedResources].Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Setting_ToAnAccountOrEventHubsOrAPartnerOrElsewhere_IsAPlaceOfItsOwn()
    {
        HubWorld world = World();
        string logs = Resources + "/Microsoft.EventHub/namespaces/logs";
        world.Arm.On(
            Account + "/blobServices/default" + Settings,
            Setting(
                $"""
                "storageAccountId":"{Resources}/Microsoft.Storage/storageAccounts/stlogs",
                "eventHubAuthorizationRuleId":"{logs}/authorizationrules/r","eventHubName":null,
                "marketplacePartnerId":"{Resources}/Microsoft.Datadog/monitors/dog","lakehouseId":"somewhere"
                """,
                """,{"categoryGroup":"audit","enabled":true}"""
            )
        );
        world.Arm.On(logs + "/eventhubs", """{"value":[{"name":"insights-logs-storageread"},{"name":"insights-logs-connections"}]}""");

        DiscoveryResult result = await world.DiscoverAsync(Routing);

        Assert.Equal(
            ["stlogs/insights-logs-*", "stlogs/insights-logs-storageread"],
            result
                .Locations.Where(one => one.Kind == LocationKinds.ResourceLogArchive)
                .Select(one => one.Place)
                .Order(StringComparer.Ordinal)
        );
        Assert.All(result.Locations.Where(one => one.Kind == LocationKinds.ResourceLogArchive), one =>
            Assert.Equal(Verdict.OwnerAction, one.Verdict)
        );
        Assert.DoesNotContain(result.Locations, one => one.Kind == LocationKinds.LogArchive);
        Assert.Contains(result.Locations, one => one is { Kind: LocationKinds.EventHub, Place: "logs/insights-logs-storageread" });
        Assert.DoesNotContain(result.Locations, one => one.Place == "logs/insights-logs-connections");
        Assert.Contains(result.Locations, one => one.Kind == LocationKinds.PartnerSolution);
        Assert.Contains(
            "'lakehouseId'",
            Assert.Single(result.Locations, one => one.Kind == LocationKinds.UnknownSink).Provenance[0],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Setting_OfMetricsAlone_IsNoPlace_AndOneThatCannotBeReadIs()
    {
        HubWorld world = World();
        world.Arm.On(Space + Settings, Setting($"\"workspaceId\":\"{Workspace}\"").Replace("true", "false", StringComparison.Ordinal));
        world.Arm.On(Bus + Settings, """{"error":{"code":"AuthorizationFailed","message":"no"}}""", 403);

        DiscoveryResult result = await world.DiscoverAsync(Routing);

        Assert.DoesNotContain(result.Locations, one => one.Kind == LocationKinds.LogAnalyticsWorkspace);
        DataLocation unread = Assert.Single(result.Locations, one => one.Kind == LocationKinds.UnreadConfiguration);
        Assert.Equal("diagnostic settings of bus", unread.Place);
        Assert.Single(result.Faults);
    }

    [Theory]
    [InlineData("""{"enabled":true,"location":"northeurope"}""", "logs/northeurope")]
    [InlineData("""{"enabled":"true"}""", "logs/another region")]
    [InlineData("""{"enabled":false,"location":"northeurope"}""", null)]
    public async Task Workspace_ThatIsReplicated_HasAReplica(string replication, string? place)
    {
        HubWorld world = World();
        world.Arm.On(HubWorld.DiagnosticSettings, Setting($"\"workspaceId\":\"{Workspace}\""));
        world.Arm.On(Workspace, $$"""{"properties":{"customerId":"c","replication":{{replication}} } }""");

        DiscoveryResult result = await world.DiscoverAsync("{}");

        Assert.Equal(place, result.Locations.SingleOrDefault(one => one.Kind == LocationKinds.WorkspaceReplica)?.Place);
        Assert.Empty(result.Faults);
    }

    [Theory]
    [InlineData("""{"value":[{"name":"default","properties":{}}]}""", 200, 1, 0)]
    [InlineData("""{"value":[]}""", 200, 0, 0)]
    [InlineData("""{"error":{"code":"AuthorizationFailed","message":"no"}}""", 403, 0, 1)]
    public async Task Workspace_WithSentinel_HasALakeThatNoPurgeReaches(string states, int status, int lakes, int faults)
    {
        HubWorld world = World();
        world.Arm.On(HubWorld.DiagnosticSettings, Setting($"\"workspaceId\":\"{Workspace}\""));
        world.Arm.On(Workspace + "/providers/Microsoft.SecurityInsights/onboardingStates", states, status);

        DiscoveryResult result = await world.DiscoverAsync("{}");

        DataLocation[] found = [.. result.Locations.Where(one => one.Kind == LocationKinds.SentinelDataLake)];
        Assert.Equal((lakes, faults), (found.Length, result.Faults.Count));
        Assert.All(found, one => Assert.Equal((Verdict.OwnerAction, "logs"), (one.Verdict, one.Place)));
        Assert.Equal(faults, result.Locations.Count(one => one.Kind == LocationKinds.UnreadConfiguration));
    }

    private static HubWorld World()
    {
        var world = new HubWorld();
        world.Arm.On(Account, $$"""{"id":"{{Account}}","name":"straw"}""");
        world.Arm.On(
            HubWorld.ProvisioningServices,
            $$"""
            {"value":[{"id":"{{Provisioning}}","name":"dps",
            "properties":{"serviceOperationsHostName":"dps.azure-devices-provisioning.net","iotHubs":[{"name":"contoso.azure-devices.net"}]} }]}
            """
        );
        world.Arm.On(
            HubWorld.SystemTopics,
            $$"""{"value":[{"id":"{{Topic}}","name":"topic","properties":{"source":"{{HubWorld.HubId}}"} }]}"""
        );
        world.Arm.On(Topic + "/eventSubscriptions", """{"value":[]}""");
        return world;
    }

    private static string Setting(string destinations, string more = "") =>
        $$"""{"value":[{"name":"audit","properties":{ {{destinations}},"logs":[{"category":"StorageRead","enabled":true}{{more}}]} }]}""";
}
