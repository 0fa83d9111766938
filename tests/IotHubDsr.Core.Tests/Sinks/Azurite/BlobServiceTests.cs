using System.Text;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Sinks.LogArchives;
using IotHubDsr.Sandbox.World;
using IotHubDsr.Tests.Azurite;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.Azurite;

/// <summary>
/// The blob sinks against a service that we did not write, besides our own. Azurite copies nothing within itself and keeps no versions.
/// </summary>
public sealed class BlobServiceTests(AzuriteServer azurite) : IClassFixture<AzuriteServer>
{
    private const string Blob = "contoso-hub/0/2026/01/05/08/00";

    private static List<RoutedMessage> LargeMessages =>
        [.. Messages(24, Alice, Bob, Carol).Select((message, n) => n % 12 < 3 ? Padded(message) : message)];

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Erase_SharedBlob_KeepsTheBytesOfTheOthers(string service)
    {
        await using ContainerUnderTest container = await ContainerUnderTest.StartAsync(service, azurite);
        await PutAsync(container, RoutedEncoding.Json);

        ErasureOutcome outcome = await container.EraseAsync(container.Archive, Alice);

        Assert.Equal((null, 8L, 1), (outcome.Fault, outcome.RecordsErased, outcome.ItemsChanged));
        Assert.Equal(TextWithout(LargeMessages, Alice), await TextAsync(container));
        Assert.Equal(Verdict.Absent, (await container.FindAsync(container.Archive, Alice)).Verdict);
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Erase_CompressedAvro_RemovesTheSubjectAlone(string service)
    {
        await using ContainerUnderTest container = await ContainerUnderTest.StartAsync(service, azurite);
        await PutAsync(container, RoutedEncoding.AvroDeflate);

        ErasureOutcome outcome = await container.EraseAsync(container.Archive, Alice);

        Assert.Equal((null, 8L), (outcome.Fault, outcome.RecordsErased));
        Assert.Equal(0, (await container.FindAsync(container.Archive, Alice)).RecordCount);
        Assert.Equal(8, (await container.FindAsync(container.Archive, Bob)).RecordCount);
        Assert.Equal(8, (await container.FindAsync(container.Archive, Carol)).RecordCount);
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Erase_BlobWithProperties_KeepsThem(string service)
    {
        await using ContainerUnderTest container = await ContainerUnderTest.StartAsync(service, azurite);
        await PutAsync(container, RoutedEncoding.Json);

        await container.EraseAsync(container.Archive, Alice);

        BlockBlobClient blob = container.Client.GetBlockBlobClient(Blob);
        BlobProperties after = await blob.GetPropertiesAsync();
        GetBlobTagResult tags = await blob.GetTagsAsync();
        Assert.Equal("7", after.Metadata["batch"]);
        Assert.Equal("telemetry", tags.Tags["class"]);
        Assert.Equal(("application/x-ndjson", "no-store", "Cool"), (after.ContentType, after.CacheControl, after.AccessTier));
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Erase_WorkDoneBefore_ChangesNothing(string service)
    {
        await using ContainerUnderTest container = await ContainerUnderTest.StartAsync(service, azurite);
        await PutAsync(container, RoutedEncoding.Json);
        DeviceDataFinding found = await container.FindAsync(container.Archive, Alice);
        await container.EraseAsync(container.Archive, Alice);
        BlobProperties before = await container.Client.GetBlockBlobClient(Blob).GetPropertiesAsync();

        IReadOnlyList<ErasureOutcome> again = await container.Archive.EraseAsync(
            container.Call(container.Archive),
            [found],
            CancellationToken.None
        );

        BlobProperties after = await container.Client.GetBlockBlobClient(Blob).GetPropertiesAsync();
        BlockList blocks = await container.Client.GetBlockBlobClient(Blob).GetBlockListAsync();
        Assert.Equal((null, 0L), (again[0].Fault, again[0].RecordsErased));
        Assert.Equal(before.ETag, after.ETag);
        Assert.Empty(blocks.UncommittedBlocks);
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Erase_SameBlobForTwoSubjectsAtOnce_RemovesBothAndNobodyElse(string service)
    {
        await using ContainerUnderTest container = await ContainerUnderTest.StartAsync(service, azurite);
        await PutAsync(container, RoutedEncoding.Json);

        ErasureOutcome[] outcomes = await Task.WhenAll(
            container.EraseAsync(container.Archive, Alice),
            container.EraseAsync(container.Archive, Bob)
        );

        Assert.All(outcomes, outcome => Assert.Equal((null, 8L), (outcome.Fault, outcome.RecordsErased)));
        Assert.Equal(TextWithout(LargeMessages, Alice, Bob), await TextAsync(container));
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Erase_LeasedBlob_IsLeftAndReported(string service)
    {
        await using ContainerUnderTest container = await ContainerUnderTest.StartAsync(service, azurite);
        await PutAsync(container, RoutedEncoding.Json);
        await container.Client.GetBlobClient(Blob).GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(-1));

        ErasureOutcome outcome = await container.EraseAsync(container.Archive, Alice);

        Assert.Equal(("BlobLeased", 0L), (outcome.Fault?.Id, outcome.RecordsErased));
        Assert.Equal(TextWithout(LargeMessages), await TextAsync(container));
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Erase_UploadedFiles_DeletesTheDevicesAloneWithTheirSnapshots(string service)
    {
        await using ContainerUnderTest container = await ContainerUnderTest.StartAsync(service, azurite);
        foreach (string name in (string[])["dev1/a.log", "dev1/deep/b.log", "dev10/a.log", "Dev1/a.log"])
            await container.Client.UploadBlobAsync(name, new BinaryData(name));
        await container.Client.GetBlobClient("dev1/a.log").CreateSnapshotAsync();

        ErasureOutcome outcome = await container.EraseAsync(
            container.Uploads,
            "dev1",
            new SinkOptions(4) { Erasure = new ErasureOptions { IncludeOldVersions = true } }
        );

        Assert.Null(outcome.Fault);
        List<string> left = [];
        await foreach (BlobItem blob in container.Client.GetBlobsAsync(new GetBlobsOptions { States = BlobStates.Snapshots }))
            left.Add(blob.Name);
        Assert.Equal(["Dev1/a.log", "dev10/a.log"], left.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Erase_ArchivedLogs_ReplacesTheAppendBlobByOneOfItsKind(string service)
    {
        await using ContainerUnderTest container = await ContainerUnderTest.StartAsync(service, azurite);
        string name = LogArchive.BlobOf(LogArchive.LongAgo);
        List<string> rows = LogArchive.Rows(60, Alice, Bob, Carol);
        AppendBlobClient blob = container.Client.GetAppendBlobClient(name);
        await blob.CreateAsync(
            new AppendBlobCreateOptions
            {
                HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" },
                Metadata = new Dictionary<string, string> { ["owner"] = "ops" },
                Tags = new Dictionary<string, string> { ["class"] = "logs" },
            }
        );
        foreach (string[] part in rows.Chunk(20))
            await AppendAsync(blob, part);

        ErasureOutcome[] outcomes = await Task.WhenAll(
            container.EraseAsync(container.Logs, Alice),
            container.EraseAsync(container.Logs, Bob)
        );
        await AppendAsync(blob, rows[2..3]);

        Assert.All(outcomes, outcome => Assert.Equal((null, 20L), (outcome.Fault, outcome.RecordsErased)));
        List<string> names = [];
        await foreach (BlobItem item in container.Client.GetBlobsAsync())
            names.Add(item.Name);
        Assert.Equal([name], names);
        BlobDownloadResult content = await blob.DownloadContentAsync();
        Assert.Equal(LogArchive.Text([.. rows.Where((_, n) => n % 3 == 2), rows[2]]), content.Content.ToString());
        BlobProperties after = await blob.GetPropertiesAsync();
        GetBlobTagResult tags = await blob.GetTagsAsync();
        Assert.Equal(
            (BlobType.Append, "application/json", "ops", "logs"),
            (after.BlobType, after.ContentType, after.Metadata["owner"], tags.Tags["class"])
        );
    }

    private static async Task AppendAsync(AppendBlobClient blob, IEnumerable<string> rows)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(LogArchive.Text(rows)));
        await blob.AppendBlockAsync(content);
    }

    private static async Task PutAsync(ContainerUnderTest container, RoutedEncoding encoding)
    {
        var options = new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders { ContentType = "application/x-ndjson", CacheControl = "no-store" },
            Metadata = new Dictionary<string, string> { ["batch"] = "7" },
            Tags = new Dictionary<string, string> { ["class"] = "telemetry" },
            AccessTier = AccessTier.Cool,
        };
        using var content = new MemoryStream(RoutedFile.Write(LargeMessages, encoding).ToArray());
        await container.Client.GetBlockBlobClient(Blob).UploadAsync(content, options);
    }

    private static async Task<string> TextAsync(ContainerUnderTest container)
    {
        BlobDownloadResult content = await container.Client.GetBlobClient(Blob).DownloadContentAsync();
        return content.Content.ToString();
    }
}
