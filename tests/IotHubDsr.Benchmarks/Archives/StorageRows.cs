using System.Diagnostics;
using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Benchmarks.Sandboxes;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BlobArchives;
using IotHubDsr.Core.Sinks.RoutedBlobs;

namespace IotHubDsr.Benchmarks.Archives;

/// <summary>What it takes to erase one record from a large blob, and the memory that reading many such blobs takes.</summary>
internal static class StorageRows
{
    private const int Mebibyte = 1024 * 1024;
    private const int BlobMebibytes = 300;
    private const long ScanBytes = 20L * 1024 * Mebibyte;
    private const int Rounds = 5;
    private const string Account = "contosorouted";
    private const string Container = "benchmark";

    // As long as the IDs of the fleet, so that it can take the place of one.
    private const string Rare = "th-999999";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync(Action<BenchmarkRow> report)
    {
        byte[] file = FileWithOneRecord();
        await using (BlobSandbox sandbox = await BlobSandbox.StartAsync())
        {
            await sandbox.PutAsync(Account, Container, "spliced", file, Rounds + 2);
            await sandbox.PutAsync(Account, Container, "rewritten", file, Rounds + 1);
            report(
                new BenchmarkRow(
                    "splice_uploaded_bytes",
                    await UploadedAsync(sandbox, $"spliced/{Rounds + 1}"),
                    "bytes",
                    Mebibyte,
                    AtMost: true
                )
            );
            report(new BenchmarkRow("splice_vs_rewrite", await SpeedAsync(sandbox), "ratio", 1.8, AtMost: false));
        }

        // The clients of other kinds of place would count, which other rows measure.
        await using (BlobSandbox sandbox = await BlobSandbox.StartAsync("--storage-only", "1"))
        {
            await sandbox.PutAsync(Account, "raw-avro", "contoso-hub/scanned", file, (int)((ScanBytes + file.Length - 1) / file.Length));
            report(new BenchmarkRow("scan_20gib_peak_mib", await PeakAsync(sandbox), "MiB", 200, AtMost: true));
        }
    }

    /// <summary>Routed Avro in which one record, in the middle, is another device's.</summary>
    private static byte[] FileWithOneRecord()
    {
        byte[] file = ArchiveFiles.Avro(BlobMebibytes * Mebibyte, "null");
        Span<byte> half = file.AsSpan(file.Length / 2);
        int at = half.IndexOf("connectionDeviceId"u8) + "connectionDeviceId".Length + 1;
        Encoding.UTF8.GetBytes(Rare, half[at..]);
        return file;
    }

    private static async Task<double> UploadedAsync(BlobSandbox sandbox, string blob)
    {
        await sandbox.ClearLogAsync();
        var call = new SinkCall(Location(), new SinkOptions(1), (_, _) => ValueTask.CompletedTask);
        var rewriter = new BlobRewriter(
            Open(sandbox),
            new RoutedBlobLayout(call.Location),
            new SeenItem(blob, null, 1, 1),
            Selection(),
            after: null,
            call,
            TimeProvider.System
        );
        RewriteResult result = await rewriter.RunAsync(CancellationToken.None);
        if (result is not { Removed: [{ Own.Records: 1 }], Fault: null })
            throw new InvalidOperationException($"The record was not erased: {result}.");
        return await sandbox.BytesUploadedAsync();
    }

    /// <summary>Both leave the same blob; neither counts the reading by which an erasure is verified afterwards.</summary>
    private static async Task<double> SpeedAsync(BlobSandbox sandbox)
    {
        BlobContainerAccess container = Open(sandbox);
        var ratios = new List<double>();
        for (int round = 0; round <= Rounds; round++)
        {
            string number = $"{round}";
            TimeSpan rewritten = await TimeAsync(() => RewriteAsync(container.Open("rewritten/" + number)));
            TimeSpan spliced = await TimeAsync(() => SpliceAsync(container, container.Open("spliced/" + number)));

            // The first round warms connections, code and caches up.
            if (round > 0)
                ratios.Add(rewritten / spliced);
        }

        ratios.Sort();
        return ratios[ratios.Count / 2];
    }

    private static async Task SpliceAsync(BlobContainerAccess container, BlockBlobClient blob)
    {
        BlobProperties before = await blob.GetPropertiesAsync();
        HttpAuthorization? authorization = await container.AuthorizeCopyAsync(CancellationToken.None);
        using var share = new ReadingShare(ReadingBudget.OfProcess);
        await using var staged = new StagedBlob(
            new StagedBlocks(blob, new BlobAttributes(blob, before, TimeProvider.System), before.LastModified, authorization),
            before,
            share,
            CancellationToken.None
        );
        await using Stream content = container.Read(blob, before.ETag, before.ContentLength);
        using var source = new ArchiveSource(content);
        IArchiveFormat format = await ArchiveFormats.DetectAsync(source, CancellationToken.None);
        ArchiveRewrite rewrite = await staged.StageAsync(
            target => format.RewriteAsync(source, target, Selection(), CancellationToken.None),
            CancellationToken.None
        );
        await staged.VerifyAsync(blob.Name, rewrite);
        await staged.CommitAsync(CancellationToken.None);
        Require(rewrite);
    }

    /// <summary>What there is to do without a splice: download, filter, upload, with the client library's own streams.</summary>
    private static async Task RewriteAsync(BlockBlobClient blob)
    {
        BlobProperties before = await blob.GetPropertiesAsync();
        using BlobDownloadStreamingResult download = await blob.DownloadStreamingAsync();
        var options = new BlockBlobOpenWriteOptions { OpenConditions = new BlobRequestConditions { IfMatch = before.ETag } };
        await using Stream upload = await blob.OpenWriteAsync(overwrite: true, options);
        Require(await ArchiveFormats.RewriteAsync(download.Content, upload, Selection(), CancellationToken.None));
    }

    private static void Require(ArchiveRewrite rewrite)
    {
        if (rewrite.RecordsRemoved != 1)
            throw new InvalidOperationException($"{rewrite.RecordsRemoved} records were removed instead of 1.");
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> work)
    {
        long started = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>The highest peak working set that the system reports for a session that looks for a device in all of the blobs.</summary>
    private static async Task<double> PeakAsync(BlobSandbox sandbox)
    {
        string script =
            $"{sandbox.ConnectScript()}; $records = 0; Get-IotDeviceDataFootprint '{Rare}' | ForEach-Object {{ $records += $_.Records }}; "
            + "\"records $records\"";
        using Process process = PowerShellProcess.StartWithModule(script);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        double peak = await PeakMemory.WatchAsync(process, PollInterval);
        int expected = (int)((ScanBytes + (BlobMebibytes * Mebibyte) - 1) / (BlobMebibytes * Mebibyte));
        if (process.ExitCode != 0 || !(await output).Contains($"records {expected}", StringComparison.Ordinal))
            throw new InvalidOperationException($"The footprint is not that of {expected} records: {await output} {await errors}");
        return peak;
    }

    private static RecordSelection Selection() => new(new SubjectIndex([Rare]));

    private static BlobContainerAccess Open(BlobSandbox sandbox) => new BlobContainers(sandbox.Access, TimeProvider.System).Of(Location());

    private static DataLocation Location() =>
        new()
        {
            Id = "routed-blob.benchmark",
            Kind = LocationKinds.RoutedBlobContainer,
            Place = $"{Account}/{Container}",
            Provenance = ["a benchmark"],
            Settings = new Dictionary<string, string>
            {
                [LocationSettings.ContainerUri] = $"https://{Account}.blob.core.windows.net/{Container}",
            },
        };
}
