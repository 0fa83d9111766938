using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

public sealed class HubDiscoveryTests
{
    [Fact]
    public async Task StandardHub_HasEveryPlaceOfItsOwn_WithRetentions()
    {
        DiscoveryResult result = await new HubWorld().DiscoverAsync(
            """
            {"cloudToDevice":{"feedback":{"ttlAsIso8601":"PT3H"}},"enableFileUploadNotifications":true,
            "messagingEndpoints":{"fileNotifications":{"ttlAsIso8601":"PT1H30M"}},"eventHubEndpoints":{"events":{"retentionTimeInDays":7}}}
            """
        );

        Assert.Empty(result.Faults);
        Assert.Equal(
            [
                ("device-registry.contoso", Verdict.Unknown, null),
                ("cloud-to-device-queue.contoso", Verdict.Unknown, null),
                ("feedback-queue.contoso", Verdict.Expiring, TimeSpan.FromHours(3)),
                ("job-history.contoso", Verdict.Expiring, TimeSpan.FromDays(30)),
                ("configurations.contoso", Verdict.OwnerAction, null),
                ("gateway-children.contoso", Verdict.OwnerAction, null),
                ("file-notification-queue.contoso", Verdict.Expiring, TimeSpan.FromMinutes(90)),
                ("built-in-endpoint.contoso.events", Verdict.Expiring, TimeSpan.FromDays(7)),
                ("system-generated-logs.contoso", Verdict.OwnerAction, null),
            ],
            result.Locations.Select(location => (location.Id, location.Verdict!.Value, location.Retention))
        );
        Assert.All(result.Locations, location => Assert.True(location.Provenance.Count == 1 && location.Advice!.EndsWith('.')));
        Assert.Contains("must not be drained", result.Locations[2].Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NewerDescription_CouldNotBeRead_IsAPlaceThatNobodyIsAbsentFrom()
    {
        Fault fault = FaultCatalogue.ServiceFailed.For("the IoT hub contoso", "it did not answer.");

        DiscoveryResult result = await new HubWorld().DiscoverAsync(HubWorld.Hub("{}") with { Unshown = fault }, []);

        Assert.Equal(fault, Assert.Single(result.Faults));
        DataLocation location = Assert.Single(result.Locations, static location => location.Kind == LocationKinds.UnreadConfiguration);
        Assert.Equal("newer kinds of endpoint of contoso", location.Place);
    }

    [Fact]
    public async Task BasicHub_HasNoTwinsQueuesJobsOrConfigurations() =>
        Assert.Equal(
            [LocationKinds.DeviceRegistry, LocationKinds.BuiltInEndpoint, LocationKinds.SystemGeneratedLogs],
            (await new HubWorld().DiscoverAsync("{}", "B2")).Locations.Select(location => location.Kind)
        );

    [Theory]
    [InlineData("PT", 48)]
    [InlineData("soon", 48)]
    [InlineData("P9999999999999999D", 48)]
    [InlineData("PT36H", 36)]
    public async Task Feedback_WithAnOddTimeToLive_CountsAsKeptAsLongAsTheServiceAllows(string ttl, int hours) =>
        Assert.Equal(
            TimeSpan.FromHours(hours),
            (
                await new HubWorld().OnlyAsync(
                    LocationKinds.FeedbackQueue,
                    $$"""{"cloudToDevice": {"feedback": {"ttlAsIso8601": "{{ttl}}"} } }"""
                )
            ).Retention
        );

    [Theory]
    [InlineData("\"true\"", true)]
    [InlineData("{}", true)]
    [InlineData("false", false)]
    [InlineData("null", false)]
    public async Task FileNotifications_ThatCannotBeReadAsDisabled_AreListed(string value, bool isListed)
    {
        DiscoveryResult result = await new HubWorld().DiscoverAsync($$"""{"enableFileUploadNotifications":{{value}}}""");

        Assert.Equal(isListed, result.Locations.Any(location => location.Kind == LocationKinds.FileNotificationQueue));
    }

    [Fact]
    public async Task FileUpload_IsAContainerThatDevicesCanStillWriteUntilTheirAccessEnds()
    {
        DataLocation location = await new HubWorld().OnlyAsync(
            LocationKinds.FileUploadContainer,
            """
            {"storageEndpoints":{"$default":{"sasTtlAsIso8601":"PT2H","containerName":"uploads","connectionString":"DefaultEndpointsProtocol=https;AccountName=stup;AccountKey=****"}}}
            """
        );

        Assert.Equal(("file-upload.stup.uploads", TimeSpan.FromHours(2)), (location.Id, location.FlushTime));
        Assert.Equal("https://stup.blob.core.windows.net/uploads", location.Settings[LocationSettings.ContainerUri]);
    }

    [Theory]
    [InlineData("""{"$default":{"containerName":"","connectionString":""}}""")]
    [InlineData("""{"$default":{"containerName":"uploads","connectionString":""}}""")]
    [InlineData("""{"$default":{"containerName":"","connectionString":"AccountName=stup"}}""")]
    [InlineData("""{"$default":null}""")]
    [InlineData("null")]
    public async Task FileUpload_ThatIsNotConfigured_IsNotListed(string endpoints)
    {
        DiscoveryResult result = await new HubWorld().DiscoverAsync($$"""{"storageEndpoints":{{endpoints}}}""");

        Assert.DoesNotContain(result.Locations, location =>
            location.Kind is LocationKinds.FileUploadContainer or LocationKinds.UnknownSink
        );
    }

    [Theory]
    [InlineData("""{"$default":{"containerName":"up loads","connectionString":"AccountName=stup"}}""")]
    [InlineData("""{"$default":"uploads"}""")]
    [InlineData("""{"$default":{"containerName":{"name":"uploads"},"connectionString":"AccountName=stup"}}""")]
    [InlineData("""{"$default":{"containerName":"uploads","connectionString":["AccountName=stup"]}}""")]
    [InlineData("""{"second":{"containerName":"uploads","connectionString":"AccountName=stup"}}""")]
    [InlineData("\"uploads\"")]
    public async Task FileUpload_OfAnUnknownForm_IsAnUnknownSink(string endpoints) =>
        Assert.Equal(
            Verdict.OwnerAction,
            (await new HubWorld().OnlyAsync(LocationKinds.UnknownSink, $$"""{"storageEndpoints":{{endpoints}}}""")).Verdict
        );

    [Fact]
    public async Task DeviceRegistryLink_IsANamespace()
    {
        DataLocation location = await new HubWorld().OnlyAsync(
            LocationKinds.DeviceRegistryNamespace,
            """
            {"deviceRegistry":{"namespaceResourceId":"/subscriptions/s1/resourceGroups/rg/providers/Microsoft.DeviceRegistry/namespaces/ns1",
            "linkingProperties":{"state":"Orphaned"}}}
            """
        );

        Assert.Equal("device-registry-namespace.ns1", location.Id);
        Assert.Contains("(link: Orphaned)", Assert.Single(location.Provenance), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecondGenerationHub_HasANamespaceEvenIfItIsNotShown() =>
        Assert.Contains((await new HubWorld().DiscoverAsync("{}", "GEN2")).Locations, location =>
            location.Kind == LocationKinds.DeviceRegistryNamespace
        );

    [Fact]
    public async Task UnknownProperty_ThatLeadsAway_IsAnUnknownSink_AndOneThatDoesNotIsNot()
    {
        DataLocation location = await new HubWorld().OnlyAsync(
            LocationKinds.UnknownSink,
            """
            {"mirror":{"name":"m","target":"https://mirror.example/?sig=s3cr3t"},"luckyNumber":7,"newSwitch":{"mode":"on"}}
            """
        );

        Assert.Equal("properties.mirror", location.Place);
        Assert.DoesNotContain("s3cr3t", location.Provenance[0], StringComparison.Ordinal);
    }

    [Fact]
    public void ConnectionStringAlone_SaysThatTheRestIsUnknown()
    {
        DiscoveryResult result = LocationDiscovery.ForConnectionString(
            SinkCatalogue.OfModule.Kinds,
            SinkCatalogue.OfModule.Sources,
            "contoso.azure-devices.net",
            []
        );

        Assert.Equal(
            [
                ("device-registry.contoso", Verdict.Unknown),
                ("cloud-to-device-queue.contoso", Verdict.Unknown),
                ("feedback-queue.contoso", Verdict.Expiring),
                ("job-history.contoso", Verdict.Expiring),
                ("configurations.contoso", Verdict.OwnerAction),
                ("gateway-children.contoso", Verdict.OwnerAction),
                ("file-notification-queue.contoso", Verdict.Expiring),
                ("system-generated-logs.contoso", Verdict.OwnerAction),
                ("unread-configuration.configuration-of-contoso", Verdict.Unreachable),
            ],
            result.Locations.Select(location => (location.Id, location.Verdict!.Value))
        );
        Assert.Contains("Reader", result.Locations[^1].Advice, StringComparison.Ordinal);
        Assert.Equal(
            [TimeSpan.FromDays(2), TimeSpan.FromDays(2)],
            result
                .Locations.Where(static location => location.Kind is LocationKinds.FeedbackQueue or LocationKinds.FileNotificationQueue)
                .Select(static location => location.Retention!.Value)
        );
    }

    [Fact]
    public void ConnectionStringOfABasicHub_HasNoPlacesThatNeedTwins()
    {
        DiscoveryResult result = LocationDiscovery.ForConnectionString(
            SinkCatalogue.OfModule.Kinds,
            SinkCatalogue.OfModule.Sources,
            "contoso.azure-devices.net",
            [],
            isBasic: true
        );

        Assert.Equal(
            ["DeviceRegistry", "FileNotificationQueue", "SystemGeneratedLogs", "UnreadConfiguration"],
            result.Locations.Select(static location => location.Kind)
        );
    }

    [Theory]
    [InlineData(HubWorld.Health, "endpoint health")]
    [InlineData(HubWorld.EventSubscriptions, "event subscriptions")]
    [InlineData(HubWorld.SystemTopics, "system topics")]
    [InlineData(HubWorld.DiagnosticSettings, "diagnostic settings")]
    [InlineData(HubWorld.ProvisioningServices, "provisioning services")]
    [InlineData("/subscriptions", "other subscriptions")]
    public async Task UnreadablePart_IsALocationAndAFault_AndTheRestGoesOn(string path, string part)
    {
        int whole = (await new HubWorld().DiscoverAsync("{}")).Locations.Count;
        var world = new HubWorld();
        world.Arm.On(path, """{"error":{"code":"AuthorizationFailed","message":"SharedAccessKey=leak"}}""", 403);

        DiscoveryResult result = await world.DiscoverAsync("{}");

        Fault fault = Assert.Single(result.Faults);
        Assert.Equal(FaultCatalogue.PermissionMissing.Id, fault.Id);
        DataLocation unread = Assert.Single(result.Locations, location => location.Kind == LocationKinds.UnreadConfiguration);
        Assert.Equal((Verdict.Unreachable, whole + 1), (unread.Verdict, result.Locations.Count));
        Assert.Contains(part, unread.Place, StringComparison.Ordinal);
        Assert.Contains(fault.Message, unread.Provenance[0], StringComparison.Ordinal);
        Assert.Contains("Reader", unread.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnreadableStorageAccounts_AreNoGap_BecauseTheAddressIsKnown_AndTheRightThatIsMissingIsNamed()
    {
        var world = new HubWorld();
        world.Arm.On(HubWorld.StorageAccounts, "{}", 403);

        DiscoveryResult result = await world.DiscoverAsync(
            HubWorld.Routing(
                """{"storageContainers":[{"name":"a","containerName":"telemetry","connectionString":"AccountName=stcontoso"}]}"""
            )
        );

        DataLocation location = Assert.Single(result.Locations, static one => one.Kind == LocationKinds.RoutedBlobContainer);
        Assert.Equal("https://stcontoso.blob.core.windows.net/telemetry", location.Settings[LocationSettings.ContainerUri]);
        Assert.Null(location.ResourceId);
        Assert.Contains(world.Notices, text => text.Contains("stcontoso stays unknown", StringComparison.Ordinal));
        Fault fault = Assert.Single(result.Faults);
        Assert.Equal("PermissionMissing", fault.Id);
        Assert.Contains("the action Microsoft.Storage/storageAccounts/read is missing", fault.Message, StringComparison.Ordinal);
    }
}
