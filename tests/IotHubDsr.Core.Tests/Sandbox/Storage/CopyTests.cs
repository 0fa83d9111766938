using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using SandboxBlob = IotHubDsr.Sandbox.Storage.BlobSnapshotInfo;

namespace IotHubDsr.Core.Tests.Sandbox.Storage;

public sealed class CopyTests
{
    [Fact]
    public async Task Copy_OfAnAppendBlob_KeepsTypeBlocksHeadersAndMetadata()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        AppendBlobClient source = sandbox.Container("from").GetAppendBlobClient("h=08/PT1H.json");
        await source.CreateAsync(
            new AppendBlobCreateOptions
            {
                HttpHeaders = new() { ContentType = "application/json", CacheControl = "no-store" },
                Metadata = new Dictionary<string, string> { ["Writer"] = "monitor" },
                Tags = new Dictionary<string, string> { ["class"] = "log" },
            }
        );
        await source.AppendBlockAsync(new MemoryStream("one\n"u8.ToArray()));
        await source.AppendBlockAsync(new MemoryStream("two\n"u8.ToArray()));
        AppendBlobClient target = sandbox.Container("to").GetAppendBlobClient("copy");

        CopyFromUriOperation operation = await target.StartCopyFromUriAsync(source.Uri);

        Response started = operation.GetRawResponse();
        Assert.Equal(202, started.Status);
        Assert.True(started.Headers.TryGetValue("x-ms-copy-status", out string? status) && status == "success");
        Assert.Equal(8, (await operation.WaitForCompletionAsync()).Value);
        BlobProperties properties = (await target.GetPropertiesAsync()).Value;
        Assert.Equal((BlobType.Append, 2), (properties.BlobType, properties.BlobCommittedBlockCount));
        Assert.Equal(("application/json", "no-store"), (properties.ContentType, properties.CacheControl));
        Assert.Equal("monitor", properties.Metadata["Writer"]);
        Assert.Equal((operation.Id, CopyStatus.Success, "8/8"), (properties.CopyId, properties.CopyStatus, properties.CopyProgress));
        Assert.Equal((source.Uri, sandbox.Time.GetUtcNow()), (properties.CopySource, properties.CopyCompletedOn));
        Assert.Empty((await target.GetTagsAsync()).Value.Tags);
        Assert.Equal("one\ntwo\n", (await target.DownloadContentAsync()).Value.Content.ToString());
        await target.AppendBlockAsync(
            new MemoryStream("three\n"u8.ToArray()),
            new AppendBlobAppendBlockOptions { Conditions = new() { IfAppendPositionEqual = 8 } }
        );
    }

    [Fact]
    public async Task Copy_IsListedAsACopy_UntilItIsWrittenAnew()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        await container.GetBlobClient("source").UploadAsync(BinaryData.FromString("x"));
        BlobClient target = container.GetBlobClient("target");
        await target.StartCopyFromUriAsync(container.GetBlobClient("source").Uri);

        BlobItem listed = await FindAsync(container, "target", BlobTraits.CopyStatus);
        Assert.Equal((CopyStatus.Success, "1/1"), (listed.Properties.CopyStatus, listed.Properties.CopyProgress));
        Assert.Equal(container.GetBlobClient("source").Uri, listed.Properties.CopySource);
        Assert.Null((await FindAsync(container, "target", BlobTraits.None)).Properties.CopyId);
        await target.SetMetadataAsync(new Dictionary<string, string> { ["m"] = "1" });
        Assert.NotNull((await target.GetPropertiesAsync()).Value.CopyId);
        await target.SetHttpHeadersAsync(new() { ContentType = "text/plain" });
        Assert.Null((await target.GetPropertiesAsync()).Value.CopyId);
    }

    [Fact]
    public async Task Copy_WithMetadataTagsAndTier_HasThose()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        BlobClient source = container.GetBlobClient("source");
        await source.UploadAsync(
            BinaryData.FromString("x"),
            new BlobUploadOptions
            {
                Metadata = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" },
                Tags = new Dictionary<string, string> { ["t"] = "old" },
            }
        );
        BlobClient target = container.GetBlobClient("target");

        await target.StartCopyFromUriAsync(
            source.Uri,
            new BlobCopyFromUriOptions
            {
                Metadata = new Dictionary<string, string> { ["c"] = "3" },
                Tags = new Dictionary<string, string> { ["t"] = "new" },
                AccessTier = AccessTier.Cool,
            }
        );

        BlobProperties properties = (await target.GetPropertiesAsync()).Value;
        Assert.Equal(["c"], properties.Metadata.Keys);
        Assert.Equal("Cool", properties.AccessTier);
        Assert.Equal("new", (await target.GetTagsAsync()).Value.Tags["t"]);
    }

    [Fact]
    public async Task Copy_KeepsCommittedBlocksAndDropsStagedOnes()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        string id = Convert.ToBase64String("one"u8);
        foreach (string name in (string[])["source", "target"])
            await container.GetBlockBlobClient(name).StageBlockAsync(id, new MemoryStream("x"u8.ToArray()));

        await container.GetBlockBlobClient("source").CommitBlockListAsync([id]);
        BlockBlobClient target = container.GetBlockBlobClient("target");
        await target.StartCopyFromUriAsync(container.GetBlobClient("source").Uri);

        BlockList list = (await target.GetBlockListAsync(BlockListTypes.All)).Value;
        Assert.Equal(id, Assert.Single(list.CommittedBlocks).Name);
        Assert.Empty(list.UncommittedBlocks);
    }

    [Fact]
    public async Task Copy_OfAVersionAndOfASnapshot_CopiesThatState()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync(new(VersioningEnabled: true));
        BlobContainerClient container = sandbox.Container();
        BlobClient source = container.GetBlobClient("source");
        string version = (await source.UploadAsync(BinaryData.FromString("first"))).Value.VersionId;
        await source.UploadAsync(BinaryData.FromString("second"), overwrite: true);
        string snapshot = (await source.CreateSnapshotAsync()).Value.Snapshot;
        await source.UploadAsync(BinaryData.FromString("third"), overwrite: true);

        BlobClient copied = container.GetBlobClient("from version");
        await copied.StartCopyFromUriAsync(source.WithVersion(version).Uri);
        await container.GetBlobClient("from snapshot").StartCopyFromUriAsync(source.WithSnapshot(snapshot).Uri);

        Assert.Equal("first", (await copied.DownloadContentAsync()).Value.Content.ToString());
        Assert.Equal("second", (await container.GetBlobClient("from snapshot").DownloadContentAsync()).Value.Content.ToString());
        Assert.Contains("versionid=", (await copied.GetPropertiesAsync()).Value.CopySource.Query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 0, false)]
    [InlineData(false, 7, true)]
    [InlineData(false, 0, null)]
    public async Task Copy_OverABlob_KeepsItsFormerContentAsOtherWritesDo(bool versions, int days, bool? deleted)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync(new(VersioningEnabled: versions, SoftDeleteDays: days));
        BlobContainerClient container = sandbox.Container();
        await container.GetBlobClient("source").UploadAsync(BinaryData.FromString("new"));
        sandbox.Account.GetOrAddContainer("telemetry").Put("target", "old"u8.ToArray());

        await container.GetBlobClient("target").StartCopyFromUriAsync(container.GetBlobClient("source").Uri);

        IReadOnlyList<SandboxBlob> kept = sandbox.Account.GetOrAddContainer("telemetry").List("target", includeOld: true);
        Assert.Equal("new", Text(kept[^1]));
        Assert.Equal(deleted is null ? 1 : 2, kept.Count);
        if (deleted is not null)
            Assert.Equal(("old", deleted), (Text(kept[0]), kept[0].Deleted));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_OverABlobOfAnotherType_IsRefused(bool isAppendSource)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        BlobContainer seeded = sandbox.Account.GetOrAddContainer("telemetry");
        seeded.Put("source", "new"u8.ToArray(), new BlobSeed { BlobType = isAppendSource ? BlobKind.Append : BlobKind.Block });
        seeded.Put("target", "old"u8.ToArray(), new BlobSeed { BlobType = isAppendSource ? BlobKind.Block : BlobKind.Append });

        await RefusedAsync(container, 409, "InvalidBlobType");
    }

    [Theory]
    [InlineData("match source", 412, "SourceConditionNotMet")]
    [InlineData("none match source", 412, "SourceConditionNotMet")]
    [InlineData("source since", 412, "SourceConditionNotMet")]
    [InlineData("source tags", 412, "SourceConditionNotMet")]
    [InlineData("match target", 412, "ConditionNotMet")]
    [InlineData("no target", 409, "BlobAlreadyExists")]
    public async Task Copy_UnderAConditionThatDoesNotHold_ChangesNothing(string condition, int status, string code)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        ETag source = (await container.GetBlobClient("source").UploadAsync(BinaryData.FromString("new"))).Value.ETag;
        await container.GetBlobClient("target").UploadAsync(BinaryData.FromString("old"));

        await RefusedAsync(
            container,
            status,
            code,
            new BlobCopyFromUriOptions
            {
                SourceConditions = condition switch
                {
                    "match source" => new() { IfMatch = new ETag("\"0x1\"") },
                    "none match source" => new() { IfNoneMatch = source },
                    "source since" => new() { IfModifiedSince = sandbox.Time.GetUtcNow().AddSeconds(1) },
                    "source tags" => new() { TagConditions = "\"owner\" = 'nobody'" },
                    _ => new() { IfMatch = source, IfUnmodifiedSince = sandbox.Time.GetUtcNow() },
                },
                DestinationConditions = condition switch
                {
                    "match target" => new() { IfMatch = source },
                    "no target" => new() { IfNoneMatch = ETag.All },
                    _ => null,
                },
            }
        );
    }

    [Fact]
    public async Task Copy_OntoItself_UnderBothConditions_ChangesMetadataOnly()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobClient blob = sandbox.Container().GetBlobClient("b");
        ETag etag = (await blob.UploadAsync(BinaryData.FromString("same"))).Value.ETag;

        await blob.StartCopyFromUriAsync(
            blob.Uri,
            new BlobCopyFromUriOptions
            {
                Metadata = new Dictionary<string, string> { ["m"] = "1" },
                SourceConditions = new() { IfMatch = etag },
                DestinationConditions = new() { IfMatch = etag },
            }
        );

        BlobDownloadResult read = (await blob.DownloadContentAsync()).Value;
        Assert.Equal("same", read.Content.ToString());
        Assert.NotEqual(etag, read.Details.ETag);
        Assert.Equal("1", read.Details.Metadata["m"]);
    }

    [Fact]
    public async Task Copy_OverALeasedBlob_NeedsTheLease()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        await container.GetBlobClient("source").UploadAsync(BinaryData.FromString("new"));
        BlobClient target = container.GetBlobClient("target");
        await target.UploadAsync(BinaryData.FromString("old"));
        string lease = (await target.GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(30))).Value.LeaseId;

        await RefusedAsync(container, 412, "LeaseIdMissing");
        await target.StartCopyFromUriAsync(
            container.GetBlobClient("source").Uri,
            new BlobCopyFromUriOptions { DestinationConditions = new() { LeaseId = lease } }
        );

        Assert.Equal("new", (await target.DownloadContentAsync()).Value.Content.ToString());
        Assert.Equal(LeaseStatus.Locked, (await target.GetPropertiesAsync()).Value.LeaseStatus);
    }

    [Theory]
    [InlineData("policy", "BlobImmutableDueToPolicy")]
    [InlineData("hold", "BlobImmutableDueToPolicy")]
    [InlineData("own policy", "BlobImmutableDueToPolicy")]
    [InlineData("own hold", "BlobImmutableDueToLegalHold")]
    public async Task Copy_OverAnImmutableBlob_IsRefused(string ground, string code)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        BlobContainer seeded = sandbox.Account.GetOrAddContainer("telemetry");
        seeded.Put("source", "new"u8.ToArray());
        seeded.Put(
            "target",
            "old"u8.ToArray(),
            new BlobSeed
            {
                ImmutableUntil = ground == "own policy" ? sandbox.Time.GetUtcNow().AddDays(1) : null,
                HasLegalHold = ground == "own hold",
            }
        );
        (seeded.HasImmutabilityPolicy, seeded.HasLegalHold) = (ground == "policy", ground == "hold");

        await RefusedAsync(container, 409, code);
        await container.GetBlobClient("another").StartCopyFromUriAsync(container.GetBlobClient("target").Uri);
    }

    [Theory]
    [InlineData("telemetry/absent", 404, "BlobNotFound")]
    [InlineData("nowhere/absent", 404, "ContainerNotFound")]
    public async Task Copy_OfWhatIsNotThere_SaysSo(string source, int status, string code)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobClient target = sandbox.Container().GetBlobClient("target");
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() =>
            target.StartCopyFromUriAsync(new Uri(sandbox.Endpoint, source))
        );
        Assert.Equal((status, code), (error.Status, error.ErrorCode));
        Assert.False(await target.ExistsAsync());
    }

    [Fact]
    public async Task Copy_FromAnotherAccount_IsNotTakenForOneWithin()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        sandbox.Store.GetOrAddAccount("other").GetOrAddContainer("telemetry").Put("b", "x"u8.ToArray());
        BlobClient target = sandbox.Container().GetBlobClient("target");
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() =>
            target.StartCopyFromUriAsync(
                new Uri(sandbox.Endpoint.AbsoluteUri.Replace(BlobSandbox.AccountName, "other", StringComparison.Ordinal) + "telemetry/b")
            )
        );
        Assert.Equal((501, "NotSimulated"), (error.Status, error.ErrorCode));
    }

    private static async Task RefusedAsync(BlobContainerClient container, int status, string code, BlobCopyFromUriOptions? options = null)
    {
        BlobClient target = container.GetBlobClient("target");
        BlobProperties before = (await target.GetPropertiesAsync()).Value;
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() =>
            target.StartCopyFromUriAsync(container.GetBlobClient("source").Uri, options ?? new())
        );
        Assert.Equal((status, code), (error.Status, error.ErrorCode));
        BlobProperties after = (await target.GetPropertiesAsync()).Value;
        Assert.Equal((before.ETag, before.CopyId), (after.ETag, after.CopyId));
        Assert.Equal("old", (await target.DownloadContentAsync()).Value.Content.ToString());
    }

    private static string Text(SandboxBlob blob) => Encoding.UTF8.GetString(blob.Content.Span);

    private static async Task<BlobItem> FindAsync(BlobContainerClient container, string name, BlobTraits traits) =>
        await container.GetBlobsAsync(new GetBlobsOptions { Traits = traits }).SingleAsync(blob => blob.Name == name);
}
