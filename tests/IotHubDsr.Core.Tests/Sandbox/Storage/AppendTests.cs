using System.Security.Cryptography;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Core.Tests.Sandbox.Storage;

public sealed class AppendTests
{
    [Theory]
    [InlineData("position", 412, "AppendPositionConditionNotMet")]
    [InlineData("size", 412, "MaxBlobSizeConditionNotMet")]
    [InlineData("etag", 412, "ConditionNotMet")]
    [InlineData("lease", 412, "LeaseNotPresentWithBlobOperation")]
    public async Task Append_UnderAConditionThatDoesNotHold_ChangesNothing(string condition, int status, string code)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        AppendBlobClient blob = await CreateAsync(sandbox);
        RequestFailedException error = await FailAsync(
            blob,
            "more",
            new AppendBlobAppendBlockOptions
            {
                Conditions = condition switch
                {
                    "position" => new() { IfAppendPositionEqual = 3 },
                    "size" => new() { IfMaxSizeLessThanOrEqual = 7 },
                    "etag" => new() { IfMatch = new ETag("\"0x1\"") },
                    _ => new() { LeaseId = Guid.NewGuid().ToString() },
                },
            }
        );
        Assert.Equal((status, code), (error.Status, error.ErrorCode));
        Assert.Equal("once", (await blob.DownloadContentAsync()).Value.Content.ToString());
        await AppendAsync(
            blob,
            "more",
            new AppendBlobAppendBlockOptions
            {
                Conditions = new() { IfAppendPositionEqual = 4, IfMaxSizeLessThanOrEqual = 8 },
            }
        );
    }

    [Theory]
    [InlineData(StorageChecksumAlgorithm.MD5, "Md5Mismatch")]
    [InlineData(StorageChecksumAlgorithm.StorageCrc64, "Crc64Mismatch")]
    public async Task Append_WithAWrongChecksum_IsRefused(StorageChecksumAlgorithm algorithm, string code)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        AppendBlobClient blob = await CreateAsync(sandbox);
        RequestFailedException error = await FailAsync(
            blob,
            "more",
            new AppendBlobAppendBlockOptions
            {
                TransferValidation = new()
                {
                    ChecksumAlgorithm = algorithm,
                    PrecalculatedChecksum = new byte[algorithm == StorageChecksumAlgorithm.MD5 ? MD5.HashSizeInBytes : 8],
                },
            }
        );
        Assert.Equal((400, code), (error.Status, error.ErrorCode));
        await AppendAsync(blob, "more", new AppendBlobAppendBlockOptions { TransferValidation = new() { ChecksumAlgorithm = algorithm } });
        Assert.Equal("oncemore", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task Append_IsNotAVersionOfItsOwn()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync(new(VersioningEnabled: true, SoftDeleteDays: 7));
        AppendBlobClient blob = await CreateAsync(sandbox);
        string version = (await blob.GetPropertiesAsync()).Value.VersionId;
        await AppendAsync(blob, "more");
        Assert.Equal(version, (await blob.GetPropertiesAsync()).Value.VersionId);
        Assert.Single(sandbox.Account.GetOrAddContainer("telemetry").List(includeOld: true));
    }

    [Fact]
    public async Task Append_AfterTheLastBlockThatFits_IsRefused()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        AppendBlobClient blob = await CreateAsync(sandbox);
        BlobContainer container = sandbox.Account.GetOrAddContainer("telemetry");
        Assert.True(container.TryGetEntry("b", out BlobEntry? entry));
        entry.Amend(entry.Current!, entry.Current! with { AppendedBlocks = 49_999 });
        await AppendAsync(blob, "last");
        RequestFailedException error = await FailAsync(blob, "more");
        Assert.Equal((409, "BlockCountExceedsLimit"), (error.Status, error.ErrorCode));
        Assert.Equal(50_000, (await blob.GetPropertiesAsync()).Value.BlobCommittedBlockCount);
    }

    [Theory]
    [InlineData("2021-12-02", 413)]
    [InlineData("2022-11-02", 201)]
    public async Task Append_OfMoreThanFourMebibytes_NeedsANewerVersionOfTheService(string version, int status)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        AppendBlobClient blob = await CreateAsync(sandbox);
        using var request = new HttpRequestMessage(HttpMethod.Put, blob.Uri + "?comp=appendblock")
        {
            Content = new ByteArrayContent(new byte[(4 * 1024 * 1024) + 1]),
        };
        request.Headers.Add("x-ms-version", version);
        using HttpResponseMessage response = await sandbox.Http.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Append_ToABlockBlob_IsRefused()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        AppendBlobClient blob = sandbox.Container().GetAppendBlobClient("b");
        sandbox.Account.GetOrAddContainer("telemetry").Put("b", "once"u8.ToArray());
        RequestFailedException error = await FailAsync(blob, "more");
        Assert.Equal((409, "InvalidBlobType"), (error.Status, error.ErrorCode));
    }

    [Fact]
    public async Task AppendFromUrl_CopiesTheRange_OnlyOfTheStateThatWasSeen()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        AppendBlobClient blob = await CreateAsync(sandbox);
        BlobClient source = sandbox.Container().GetBlobClient("source");
        ETag etag = (await source.UploadAsync(BinaryData.FromString("0123456789"))).Value.ETag;
        var options = new AppendBlobAppendBlockFromUriOptions
        {
            SourceRange = new HttpRange(2, 3),
            SourceConditions = new() { IfMatch = etag },
            SourceAuthentication = new HttpAuthorization("Bearer", "token"),
            DestinationConditions = new() { IfAppendPositionEqual = 4 },
        };
        BlobAppendInfo appended = (await blob.AppendBlockFromUriAsync(source.Uri, options)).Value;
        options.DestinationConditions.IfAppendPositionEqual = 7;
        await source.UploadAsync(BinaryData.FromString("overwritten"), overwrite: true);
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.AppendBlockFromUriAsync(source.Uri, options)
        );

        Assert.Equal(("4", 2), (appended.BlobAppendOffset, appended.BlobCommittedBlockCount));
        Assert.Equal((412, "SourceConditionNotMet"), (error.Status, error.ErrorCode));
        Assert.Equal("once234", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    private static async Task<AppendBlobClient> CreateAsync(BlobSandbox sandbox)
    {
        AppendBlobClient blob = sandbox.Container().GetAppendBlobClient("b");
        await blob.CreateAsync();
        await AppendAsync(blob, "once");
        return blob;
    }

    private static Task<Response<BlobAppendInfo>> AppendAsync(
        AppendBlobClient blob,
        string text,
        AppendBlobAppendBlockOptions? options = null
    ) => blob.AppendBlockAsync(BinaryData.FromString(text).ToStream(), options);

    private static Task<RequestFailedException> FailAsync(
        AppendBlobClient blob,
        string text,
        AppendBlobAppendBlockOptions? options = null
    ) => Assert.ThrowsAsync<RequestFailedException>(() => AppendAsync(blob, text, options));
}
