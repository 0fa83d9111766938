using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Sandbox.Storage;

namespace IotHubDsr.Core.Tests.Sandbox.Storage;

/// <summary>What stays behind when a blob is overwritten or deleted: versions, snapshots, soft-deleted copies.</summary>
public sealed class LeftoverTests
{
    private const BlobStates Everything = BlobStates.Version | BlobStates.Snapshots | BlobStates.Deleted;

    [Fact]
    public async Task Versioning_KeepsEveryFormerContent()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync(new(VersioningEnabled: true));
        BlobContainerClient container = sandbox.Container();
        BlobClient blob = container.GetBlobClient("b");
        string first = (await blob.UploadAsync(BinaryData.FromString("first"))).Value.VersionId;
        string second = (await blob.UploadAsync(BinaryData.FromString("second"), overwrite: true)).Value.VersionId;
        await blob.DeleteAsync();

        Assert.Matches(@"^2026-11-02T08:00:00\.\d{7}Z$", first);
        Assert.True(string.CompareOrdinal(first, second) < 0);
        Assert.False(await blob.ExistsAsync());
        Assert.Equal("first", (await blob.WithVersion(first).DownloadContentAsync()).Value.Content.ToString());
        Assert.Equal("second", (await blob.WithVersion(second).DownloadContentAsync()).Value.Content.ToString());
        List<BlobItem> items = await List(container, BlobStates.Version);
        Assert.Equal([first, second], items.Select(item => item.VersionId));
        Assert.All(items, item => Assert.NotEqual(true, item.IsLatestVersion));
        Assert.Empty(await List(container, BlobStates.None));
        BlobItem hidden = Assert.Single(await List(container, BlobStates.DeletedWithVersions));
        Assert.True(hidden.HasVersionsOnly);

        await blob.WithVersion(first).DeleteAsync();
        await blob.WithVersion(second).DeleteAsync();
        Assert.Empty(sandbox.Account.GetOrAddContainer("telemetry").List(includeOld: true));
    }

    [Fact]
    public async Task Versioning_CurrentVersion_IsNotDeletedByItsId()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync(new(VersioningEnabled: true));
        BlobContainerClient container = sandbox.Container();
        BlobClient blob = container.GetBlobClient("b");
        string version = (await blob.UploadAsync(BinaryData.FromString("x"))).Value.VersionId;
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() => blob.WithVersion(version).DeleteAsync());
        Assert.Equal(403, error.Status);
        BlobItem item = Assert.Single(await List(container, BlobStates.Version));
        Assert.True(item.IsLatestVersion);
        Assert.True((await blob.GetPropertiesAsync()).Value.IsLatestVersion);
    }

    [Fact]
    public async Task Versioning_MetadataMakesAVersion_TagsAndTierDoNot()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync(new(VersioningEnabled: true));
        BlobContainerClient container = sandbox.Container();
        BlobClient blob = container.GetBlobClient("b");
        await blob.UploadAsync(BinaryData.FromString("x"));
        await blob.SetTagsAsync(new Dictionary<string, string> { ["t"] = "1" });
        await blob.SetAccessTierAsync(AccessTier.Cool);
        Assert.Single(await List(container, BlobStates.Version));
        await blob.SetMetadataAsync(new Dictionary<string, string> { ["m"] = "1" });
        Assert.Equal(2, (await List(container, BlobStates.Version)).Count);
    }

    [Fact]
    public async Task Versioning_TurnedOff_KeepsTheVersionsThatExist()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync(new(VersioningEnabled: true));
        BlobContainerClient container = sandbox.Container();
        BlobClient blob = container.GetBlobClient("b");
        await blob.UploadAsync(BinaryData.FromString("first"));
        sandbox.Account.Options = new();
        Assert.Null((await blob.UploadAsync(BinaryData.FromString("second"), overwrite: true)).Value.VersionId);
        await blob.UploadAsync(BinaryData.FromString("third"), overwrite: true);
        Assert.Equal(["first", "third"], Contents(sandbox));
    }

    [Fact]
    public async Task SoftDelete_Overwriting_LeavesADeletedSnapshotUntilItsTime()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync(new(SoftDeleteDays: 7));
        BlobContainerClient container = sandbox.Container();
        BlobClient blob = container.GetBlobClient("b");
        await blob.UploadAsync(BinaryData.FromString("first"));
        await blob.UploadAsync(BinaryData.FromString("second"), overwrite: true);
        sandbox.Time.Advance(TimeSpan.FromDays(2.5));

        List<BlobItem> items = await List(container, Everything);
        Assert.Equal(2, items.Count);
        Assert.True(items[0].Deleted);
        Assert.NotNull(items[0].Snapshot);
        Assert.Equal(4, items[0].Properties.RemainingRetentionDays);
        Assert.Equal(new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero), items[0].Properties.DeletedOn);
        RequestFailedException unreadable = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.WithSnapshot(items[0].Snapshot).DownloadContentAsync()
        );
        Assert.Equal(404, unreadable.Status);
        Assert.Single(await List(container, BlobStates.Snapshots));

        // The policy of the time of the deletion counts.
        sandbox.Account.Options = new();
        sandbox.Time.Advance(TimeSpan.FromDays(4.4));
        Assert.Equal(2, (await List(container, Everything)).Count);
        sandbox.Time.Advance(TimeSpan.FromDays(0.1));
        Assert.Equal(["second"], Contents(sandbox));
    }

    [Fact]
    public async Task SoftDelete_DeletedBlob_ComesBackWithItsSnapshots()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync(new(SoftDeleteDays: 7));
        BlobContainerClient container = sandbox.Container();
        BlobClient blob = container.GetBlobClient("b");
        await blob.UploadAsync(BinaryData.FromString("x"));
        string snapshot = (await blob.CreateSnapshotAsync()).Value.Snapshot;
        await blob.DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots);
        Assert.False(await blob.ExistsAsync());
        Assert.Empty(await List(container, BlobStates.Snapshots));
        Assert.Equal([true, true], (await List(container, Everything)).Select(item => item.Deleted));

        await blob.UndeleteAsync();
        Assert.Equal("x", (await blob.DownloadContentAsync()).Value.Content.ToString());
        Assert.Equal("x", (await blob.WithSnapshot(snapshot).DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task SoftDelete_RecreatedBlob_TurnsTheDeletedOneIntoASnapshot()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync(new(SoftDeleteDays: 7));
        BlobContainerClient container = sandbox.Container();
        BlobClient blob = container.GetBlobClient("b");
        await blob.UploadAsync(BinaryData.FromString("first"));
        await blob.DeleteAsync();
        await blob.UploadAsync(BinaryData.FromString("second"));
        List<BlobItem> items = await List(container, Everything);
        Assert.Equal([true, false], items.Select(item => item.Deleted));
        Assert.NotNull(items[0].Snapshot);
        await blob.UndeleteAsync();
        Assert.Equal("second", (await blob.DownloadContentAsync()).Value.Content.ToString());
        Assert.Equal("first", (await blob.WithSnapshot(items[0].Snapshot).DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task VersioningAndSoftDelete_DeletingAVersion_MarksItDeleted()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync(new(VersioningEnabled: true, SoftDeleteDays: 7));
        BlobContainerClient container = sandbox.Container();
        BlobClient blob = container.GetBlobClient("b");
        string first = (await blob.UploadAsync(BinaryData.FromString("first"))).Value.VersionId;
        await blob.UploadAsync(BinaryData.FromString("second"), overwrite: true);
        Assert.All(await List(container, Everything), item => Assert.False(item.Deleted));

        await blob.WithVersion(first).DeleteAsync();
        BlobItem deleted = Assert.Single(await List(container, Everything), item => item.Deleted);
        Assert.Equal(first, deleted.VersionId);
        await blob.UndeleteAsync();
        Assert.Equal("first", (await blob.WithVersion(first).DownloadContentAsync()).Value.Content.ToString());
        await blob.WithVersion(first).DeleteAsync();
        sandbox.Time.Advance(TimeSpan.FromDays(7));
        Assert.Equal(["second"], Contents(sandbox));
    }

    [Fact]
    public async Task Snapshots_StopADeletionThatDoesNotNameThem()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        BlobClient blob = container.GetBlobClient("b");
        await blob.UploadAsync(BinaryData.FromString("first"));
        string snapshot = (await blob.CreateSnapshotAsync()).Value.Snapshot;
        await blob.UploadAsync(BinaryData.FromString("second"), overwrite: true);
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() => blob.DeleteAsync());
        Assert.Equal((409, BlobErrorCode.SnapshotsPresent), (error.Status, error.ErrorCode));
        Assert.Equal(["first", "second"], Contents(sandbox));
        Assert.Equal("first", (await blob.WithSnapshot(snapshot).DownloadContentAsync()).Value.Content.ToString());

        await blob.DeleteAsync(DeleteSnapshotsOption.OnlySnapshots);
        Assert.Equal(["second"], Contents(sandbox));
        string other = (await blob.CreateSnapshotAsync()).Value.Snapshot;
        await blob.WithSnapshot(other).DeleteAsync();
        await blob.DeleteAsync();
        Assert.Empty(Contents(sandbox));
    }

    [Theory]
    [InlineData(true, true, 202)]
    [InlineData(true, false, 409)]
    [InlineData(false, true, 409)]
    public async Task PermanentDelete_NeedsASoftDeletedVersionAndTheOption(bool softDeleted, bool allowed, int status)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync(
            new(VersioningEnabled: true, SoftDeleteDays: 7, AllowPermanentDelete: allowed)
        );
        BlobClient blob = sandbox.Container().GetBlobClient("b");
        string first = (await blob.UploadAsync(BinaryData.FromString("first"))).Value.VersionId;
        await blob.UploadAsync(BinaryData.FromString("second"), overwrite: true);
        if (softDeleted)
            await blob.WithVersion(first).DeleteAsync();

        Assert.Equal(status, await DeletePermanently(sandbox, $"{blob.Uri}?versionid={Uri.EscapeDataString(first)}&deletetype=permanent"));
        Assert.Equal(status == 202 ? ["second"] : ["first", "second"], Contents(sandbox));
        Assert.Equal(400, await DeletePermanently(sandbox, $"{blob.Uri}?deletetype=permanent"));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Immutable_BlobsCanBeMadeAndRead_NeverChanged(bool policy, bool hold)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient client = sandbox.Container();
        BlobContainer container = sandbox.Account.GetOrAddContainer("telemetry");
        (container.HasImmutabilityPolicy, container.HasLegalHold) = (policy, hold);
        BlobClient blob = client.GetBlobClient("b");
        await blob.UploadAsync(BinaryData.FromString("x"));
        Func<Task>[] changes =
        [
            () => blob.UploadAsync(BinaryData.FromString("y"), overwrite: true),
            () => blob.DeleteAsync(),
            () => blob.SetMetadataAsync(new Dictionary<string, string> { ["m"] = "1" }),
            () => client.GetBlockBlobClient("b").CommitBlockListAsync([]),
        ];
        foreach (Func<Task> change in changes)
        {
            RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(change);
            Assert.Equal((409, BlobErrorCode.BlobImmutableDueToPolicy), (error.Status, error.ErrorCode));
        }

        Assert.Equal("x", (await blob.DownloadContentAsync()).Value.Content.ToString());
        BlobContainerProperties properties = (await client.GetPropertiesAsync()).Value;
        Assert.Equal((policy, hold), (properties.HasImmutabilityPolicy, properties.HasLegalHold));
        Assert.Equal(409, (await Assert.ThrowsAsync<RequestFailedException>(() => client.DeleteAsync())).Status);
    }

    [Fact]
    public async Task HierarchicalNamespace_DirectoryOutlivesItsBlobs()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync(new(HierarchicalNamespace: true, VersioningEnabled: true));
        BlobContainerClient container = sandbox.Container();
        BlobClient blob = container.GetBlobClient("dev1/photos/1.jpg");
        Assert.Null((await blob.UploadAsync(BinaryData.FromString("x"))).Value.VersionId);
        RequestFailedException full = await Assert.ThrowsAsync<RequestFailedException>(() => container.GetBlobClient("dev1").DeleteAsync());
        Assert.Equal((409, "DirectoryIsNotEmpty"), (full.Status, full.ErrorCode));
        await blob.DeleteAsync();
        List<BlobItem> left = await List(container, BlobStates.None);
        Assert.Equal(["dev1", "dev1/photos"], left.Select(item => item.Name));
        Assert.All(left, item => Assert.Equal("true", item.Metadata["hdi_isfolder"]));
        await container.GetBlobClient("dev1/photos").DeleteAsync();
        await container.GetBlobClient("dev1").DeleteAsync();
        Assert.Empty(await List(container, BlobStates.None));
        Assert.True((await sandbox.Service.GetAccountInfoAsync()).Value.IsHierarchicalNamespaceEnabled);
    }

    private static async Task<int> DeletePermanently(BlobSandbox sandbox, string url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, url);
        request.Headers.Add("x-ms-version", "2020-02-10");
        using HttpResponseMessage response = await sandbox.Http.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static List<string> Contents(BlobSandbox sandbox) =>
        sandbox
            .Account.GetOrAddContainer("telemetry")
            .List(includeOld: true)
            .Select(blob => System.Text.Encoding.UTF8.GetString(blob.Content.Span))
            .ToList();

    private static async Task<List<BlobItem>> List(BlobContainerClient container, BlobStates states)
    {
        var items = new List<BlobItem>();
        await foreach (BlobItem item in container.GetBlobsAsync(new GetBlobsOptions { States = states, Traits = BlobTraits.Metadata }))
            items.Add(item);

        return items;
    }
}
