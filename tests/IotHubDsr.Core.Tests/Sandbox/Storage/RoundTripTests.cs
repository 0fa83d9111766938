using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace IotHubDsr.Core.Tests.Sandbox.Storage;

public sealed class RoundTripTests
{
    private static readonly byte[] s_content = "hello, device"u8.ToArray();

    [Fact]
    public async Task Upload_WithEverything_ComesBackUnchanged()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobClient blob = sandbox.Container().GetBlobClient("hub/01/2026/11/02/08/00.json");
        Response<BlobContentInfo> written = await blob.UploadAsync(
            BinaryData.FromBytes(s_content),
            new BlobUploadOptions
            {
                Metadata = new Dictionary<string, string> { ["Hub"] = "north", ["partition"] = "1" },
                Tags = new Dictionary<string, string> { ["owner"] = "x y", ["rank"] = "1/2" },
                AccessTier = AccessTier.Cool,
                HttpHeaders = new()
                {
                    ContentType = "application/json",
                    ContentEncoding = "identity",
                    CacheControl = "no-store",
                    ContentDisposition = "inline",
                    ContentLanguage = "en",
                },
            }
        );

        BlobDownloadResult read = (await blob.DownloadContentAsync()).Value;
        BlobProperties properties = (await blob.GetPropertiesAsync()).Value;
        IDictionary<string, string> tags = (await blob.GetTagsAsync()).Value.Tags;

        Assert.Equal(s_content, read.Content.ToArray());
        Assert.Equal(written.Value.ETag, read.Details.ETag);
        Assert.Equal(written.Value.ETag, properties.ETag);
        Assert.Equal(BlobSandbox.Md5(s_content), properties.ContentHash);
        Assert.Equal("north", properties.Metadata["Hub"]);
        Assert.Equal(2, properties.Metadata.Count);
        Assert.Equal("x y", tags["owner"]);
        Assert.Equal("1/2", tags["rank"]);
        Assert.Equal(2, properties.TagCount);
        Assert.Equal("Cool", properties.AccessTier);
        Assert.False(properties.AccessTierInferred);
        Assert.Equal("application/json", properties.ContentType);
        Assert.Equal("identity", properties.ContentEncoding);
        Assert.Equal("no-store", properties.CacheControl);
        Assert.Equal("inline", properties.ContentDisposition);
        Assert.Equal("en", properties.ContentLanguage);
        Assert.Equal(BlobType.Block, properties.BlobType);
        Assert.Equal(s_content.Length, properties.ContentLength);
    }

    [Fact]
    public async Task Upload_Empty_DownloadsAsEmpty()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobClient blob = sandbox.Container().GetBlobClient("empty");
        await blob.UploadAsync(BinaryData.FromBytes(Array.Empty<byte>()));
        using var target = new MemoryStream();
        await blob.DownloadToAsync(target);
        Assert.Equal(0, target.Length);
        Assert.Equal(0, (await blob.GetPropertiesAsync()).Value.ContentLength);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 5)]
    [InlineData(10, 100)]
    public async Task Download_Range_GivesThoseBytesAndTheirMd5(int offset, int length)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        sandbox.Account.GetOrAddContainer("telemetry").Put("b", s_content);
        BlobDownloadStreamingResult result = (
            await container
                .GetBlobClient("b")
                .DownloadStreamingAsync(
                    new BlobDownloadOptions
                    {
                        Range = new HttpRange(offset, length),
                        TransferValidation = new() { ChecksumAlgorithm = StorageChecksumAlgorithm.MD5 },
                    }
                )
        ).Value;

        byte[] expected = s_content.AsSpan(offset, Math.Min(length, s_content.Length - offset)).ToArray();
        BinaryData bytes = await BinaryData.FromStreamAsync(result.Content);
        Assert.Equal(expected, bytes.ToArray());
        Assert.Equal($"bytes {offset}-{offset + expected.Length - 1}/{s_content.Length}", result.Details.ContentRange);
        Assert.Equal(BlobSandbox.Md5(expected), result.Details.ContentHash);
    }

    [Fact]
    public async Task Download_RangeBehindTheEnd_IsInvalidRange()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        sandbox.Account.GetOrAddContainer("telemetry").Put("b", s_content);
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() =>
            container.GetBlobClient("b").DownloadStreamingAsync(new BlobDownloadOptions { Range = new HttpRange(s_content.Length, 1) })
        );
        Assert.Equal((416, "InvalidRange"), (error.Status, error.ErrorCode));
    }

    [Theory]
    [InlineData(StorageChecksumAlgorithm.StorageCrc64)]
    [InlineData(StorageChecksumAlgorithm.MD5)]
    public async Task Transfer_WithChecksum_IsVerifiedByBothSides(StorageChecksumAlgorithm algorithm)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobClient blob = sandbox.Container().GetBlobClient("checked");
        byte[] content = new byte[9 * 1024 * 1024];
        new Random(7).NextBytes(content);
        await blob.UploadAsync(
            BinaryData.FromBytes(content),
            new BlobUploadOptions
            {
                TransferValidation = new() { ChecksumAlgorithm = algorithm },
                TransferOptions = new StorageTransferOptions { InitialTransferSize = 1024, MaximumTransferSize = 4 * 1024 * 1024 },
            }
        );
        using var target = new MemoryStream();
        await blob.DownloadToAsync(
            target,
            new BlobDownloadToOptions
            {
                TransferValidation = new() { ChecksumAlgorithm = algorithm, AutoValidateChecksum = true },
                TransferOptions = new StorageTransferOptions
                {
                    InitialTransferSize = 4 * 1024 * 1024,
                    MaximumTransferSize = 4 * 1024 * 1024,
                },
            }
        );
        Assert.Equal(content, target.ToArray());
    }

    [Theory]
    [InlineData("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==", "Md5Mismatch")]
    [InlineData("Content-MD5", "bm8=", "InvalidMd5")]
    [InlineData("x-ms-content-crc64", "AAAAAAAAAAA=", "Crc64Mismatch")]
    public async Task Put_WithWrongChecksum_StoresNothing(string header, string value, string code)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        using var request = new HttpRequestMessage(HttpMethod.Put, container.GetBlobClient("b").Uri)
        {
            Content = new ByteArrayContent(s_content),
        };
        request.Headers.Add("x-ms-version", "2024-08-04");
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        _ = header.StartsWith("x-", StringComparison.Ordinal)
            ? request.Headers.TryAddWithoutValidation(header, value)
            : request.Content.Headers.TryAddWithoutValidation(header, value);
        using HttpResponseMessage response = await sandbox.Http.SendAsync(request);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(code, response.Headers.GetValues("x-ms-error-code").Single());
        Assert.Contains($"<Code>{code}</Code>", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(sandbox.Account.GetOrAddContainer("telemetry").List());
    }

    [Fact]
    public async Task AppendBlob_Appended_KnowsPositionAndCount()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        AppendBlobClient blob = sandbox.Container().GetAppendBlobClient("PT1H.json");
        await blob.CreateAsync();
        await blob.AppendBlockAsync(new MemoryStream("one\n"u8.ToArray()));
        BlobAppendInfo second = (
            await blob.AppendBlockAsync(
                new MemoryStream("two\n"u8.ToArray()),
                new AppendBlobAppendBlockOptions { Conditions = new() { IfAppendPositionEqual = 4 } }
            )
        ).Value;
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.AppendBlockAsync(
                new MemoryStream("no"u8.ToArray()),
                new AppendBlobAppendBlockOptions { Conditions = new() { IfAppendPositionEqual = 4 } }
            )
        );

        Assert.Equal("4", second.BlobAppendOffset);
        Assert.Equal(2, second.BlobCommittedBlockCount);
        Assert.Equal("one\ntwo\n", (await blob.DownloadContentAsync()).Value.Content.ToString());
        Assert.Equal((412, "AppendPositionConditionNotMet"), (error.Status, error.ErrorCode));
    }

    [Fact]
    public async Task SetProperties_ChangesOnlyWhatItIsAbout()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        sandbox.Account.GetOrAddContainer("telemetry").Put("b", s_content, new() { Tags = new Dictionary<string, string> { ["k"] = "v" } });
        BlobClient blob = container.GetBlobClient("b");
        BlobProperties before = (await blob.GetPropertiesAsync()).Value;
        await blob.SetTagsAsync(new Dictionary<string, string> { ["k"] = "w" });
        Assert.Equal(before.ETag, (await blob.GetPropertiesAsync()).Value.ETag);

        await blob.SetMetadataAsync(new Dictionary<string, string> { ["m"] = "1" });
        await blob.SetHttpHeadersAsync(new BlobHttpHeaders { ContentType = "text/plain" });
        BlobProperties after = (await blob.GetPropertiesAsync()).Value;
        Assert.NotEqual(before.ETag, after.ETag);
        Assert.Equal("text/plain", after.ContentType);
        Assert.Equal("1", after.Metadata["m"]);
        Assert.Equal("w", (await blob.GetTagsAsync()).Value.Tags["k"]);
    }

    [Fact]
    public async Task Archive_BlocksReadingUntilRehydrated()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        sandbox.Account.GetOrAddContainer("telemetry").Put("b", s_content);
        BlobClient blob = container.GetBlobClient("b");
        await blob.SetAccessTierAsync(AccessTier.Archive);
        RequestFailedException archived = await Assert.ThrowsAsync<RequestFailedException>(() => blob.DownloadContentAsync());
        Assert.Equal((409, BlobErrorCode.BlobArchived), (archived.Status, archived.ErrorCode));

        Assert.Equal(202, (await blob.SetAccessTierAsync(AccessTier.Hot)).Status);
        Assert.Equal("rehydrate-pending-to-hot", (await blob.GetPropertiesAsync()).Value.ArchiveStatus);
        sandbox.Time.Advance(TimeSpan.FromHours(15));
        Assert.Equal(s_content, (await blob.DownloadContentAsync()).Value.Content.ToArray());
    }

    [Fact]
    public async Task Service_KnowsItsContainersAndSettings()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync(new(SoftDeleteDays: 9));
        await sandbox.Service.CreateBlobContainerAsync("created", metadata: new Dictionary<string, string> { ["a"] = "b" });
        for (int i = 0; i < 7; i++)
            sandbox.Container($"c{i}");

        sandbox.Store.PageSizeCap = 3;
        var names = new List<string>();
        await foreach (BlobContainerItem item in sandbox.Service.GetBlobContainersAsync(BlobContainerTraits.Metadata))
            names.Add(item.Name);

        Assert.Equal(["c0", "c1", "c2", "c3", "c4", "c5", "c6", "created"], names);
        Assert.Equal("b", (await sandbox.Service.GetBlobContainerClient("created").GetPropertiesAsync()).Value.Metadata["a"]);
        BlobRetentionPolicy policy = (await sandbox.Service.GetPropertiesAsync()).Value.DeleteRetentionPolicy;
        Assert.True(policy.Enabled);
        Assert.Equal(9, policy.Days);
        RequestFailedException again = await Assert.ThrowsAsync<RequestFailedException>(() =>
            sandbox.Service.CreateBlobContainerAsync("created")
        );
        Assert.Equal((409, BlobErrorCode.ContainerAlreadyExists), (again.Status, again.ErrorCode));
        await sandbox.Service.DeleteBlobContainerAsync("created");
        Assert.False(await sandbox.Service.GetBlobContainerClient("created").ExistsAsync());
    }

    [Theory]
    [InlineData("PUT", "telemetry/b?comp=page", 501)]
    [InlineData("PUT", "telemetry/b?comp=expiry", 501)]
    [InlineData("PUT", "telemetry?restype=container&comp=acl", 501)]
    [InlineData("GET", "?comp=blobs&where=x", 501)]
    [InlineData("PATCH", "telemetry/b", 405)]
    public async Task UnknownOperation_IsRefused(string method, string pathAndQuery, int status)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        sandbox.Container();
        sandbox.Account.GetOrAddContainer("telemetry").Put("b", s_content);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(sandbox.Endpoint, pathAndQuery));
        request.Headers.Add("x-ms-version", "2024-08-04");
        request.Content = new ByteArrayContent([]);
        using HttpResponseMessage response = await sandbox.Http.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Single(response.Headers.GetValues("x-ms-error-code"));
    }

    [Theory]
    [InlineData(null, "MissingRequiredHeader")]
    [InlineData("2999-01-01", "InvalidHeaderValue")]
    [InlineData("latest", "InvalidHeaderValue")]
    public async Task Version_ThatIsNotOne_IsRefused(string? version, string code)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, sandbox.Endpoint + "?comp=list");
        if (version is not null)
            request.Headers.Add("x-ms-version", version);

        using HttpResponseMessage response = await sandbox.Http.SendAsync(request);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(code, response.Headers.GetValues("x-ms-error-code").Single());
    }

    [Fact]
    public async Task Header_ThatWouldChangeTheMeaning_IsRefused()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, sandbox.Container().GetBlobClient("b").Uri)
        {
            Content = new ByteArrayContent(s_content),
        };
        request.Headers.Add("x-ms-version", "2024-08-04");
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        request.Headers.Add("x-ms-legal-hold", "true");
        using HttpResponseMessage response = await sandbox.Http.SendAsync(request);
        Assert.Equal("NotSimulated", response.Headers.GetValues("x-ms-error-code").Single());
        Assert.Empty(sandbox.Account.GetOrAddContainer("telemetry").List());
    }
}
