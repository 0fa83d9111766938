using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>What storage accounts keep and copy of the blobs in them: change feed, point-in-time restore, object replication.</summary>
public sealed class AccountProtectionTests
{
    private const string Accounts = HubWorld.Subscription + "/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts";
    private const string Account = Accounts + "/stcontoso";
    private const string Uploads =
        """{"storageEndpoints":{"$default":{"connectionString":"AccountName=stcontoso;AccountKey=k","containerName":"files","sasTtlAsIso8601":"PT2H"} } }""";

    private static readonly string s_archive = HubWorld.Routing(
        """{"storageContainers":[{"id":"1","name":"raw","connectionString":"AccountName=stcontoso","containerName":"raw","fileNameFormat":"{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}"}]}"""
    );

    [Theory]
    [InlineData("""{"enabled":true,"retentionInDays":30}""", Verdict.Expiring, 30)]
    [InlineData("""{"enabled":true}""", Verdict.OwnerAction, null)]
    [InlineData("""{"enabled":true,"retentionInDays":0}""", Verdict.OwnerAction, null)]
    public async Task ChangeFeed_OfAnAccountWithUploads_IsDatedByItsRetention(string feed, Verdict verdict, int? days)
    {
        DataLocation location = await WorldOf($$"""{"changeFeed":{{feed}} }""").OnlyAsync(LocationKinds.BlobChangeFeed, Uploads);

        Assert.Equal(
            ("stcontoso/$blobchangefeed", verdict, days is { } known ? TimeSpan.FromDays(known) : (TimeSpan?)null),
            (location.Place, location.Verdict, location.Retention)
        );
        Assert.Equal(TimeSpan.FromHours(3), location.FlushTime);
        Assert.Equal(days is null, location.Advice!.Contains("retentionInDays", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"changeFeed":{"enabled":false,"retentionInDays":30} }""", true)]
    [InlineData("""{"changeFeed":{"enabled":true} }""", false)]
    [InlineData("{}", true)]
    public async Task NoChangeFeed_OrNoNamesOfDevices_IsNoPlace(string service, bool hasUploads)
    {
        DiscoveryResult result = await WorldOf(service).DiscoverAsync(hasUploads ? Uploads : s_archive);

        Assert.Empty(result.Faults);
        Assert.DoesNotContain(result.Locations, location => location.Kind == LocationKinds.BlobChangeFeed);
    }

    [Theory]
    [InlineData("""{"restorePolicy":{"enabled":true,"days":6} }""", "6")]
    [InlineData("""{"restorePolicy":{"enabled":false,"days":6} }""", null)]
    [InlineData("""{"restorePolicy":{"enabled":true,"days":"6"} }""", "6")]
    public async Task PointInTimeRestore_IsASettingOfEachContainer_AndTheAccountIsAskedOnce(string service, string? days)
    {
        HubWorld world = WorldOf(service);

        DataLocation location = await world.OnlyAsync(LocationKinds.FileUploadContainer, Uploads);

        Assert.Equal(days, location.Settings.GetValueOrDefault(LocationSettings.RestorableDays));
        Assert.Single(world.Arm.Requests, request =>
            request.RequestUri!.AbsolutePath.EndsWith("/blobServices/default", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task RightToReadTheBlobServiceIsMissing_IsTold_AndTheContainersAreThere()
    {
        HubWorld world = WorldOf("{}");
        world.Arm.On($"{Account}/blobServices/default", Refused, 403);

        DiscoveryResult result = await world.DiscoverAsync(Uploads);

        Assert.Equal("PermissionMissing", Assert.Single(result.Faults).Id);
        Assert.Contains(result.Locations, location => location.Kind == LocationKinds.FileUploadContainer);
    }

    [Theory]
    [InlineData(Accounts + "/stcopy", Accounts + "/stcopy")]
    [InlineData("stcopy", null)]
    public async Task Copy_OfObjectReplication_IsAPlaceOfItsSourcesKind(string destination, string? resource)
    {
        HubWorld world = WorldOf("{}");
        world.Arm.On(
            $"{Account}/objectReplicationPolicies",
            $$"""
            {"value":[
              {"properties":{"sourceAccount":"{{Account}}","destinationAccount":"{{destination}}","rules":[
                {"sourceContainer":"raw","destinationContainer":"raw-copy","filters":{"prefixMatch":["contoso/0","it's"]} },
                {"sourceContainer":"other","destinationContainer":"other-copy"}]} },
              {"properties":{"sourceAccount":"{{Accounts}}/stelsewhere","destinationAccount":"{{Account}}","rules":[
                {"sourceContainer":"raw","destinationContainer":"raw"}]} }]}
            """
        );

        DiscoveryResult result = await world.DiscoverAsync(s_archive);

        DataLocation[] archives = [.. result.Locations.Where(location => location.Kind == LocationKinds.RoutedBlobContainer)];
        Assert.Equal(["stcontoso/raw", "stcopy/raw-copy"], archives.Select(static location => location.Place));
        (DataLocation source, DataLocation copy) = (archives[0], archives[1]);
        Assert.Equal("stcontoso/raw", copy.Settings[LocationSettings.ReplicatedFrom]);
        Assert.Equal("https://stcopy.blob.core.windows.net/raw-copy", copy.Settings[LocationSettings.ContainerUri]);
        Assert.Equal(source.Settings[LocationSettings.FileNameFormat], copy.Settings[LocationSettings.FileNameFormat]);
        Assert.Equal(resource, copy.ResourceId);
        Assert.Equal(source.FlushTime + TimeSpan.FromDays(1), copy.FlushTime);
        Assert.Equal(
            ["object replication copies block blobs from stcontoso/raw to stcopy/raw-copy, those that begin with 'contoso/0' or 'it's'"],
            copy.Provenance
        );
        Assert.DoesNotContain(LocationSettings.ReplicatedFrom, source.Settings.Keys);
    }

    [Fact]
    public async Task Replication_ThatCannotBeReadOrUnderstood_IsAGap()
    {
        HubWorld world = WorldOf("{}");
        world.Arm.On(
            $"{Account}/objectReplicationPolicies",
            $$"""{"value":[{"properties":{"sourceAccount":"stcontoso","destinationAccount":"{{Accounts}}/stcopy","rules":[{"sourceContainer":"raw","destinationContainer":"../x"}]} }]}"""
        );
        DiscoveryResult odd = await world.DiscoverAsync(s_archive);
        world.Arm.On($"{Account}/objectReplicationPolicies", Refused, 403);
        DiscoveryResult refused = await world.DiscoverAsync(s_archive);

        Assert.Contains(odd.Locations, static location =>
            location is { Kind: LocationKinds.UnknownSink, Place: "copies of stcontoso/raw" }
        );
        Assert.Contains(refused.Faults, static fault => fault.Id == "PermissionMissing");
        Assert.Contains(refused.Locations, static location =>
            location is { Kind: LocationKinds.UnreadConfiguration, Place: "object replication of the storage account stcontoso" }
        );
    }

    private const string Refused = """{"error":{"code":"AuthorizationFailed","message":"no"}}""";

    private static HubWorld WorldOf(string blobService)
    {
        var world = new HubWorld();
        world.Arm.On(
            HubWorld.StorageAccounts,
            $$"""{"value":[{"id":"{{Account}}","name":"stcontoso","properties":{"primaryEndpoints":{"blob":"https://stcontoso.blob.core.windows.net/"} } }]}"""
        );
        world.Arm.On($"{Account}/blobServices/default", $$"""{"properties":{{blobService}} }""");
        world.Arm.On($"{Account}/objectReplicationPolicies", """{"value":[]}""");
        return world;
    }
}
