using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>Identity is the resource, not its last name.</summary>
public sealed class LocationIdentityTests
{
    private const string Prod = "/subscriptions/s1/resourceGroups/rg-prod/providers";
    private const string Dev = "/subscriptions/s1/resourceGroups/rg-dev/providers";

    [Theory]
    [InlineData("Microsoft.OperationalInsights/workspaces/logs", "workspaceId", LocationKinds.LogAnalyticsWorkspace)]
    [InlineData("Microsoft.Datadog/monitors/partner", "marketplacePartnerId", LocationKinds.PartnerSolution)]
    public async Task TwoResources_OfOneNameInTwoGroups_AreTwoLocations(string resource, string property, string kind)
    {
        var world = new HubWorld();
        world.Arm.On(HubWorld.DiagnosticSettings, Settings(property, $"{Prod}/{resource}", $"{Dev}/{resource}"));

        DataLocation[] found = [.. (await world.DiscoverAsync("{}")).Locations.Where(location => location.Kind == kind)];

        Assert.Equal([$"{Prod}/{resource}", $"{Dev}/{resource}"], found.Select(location => location.ResourceId));
        Assert.Equal(2, found.Select(location => location.Id).Distinct().Count());
        Assert.Equal(2, found.Select(location => location.Place).Distinct().Count());
        Assert.All(found, location => Assert.Single(location.Provenance));
    }

    [Fact]
    public async Task OneResource_InTwoSpellings_IsOneLocationWithTheIdThatItAlwaysHad()
    {
        const string Resource = "Microsoft.OperationalInsights/workspaces/logs";
        var world = new HubWorld();
        world.Arm.On(
            HubWorld.DiagnosticSettings,
            Settings("workspaceId", $"{Prod}/{Resource}", $"{Prod.ToUpperInvariant()}/{Resource.ToUpperInvariant()}/")
        );

        DataLocation location = await world.OnlyAsync(LocationKinds.LogAnalyticsWorkspace, "{}");

        Assert.Equal(("log-analytics-workspace.logs", "logs", 2), (location.Id, location.Place, location.Provenance.Count));
    }

    [Fact]
    public async Task FunctionsOfTwoSlots_AreTwoLocations()
    {
        const string Site = $"{Prod}/Microsoft.Web/sites/app";
        var world = new HubWorld();
        world.Arm.On(
            HubWorld.EventSubscriptions,
            $$"""{"value":[{{Subscription("a", $"{Site}/functions/fn")}},{{Subscription("b", $"{Site}/slots/staging/functions/fn")}}]}"""
        );

        Assert.Equal(2, (await world.DiscoverAsync("{}")).Locations.Count(location => location.Kind == LocationKinds.AzureFunction));
    }

    [Fact]
    public void Ids_OfTwoResourcesOfOneName_DifferAndDoNotDependOnTheirOrder()
    {
        LocationDraft[] two =
        [
            Workspace($"{Prod}/Microsoft.OperationalInsights/workspaces/logs"),
            Workspace($"{Dev}/Microsoft.OperationalInsights/workspaces/logs"),
        ];

        Assert.Equal(LocationIds.For(two), LocationIds.For([two[1], two[0]]).Reverse());
        Assert.Equal(2, LocationIds.For(two).Distinct().Count());
    }

    [Fact]
    public void Apart_WayThatDoesNotTellItsResource_JoinsTheOnlyOneAndNoneOfSeveral()
    {
        LocationDraft prod = Workspace($"{Prod}/Microsoft.OperationalInsights/workspaces/logs"),
            dev = Workspace($"{Dev}/Microsoft.OperationalInsights/workspaces/logs");

        Assert.Single(LocationIdentity.Apart([Workspace(null), prod]));
        Assert.Equal(3, LocationIdentity.Apart([Workspace(null), prod, dev]).Count());
    }

    private static LocationDraft Workspace(string? resourceId) =>
        new()
        {
            Kind = LocationKinds.LogAnalyticsWorkspace,
            Place = "logs",
            ResourceId = resourceId,
            Ways = [],
        };

    private static string Settings(string property, params string[] resources) =>
        $$"""{"value":[{{string.Join(',', resources.Select((resource, index) => $$$"""{"name":"{{{index}}}","properties":{"{{{property}}}":"{{{resource}}}","logs":[{"category":"Connections","enabled":true}]} }"""))}}]}""";

    private static string Subscription(string name, string resource) =>
        $$$"""{"name":"{{{name}}}","properties":{"destination":{"endpointType":"AzureFunction","properties":{"resourceId":"{{{resource}}}"} } } }""";
}
