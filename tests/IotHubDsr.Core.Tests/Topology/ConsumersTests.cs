using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>Consumers are asked for once, beside everything else, and that they cannot be listed ends nothing.</summary>
public sealed class ConsumersTests
{
    [Fact]
    public async Task Hub_WithoutConsumers_TakesOneRequestMore()
    {
        var world = new HubWorld();

        DiscoveryResult result = await world.DiscoverAsync("{}");

        Assert.Single(world.Arm.Requests, request => request.RequestUri!.AbsolutePath == HubWorld.ResourceGraph);
        Assert.DoesNotContain(world.Arm.Requests, request => request.RequestUri!.AbsolutePath.Contains("Microsoft.Kusto"));
        Assert.Empty(result.Faults);
    }

    [Fact]
    public async Task Consumers_ThatMayNotBeListed_AreARemark()
    {
        var world = new HubWorld();
        world.Arm.On(HubWorld.ResourceGraph, """{"error":{"code":"AuthorizationFailed","message":"no"}}""", 403);

        DiscoveryResult result = await world.DiscoverAsync("{}");

        Assert.Empty(result.Faults);
        Assert.DoesNotContain(result.Locations, location => location.Kind == LocationKinds.UnreadConfiguration);
        Assert.Contains(Assert.Single(result.Locations, location => location.Kind == LocationKinds.BuiltInEndpoint).Provenance, why =>
            why.StartsWith(
                "Data Explorer clusters, Stream Analytics jobs and Device Update instances of the hub are unknown:",
                StringComparison.Ordinal
            )
        );
    }
}
