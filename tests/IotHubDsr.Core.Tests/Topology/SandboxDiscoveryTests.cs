using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Core.Topology;
using IotHubDsr.Sandbox;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>Discovery as the product does it: TLS, tokens, paging and interface versions of a simulated Azure.</summary>
public sealed class SandboxDiscoveryTests
{
    [Fact]
    public async Task SeededWorld_IsFoundByNameAndHasEveryKindOfLocation()
    {
        await using SandboxServer server = await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None);
        IotHubSandbox sandbox = SandboxAccess.Describe(server.Descriptor);
        using var access = new AzureAccess(SandboxCloud.For(sandbox), access =>
            Credentials.ForApplication(access, sandbox.TenantId, sandbox.ClientId, sandbox.ClientSecret)
        );
        var arm = new ArmReader(access);
        var resource = new HubResource(arm, static (_, _) => { });

        HubDescription hub = await resource.FindHubAsync(sandbox.HubName.ToUpperInvariant(), null, null, CancellationToken.None);
        DiscoveryResult result = await new LocationDiscovery(
            SinkCatalogue.OfModule.Kinds,
            SinkCatalogue.OfModule.Sources,
            arm,
            access.Cloud,
            static (_, _) => { }
        ).DiscoverAsync(hub, [], CancellationToken.None);

        Assert.Equal((sandbox.HubHostName, "S3", 4), (hub.HostName, hub.SkuName, hub.Units));
        Assert.Equal("iothubowner", (await resource.ReadKeyAsync(hub, CancellationToken.None)).PolicyName);
        Assert.Empty(result.Faults);
        Assert.DoesNotContain(result.Locations, static location => location.Kind == LocationKinds.UnreadConfiguration);
        Assert.Equal(
            ["quantum-1", "decommissioned-sink"],
            result.Locations.Where(static location => location.Kind == LocationKinds.UnknownSink).Select(static location => location.Place)
        );
        string[] kinds =
        [
            LocationKinds.DeviceRegistry,
            LocationKinds.CloudToDeviceQueue,
            LocationKinds.FeedbackQueue,
            LocationKinds.FileNotificationQueue,
            LocationKinds.JobHistory,
            LocationKinds.Configurations,
            LocationKinds.GatewayChildren,
            LocationKinds.BuiltInEndpoint,
            LocationKinds.RoutedBlobContainer,
            LocationKinds.FileUploadContainer,
            LocationKinds.EventHub,
            LocationKinds.ServiceBusQueue,
            LocationKinds.ServiceBusTopic,
            LocationKinds.CosmosContainer,
            LocationKinds.FabricEventstream,
            LocationKinds.DeadLetterContainer,
            LocationKinds.LogAnalyticsWorkspace,
            LocationKinds.LogArchive,
            LocationKinds.DataExplorerTable,
            LocationKinds.ProvisioningService,
            LocationKinds.SystemGeneratedLogs,
        ];
        Assert.All(kinds, kind => Assert.Contains(result.Locations, location => location.Kind == kind));
        Assert.All(
            result.Locations.Where(static location =>
                location.Kind is LocationKinds.RoutedBlobContainer or LocationKinds.FileUploadContainer
            ),
            static location =>
                Assert.Contains("/providers/Microsoft.Storage/storageAccounts/", location.ResourceId, StringComparison.Ordinal)
        );
        Assert.Contains(result.Locations, static location =>
            location.Provenance.Any(static why => why.StartsWith("endpoint 'alerts-topic' is unhealthy", StringComparison.Ordinal))
        );
    }
}
