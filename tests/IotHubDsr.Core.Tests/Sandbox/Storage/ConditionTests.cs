using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace IotHubDsr.Core.Tests.Sandbox.Storage;

public sealed class ConditionTests
{
    [Fact]
    public async Task Overwrite_WithEtagThatWasOvertaken_ChangesNothing()
    {
        await using var sandbox = await BlobSandbox.StartAsync();
        var blob = sandbox.Container().GetBlobClient("b");
        var first = (await blob.UploadAsync(BinaryData.FromString("first"))).Value;
        await blob.UploadAsync(BinaryData.FromString("second"), overwrite: true);

        var lost = await Assert.ThrowsAsync<RequestFailedException>(() => blob.UploadAsync(
            BinaryData.FromString("third"), new BlobUploadOptions { Conditions = new() { IfMatch = first.ETag } }));

        Assert.Equal((412, BlobErrorCode.ConditionNotMet), (lost.Status, lost.ErrorCode));
        Assert.Equal("second", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task Commit_WithEtagThatWasOvertaken_ChangesNothing()
    {
        await using var sandbox = await BlobSandbox.StartAsync();
        var blob = sandbox.Container().GetBlockBlobClient("b");
        var first = (await blob.UploadAsync(new MemoryStream("first"u8.ToArray()))).Value;
        await blob.StageBlockAsync("AAAA", new MemoryStream("third"u8.ToArray()));
        await blob.SetMetadataAsync(new Dictionary<string, string> { ["overtaken"] = "yes" });

        var lost = await Assert.ThrowsAsync<RequestFailedException>(() => blob.CommitBlockListAsync(
            ["AAAA"], new CommitBlockListOptions { Conditions = new() { IfMatch = first.ETag } }));

        Assert.Equal((412, BlobErrorCode.ConditionNotMet), (lost.Status, lost.ErrorCode));
        Assert.Equal("first", (await blob.DownloadContentAsync()).Value.Content.ToString());
        Assert.Single((await blob.GetBlockListAsync(BlockListTypes.Uncommitted)).Value.UncommittedBlocks);
    }

    [Fact]
    public async Task Create_OfExisting_IsConflict()
    {
        await using var sandbox = await BlobSandbox.StartAsync();
        var blob = sandbox.Container().GetBlobClient("b");
        await blob.UploadAsync(BinaryData.FromString("first"));
        var error = await Assert.ThrowsAsync<RequestFailedException>(() => blob.UploadAsync(BinaryData.FromString("second")));
        Assert.Equal((409, BlobErrorCode.BlobAlreadyExists), (error.Status, error.ErrorCode));
    }

    [Fact]
    public async Task IfMatch_OnBlobThatIsGone_IsConditionNotMet()
    {
        await using var sandbox = await BlobSandbox.StartAsync();
        var blob = sandbox.Container().GetBlobClient("b");
        var error = await Assert.ThrowsAsync<RequestFailedException>(() => blob.UploadAsync(
            BinaryData.FromString("x"), new BlobUploadOptions { Conditions = new() { IfMatch = new ETag("\"0x1\"") } }));
        Assert.Equal((412, BlobErrorCode.ConditionNotMet), (error.Status, error.ErrorCode));
        Assert.False(await blob.ExistsAsync());
    }

    [Fact]
    public async Task Read_OfUnchanged_IsNotModified()
    {
        await using var sandbox = await BlobSandbox.StartAsync();
        var blob = sandbox.Container().GetBlobClient("b");
        var written = (await blob.UploadAsync(BinaryData.FromString("x"))).Value;
        // The SDK takes this answer for a result.
        var sameTag = (await blob.DownloadStreamingAsync(
            new BlobDownloadOptions { Conditions = new() { IfNoneMatch = written.ETag } })).GetRawResponse();
        var sameDate = await Assert.ThrowsAsync<RequestFailedException>(() => blob.GetPropertiesAsync(
            new BlobRequestConditions { IfModifiedSince = written.LastModified }));
        var otherTag = await Assert.ThrowsAsync<RequestFailedException>(() => blob.DownloadStreamingAsync(
            new BlobDownloadOptions { Conditions = new() { IfMatch = new ETag("\"0x1\"") } }));
        var older = await Assert.ThrowsAsync<RequestFailedException>(() => blob.GetPropertiesAsync(
            new BlobRequestConditions { IfUnmodifiedSince = written.LastModified.AddSeconds(-1) }));

        Assert.Equal((304, 304), (sameTag.Status, sameDate.Status));
        Assert.Equal((412, 412), (otherTag.Status, older.Status));
        Assert.Equal("x", (await blob.DownloadContentAsync(
            new BlobDownloadOptions { Conditions = new() { IfMatch = written.ETag } })).Value.Content.ToString());
        Assert.Equal(200, (await blob.GetPropertiesAsync(
            new BlobRequestConditions { IfUnmodifiedSince = written.LastModified })).GetRawResponse().Status);
    }

    [Theory]
    [InlineData("\"owner\" = 'x'", true)]
    [InlineData("\"owner\" = 'x' AND rank > '1'", true)]
    [InlineData("\"owner\" = 'y'", false)]
    [InlineData("absent = ''", false)]
    public async Task Write_WithTagCondition_NeedsTheTags(string condition, bool isMet)
    {
        await using var sandbox = await BlobSandbox.StartAsync();
        var blob = sandbox.Container().GetBlobClient("b");
        await blob.UploadAsync(
            BinaryData.FromString("x"),
            new BlobUploadOptions { Tags = new Dictionary<string, string> { ["owner"] = "x", ["rank"] = "2" } });
        Task Delete() => blob.DeleteAsync(conditions: new BlobRequestConditions { TagConditions = condition });
        if (isMet)
        {
            await Delete();
        }
        else
        {
            Assert.Equal(412, (await Assert.ThrowsAsync<RequestFailedException>(Delete)).Status);
        }

        Assert.Equal(!isMet, (await blob.ExistsAsync()).Value);
    }

    [Fact]
    public async Task ConcurrentOverwrites_UnderTheSameEtag_HaveOneWinner()
    {
        await using var sandbox = await BlobSandbox.StartAsync();
        var blob = sandbox.Container().GetBlobClient("b");
        var etag = (await blob.UploadAsync(BinaryData.FromString("first"))).Value.ETag;
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            try
            {
                await blob.UploadAsync(
                    BinaryData.FromString($"w{i}"), new BlobUploadOptions { Conditions = new() { IfMatch = etag } });
                return $"w{i}";
            }
            catch (RequestFailedException lost) when (lost.Status == 412)
            {
                return null;
            }
        }));
        string winner = Assert.Single(outcomes.OfType<string>());
        Assert.Equal(winner, (await blob.DownloadContentAsync()).Value.Content.ToString());
    }
}
