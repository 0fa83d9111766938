using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>Where diagnostic settings send the logs of a hub.</summary>
public sealed class DiagnosticsDiscoveryTests
{
    private const string Resources = "/subscriptions/s1/resourceGroups/rg/providers";

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
            // One that is enabled, one of an earlier setting, and one that the service makes with the first row.
            ["event-hub.ns.insights-logs-connections", "event-hub.ns.insights-logs-routes", "event-hub.ns.insights-logs-twinqueries"],
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

    private static string Containers(string account) =>
        $"{Resources}/Microsoft.Storage/storageAccounts/{account}/blobServices/default/containers";
}
