using System.Collections.Concurrent;
using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>A hub with nothing attached to it; a test adds what it is about.</summary>
internal sealed class HubWorld
{
    public const string Subscription = "/subscriptions/s1";
    public const string HubId = Subscription + "/resourceGroups/rg/providers/Microsoft.Devices/IotHubs/contoso";
    public const string Health = HubId + "/routingEndpointsHealth";
    public const string EventSubscriptions = HubId + "/providers/Microsoft.EventGrid/eventSubscriptions";
    public const string SystemTopics = Subscription + "/providers/Microsoft.EventGrid/systemTopics";
    public const string DiagnosticSettings = HubId + "/providers/Microsoft.Insights/diagnosticSettings";
    public const string ProvisioningServices = Subscription + "/providers/Microsoft.Devices/provisioningServices";
    public const string StorageAccounts = Subscription + "/providers/Microsoft.Storage/storageAccounts";
    public const string ConsumerGroups = HubId + "/eventHubEndpoints/events/ConsumerGroups";
    public const string Hubs = Subscription + "/providers/Microsoft.Devices/IotHubs";
    public const string ResourceGraph = "/providers/Microsoft.ResourceGraph/resources";
    private const string Nothing = """{"value":[]}""";

    public HubWorld()
    {
        foreach (
            string path in new[]
            {
                Health,
                EventSubscriptions,
                SystemTopics,
                DiagnosticSettings,
                ProvisioningServices,
                StorageAccounts,
                ConsumerGroups,
                Hubs,
            }
        )
        {
            Arm.On(path, Nothing);
        }

        Arm.On("/subscriptions", """{"value":[{"subscriptionId":"s1","state":"Enabled"}]}""");
    }

    public FakeArm Arm { get; } = new();

    public ConcurrentQueue<string> Notices { get; } = [];

    /// <summary>Makes the hub of <paramref name="properties"/> (JSON), with a host name unless it has one.</summary>
    public static HubDescription Hub(string properties, string sku = "S1")
    {
        Assert.True(ArmId.TryParse(HubId, out ArmId? id));
        return new HubDescription
        {
            ResourceId = id,
            Name = "contoso",
            HostName = "contoso.azure-devices.net",
            SkuName = sku,
            Units = 1,
            State = "Active",
            Properties = JsonDocument.Parse(properties).RootElement,
        };
    }

    public static string Routing(string endpoints, string routes = "[]", string rest = "") =>
        $$"""{"routing": {"endpoints": {{endpoints}}, "routes": {{routes}} {{rest}} } }""";

    public Task<DiscoveryResult> DiscoverAsync(string properties, string sku = "S1") => DiscoverAsync(Hub(properties, sku), []);

    public Task<DiscoveryResult> DiscoverAsync(HubDescription hub, IReadOnlyList<LocationDraft> extra) =>
        new LocationDiscovery(SinkCatalogue.OfModule.Kinds, SinkCatalogue.OfModule.Sources, Arm.Reader(), Cloud.Public, (_, text) =>
            Notices.Enqueue(text)
        ).DiscoverAsync(hub, extra, CancellationToken.None);

    public async Task<DataLocation> OnlyAsync(string kind, string properties)
    {
        DiscoveryResult result = await DiscoverAsync(properties);
        Assert.Empty(result.Faults);
        return Assert.Single(result.Locations, location => location.Kind == kind);
    }
}
