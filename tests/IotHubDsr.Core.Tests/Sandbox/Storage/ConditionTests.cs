using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace IotHubDsr.Core.Tests.Sandbox.Storage;

public sealed class ConditionTests
{
    [Fact]
    public async Task Overwrite_WithEtagThatWasOvertaken_ChangesNothing()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobClient blob = sandbox.Container().GetBlobClient("b");
        BlobContentInfo first = (await blob.UploadAsync(BinaryData.FromString("first"))).Value;
        await blob.UploadAsync(BinaryData.FromString("second"), overwrite: true);

        RequestFailedException lost = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.UploadAsync(BinaryData.FromString("third"), new BlobUploadOptions { Conditions = new() { IfMatch = first.ETag } })
        );

        Assert.Equal((412, BlobErrorCode.ConditionNotMet), (lost.Status, lost.ErrorCode));
        Assert.Equal("second", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task Commit_WithEtagThatWasOvertaken_ChangesNothing()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlockBlobClient blob = sandbox.Container().GetBlockBlobClient("b");
        BlobContentInfo first = (await blob.UploadAsync(new MemoryStream("first"u8.ToArray()))).Value;
        await blob.StageBlockAsync("AAAA", new MemoryStream("third"u8.ToArray()));
        await blob.SetMetadataAsync(new Dictionary<string, string> { ["overtaken"] = "yes" });

        RequestFailedException lost = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.CommitBlockListAsync(["AAAA"], new CommitBlockListOptions { Conditions = new() { IfMatch = first.ETag } })
        );

        Assert.Equal((412, BlobErrorCode.ConditionNotMet), (lost.Status, lost.ErrorCode));
        Assert.Equal("first", (await blob.DownloadContentAsync()).Value.Content.ToString());
        Assert.Single((await blob.GetBlockListAsync(BlockListTypes.Uncommitted)).Value.UncommittedBlocks);
    }

    [Fact]
    public async Task Create_OfExisting_IsConflict()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobClient blob = sandbox.Container().GetBlobClient("b");
        await blob.UploadAsync(BinaryData.FromString("first"));
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.UploadAsync(BinaryData.FromString("second"))
        );
        Assert.Equal((409, BlobErrorCode.BlobAlreadyExists), (error.Status, error.ErrorCode));
    }

    [Fact]
    public async Task IfMatch_OnBlobThatIsGone_IsConditionNotMet()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobClient blob = sandbox.Container().GetBlobClient("b");
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.UploadAsync(BinaryData.FromString("x"), new BlobUploadOptions { Conditions = new() { IfMatch = new ETag("\"0x1\"") } })
        );
        Assert.Equal((412, BlobErrorCode.ConditionNotMet), (error.Status, error.ErrorCode));
        Assert.False(await blob.ExistsAsync());
    }

    [Fact]
    public async Task Read_OfUnchanged_IsNotModified()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobClient blob = sandbox.Container().GetBlobClient("b");
        BlobContentInfo written = (await blob.UploadAsync(BinaryData.FromString("x"))).Value;
        // The SDK takes this answer for a result.
        Response sameTag = (
            await blob.DownloadStreamingAsync(new BlobDownloadOptions { Conditions = new() { IfNoneMatch = written.ETag } })
        ).GetRawResponse();
        RequestFailedException sameDate = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.GetPropertiesAsync(new BlobRequestConditions { IfModifiedSince = written.LastModified })
        );
        RequestFailedException otherTag = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.DownloadStreamingAsync(new BlobDownloadOptions { Conditions = new() { IfMatch = new ETag("\"0x1\"") } })
        );
        RequestFailedException older = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.GetPropertiesAsync(new BlobRequestConditions { IfUnmodifiedSince = written.LastModified.AddSeconds(-1) })
        );

        Assert.Equal((304, 304), (sameTag.Status, sameDate.Status));
        Assert.Equal((412, 412), (otherTag.Status, older.Status));
        Assert.Equal(
            "x",
            (
                await blob.DownloadContentAsync(new BlobDownloadOptions { Conditions = new() { IfMatch = written.ETag } })
            ).Value.Content.ToString()
        );
        Assert.Equal(
            200,
            (await blob.GetPropertiesAsync(new BlobRequestConditions { IfUnmodifiedSince = written.LastModified })).GetRawResponse().Status
        );
    }

    [Theory]
    [InlineData("\"owner\" = 'x'", true)]
    [InlineData("\"owner\" = 'x' AND rank > '1'", true)]
    [InlineData("\"owner\" = 'y'", false)]
    [InlineData("absent = ''", false)]
    public async Task Write_WithTagCondition_NeedsTheTags(string condition, bool isMet)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobClient blob = sandbox.Container().GetBlobClient("b");
        await blob.UploadAsync(
            BinaryData.FromString("x"),
            new BlobUploadOptions
            {
                Tags = new Dictionary<string, string> { ["owner"] = "x", ["rank"] = "2" },
            }
        );
        Task Delete() => blob.DeleteAsync(conditions: new BlobRequestConditions { TagConditions = condition });
        if (isMet)
            await Delete();
        else
            Assert.Equal(412, (await Assert.ThrowsAsync<RequestFailedException>(Delete)).Status);

        Assert.Equal(!isMet, (await blob.ExistsAsync()).Value);
    }

    [Fact]
    public async Task ConcurrentOverwrites_UnderTheSameEtag_HaveOneWinner()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobClient blob = sandbox.Container().GetBlobClient("b");
        ETag etag = (await blob.UploadAsync(BinaryData.FromString("first"))).Value.ETag;
        string?[] outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(async i =>
                {
                    try
                    {
                        await blob.UploadAsync(
                            BinaryData.FromString($"w{i}"),
                            new BlobUploadOptions { Conditions = new() { IfMatch = etag } }
                        );
                        return $"w{i}";
                    }
                    catch (RequestFailedException lost) when (lost.Status == 412)
                    {
                        return null;
                    }
                })
        );
        string winner = Assert.Single(outcomes.OfType<string>());
        Assert.Equal(winner, (await blob.DownloadContentAsync()).Value.Content.ToString());
    }
}
