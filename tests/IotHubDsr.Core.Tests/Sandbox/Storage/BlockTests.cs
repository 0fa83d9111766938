using System.Text;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Tests.Sandbox.Storage;

public sealed class BlockTests
{
    [Fact]
    public async Task Upload_InBlocks_IsCommittedAsThoseBlocks()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        byte[] content = new byte[(5 * 1024 * 1024) + 3];
        new Random(3).NextBytes(content);
        await container
            .GetBlobClient("b")
            .UploadAsync(
                BinaryData.FromBytes(content),
                new BlobUploadOptions
                {
                    TransferOptions = new StorageTransferOptions { InitialTransferSize = 1, MaximumTransferSize = 1024 * 1024 },
                }
            );

        BlockList list = (await container.GetBlockBlobClient("b").GetBlockListAsync(BlockListTypes.All)).Value;
        Assert.Equal(6, list.CommittedBlocks.Count());
        Assert.Equal(3, list.CommittedBlocks.Last().SizeLong);
        Assert.Empty(list.UncommittedBlocks);
        Assert.Equal(content.Length, list.BlobContentLength);
        Assert.Equal(content, (await container.GetBlobClient("b").DownloadContentAsync()).Value.Content.ToArray());
    }

    [Fact]
    public async Task StagedBlocks_AreInvisibleUntilCommitted_AndGoneAfterwards()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        BlockBlobClient blob = container.GetBlockBlobClient("b");
        await Stage(blob, "one", "1");
        await Stage(blob, "two", "2");
        await Stage(blob, "bin", "unused");

        Assert.False(await blob.ExistsAsync());
        Assert.Empty(await Names(container.GetBlobsAsync(new GetBlobsOptions())));
        Assert.Equal(["b"], await Names(container.GetBlobsAsync(new GetBlobsOptions { States = BlobStates.Uncommitted })));

        await blob.CommitBlockListAsync(
            [Id("two"), Id("one")],
            new CommitBlockListOptions
            {
                Metadata = new Dictionary<string, string> { ["m"] = "1" },
                Tags = new Dictionary<string, string> { ["t"] = "2" },
                AccessTier = AccessTier.Cold,
                HttpHeaders = new() { ContentType = "application/json", ContentHash = BlobSandbox.Md5("21"u8.ToArray()) },
            }
        );

        Assert.Equal("21", (await blob.DownloadContentAsync()).Value.Content.ToString());
        BlobProperties properties = (await blob.GetPropertiesAsync()).Value;
        Assert.Equal("1", properties.Metadata["m"]);
        Assert.Equal("Cold", properties.AccessTier);
        Assert.Equal("application/json", properties.ContentType);
        Assert.Equal(BlobSandbox.Md5("21"u8.ToArray()), properties.ContentHash);
        Assert.Equal("2", (await blob.GetTagsAsync()).Value.Tags["t"]);
        Assert.Empty((await blob.GetBlockListAsync(BlockListTypes.Uncommitted)).Value.UncommittedBlocks);
        RequestFailedException gone = await Assert.ThrowsAsync<RequestFailedException>(() => blob.CommitBlockListAsync([Id("bin")]));
        Assert.Equal((400, "InvalidBlockList"), (gone.Status, gone.ErrorCode));
    }

    [Fact]
    public async Task Commit_MixesCommittedAndStagedBlocks()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlockBlobClient blob = sandbox.Container().GetBlockBlobClient("b");
        await Stage(blob, "one", "old1 ");
        await Stage(blob, "two", "old2 ");
        await blob.CommitBlockListAsync([Id("one"), Id("two")]);
        await Stage(blob, "two", "new2 ");
        await Stage(blob, "six", "new6");

        await CommitXml(
            sandbox,
            blob,
            $"<Committed>{Id("one")}</Committed><Latest>{Id("two")}</Latest><Uncommitted>{Id("six")}</Uncommitted>"
        );

        Assert.Equal("old1 new2 new6", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    [Theory]
    [InlineData("<Committed>c2l4</Committed>", "InvalidBlockList")]
    [InlineData("<Uncommitted>b25l</Uncommitted>", "InvalidBlockList")]
    [InlineData("<Newest>b25l</Newest>", "InvalidXmlDocument")]
    [InlineData("<Latest>", "InvalidXmlDocument")]
    public async Task Commit_OfWhatIsNotThere_LeavesTheBlob(string list, string code)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlockBlobClient blob = sandbox.Container().GetBlockBlobClient("b");
        await Stage(blob, "one", "old");
        await blob.CommitBlockListAsync([Id("one")]);
        await Stage(blob, "six", "new");
        Assert.Equal(code, await TryCommitXml(sandbox, blob, list));
        Assert.Equal("old", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task Stage_WithIdOfAnotherLength_IsRefused()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlockBlobClient blob = sandbox.Container().GetBlockBlobClient("b");
        await Stage(blob, "one", "1");
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() => Stage(blob, "three", "3"));
        Assert.Equal((400, "InvalidBlobOrBlock"), (error.Status, error.ErrorCode));
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=")]
    public async Task Stage_WithUnusableId_IsRefused(string id)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlockBlobClient blob = sandbox.Container().GetBlockBlobClient("b");
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.StageBlockAsync(id, new MemoryStream("1"u8.ToArray()))
        );
        Assert.Equal((400, "InvalidBlockId"), (error.Status, error.ErrorCode));
    }

    [Fact]
    public async Task StagedBlocks_OfLastWeek_AreForgotten()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlockBlobClient blob = sandbox.Container().GetBlockBlobClient("b");
        await Stage(blob, "one", "1");
        sandbox.Time.Advance(TimeSpan.FromDays(7));
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() => blob.CommitBlockListAsync([Id("one")]));
        Assert.Equal((400, "InvalidBlockList"), (error.Status, error.ErrorCode));
    }

    [Fact]
    public async Task StageFromUrl_CopiesTheRange_OnlyOfTheStateThatWasSeen()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container("from");
        BlobClient source = container.GetBlobClient("so+urce%20#1");
        ETag etag = (await source.UploadAsync(BinaryData.FromString("0123456789"))).Value.ETag;
        BlockBlobClient target = sandbox.Container("to").GetBlockBlobClient("target");
        var options = new StageBlockFromUriOptions
        {
            SourceRange = new HttpRange(2, 5),
            SourceConditions = new() { IfMatch = etag },
            SourceAuthentication = new HttpAuthorization("Bearer", "token"),
        };
        await target.StageBlockFromUriAsync(source.Uri, Id("one"), options);
        await source.UploadAsync(BinaryData.FromString("overwritten"), overwrite: true);
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() =>
            target.StageBlockFromUriAsync(source.Uri, Id("two"), options)
        );
        await target.CommitBlockListAsync([Id("one")]);

        Assert.Equal((412, "SourceConditionNotMet"), (error.Status, error.ErrorCode));
        Assert.Equal("23456", (await target.DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task StageFromUrl_IntoTheSourceItself_KeepsTheUnchangedPart()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlockBlobClient blob = sandbox.Container().GetBlockBlobClient("b");
        ETag etag = (await blob.UploadAsync(new MemoryStream("keep|drop|keep2"u8.ToArray()))).Value.ETag;
        foreach ((string? id, HttpRange range) in new[] { ("one", new HttpRange(0, 5)), ("two", new HttpRange(10, 5)) })
        {
            await blob.StageBlockFromUriAsync(
                blob.Uri,
                Id(id),
                new StageBlockFromUriOptions
                {
                    SourceRange = range,
                    SourceConditions = new() { IfMatch = etag },
                    SourceAuthentication = new HttpAuthorization("Bearer", "token"),
                }
            );
        }

        await blob.CommitBlockListAsync([Id("one"), Id("two")], new CommitBlockListOptions { Conditions = new() { IfMatch = etag } });
        Assert.Equal("keep|keep2", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task Content_StagedCommittedCopiedAndVersioned_IsHeldOnce()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync(new(VersioningEnabled: true));
        BlobContainerClient container = sandbox.Container();
        BlockBlobClient source = container.GetBlockBlobClient("a-source");
        await Stage(source, "one", "0123456789");
        await source.CommitBlockListAsync([Id("one")]);
        await source.SetMetadataAsync(new Dictionary<string, string> { ["m"] = "1" });
        BlockBlobClient target = container.GetBlockBlobClient("b-target");
        await target.StageBlockFromUriAsync(
            source.Uri,
            Id("two"),
            new StageBlockFromUriOptions
            {
                SourceRange = new HttpRange(3, 4),
                SourceAuthentication = new HttpAuthorization("Bearer", "token"),
            }
        );
        await target.CommitBlockListAsync([Id("two")]);

        IReadOnlyList<IotHubDsr.Sandbox.Storage.BlobSnapshotInfo> kept = sandbox
            .Account.GetOrAddContainer("telemetry")
            .List(includeOld: true);
        Assert.Equal(["a-source", "a-source", "b-target"], kept.Select(blob => blob.Name));
        Assert.True(kept[0].Content.Span.Overlaps(kept[1].Content.Span, out int offset) && offset == 0);
        Assert.True(kept[1].Content.Span.Overlaps(kept[2].Content.Span, out offset) && offset == 3);
    }

    [Theory]
    [InlineData("absent", true, 404)]
    [InlineData("source", false, 401)]
    public async Task StageFromUrl_OfWhatCannotBeRead_SaysSo(string sourceName, bool authorized, int status)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        await container.GetBlobClient("source").UploadAsync(BinaryData.FromString("x"));
        var options = new StageBlockFromUriOptions { SourceAuthentication = authorized ? new HttpAuthorization("Bearer", "token") : null };
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() =>
            container.GetBlockBlobClient("target").StageBlockFromUriAsync(container.GetBlobClient(sourceName).Uri, Id("one"), options)
        );
        Assert.Equal((status, BlobErrorCode.CannotVerifyCopySource), (error.Status, error.ErrorCode));
    }

    private static string Id(string name) => Convert.ToBase64String(Encoding.UTF8.GetBytes(name));

    private static async Task Stage(BlockBlobClient blob, string name, string content) =>
        await blob.StageBlockAsync(Id(name), new MemoryStream(Encoding.UTF8.GetBytes(content)));

    private static async Task CommitXml(BlobSandbox sandbox, BlockBlobClient blob, string list) =>
        Assert.Null(await TryCommitXml(sandbox, blob, list));

    /// <summary>The error code, or null when it worked: the SDK itself always asks for the latest block of an ID.</summary>
    private static async Task<string?> TryCommitXml(BlobSandbox sandbox, BlockBlobClient blob, string list)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, blob.Uri + "?comp=blocklist")
        {
            Content = new StringContent($"<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>{list}</BlockList>"),
        };
        request.Headers.Add("x-ms-version", "2024-08-04");
        using HttpResponseMessage response = await sandbox.Http.SendAsync(request);
        return response.IsSuccessStatusCode ? null : response.Headers.GetValues("x-ms-error-code").Single();
    }

    private static async Task<List<string>> Names(AsyncPageable<BlobItem> blobs)
    {
        var names = new List<string>();
        await foreach (BlobItem blob in blobs)
            names.Add(blob.Name);

        return names;
    }
}
