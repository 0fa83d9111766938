using System.Diagnostics;
using System.Globalization;
using IotHubDsr.Benchmarks.Archives;
using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Benchmarks.Jobs;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Benchmarks.Scale;

/// <summary>The footprint of one device that is in 20 of 2,000 blobs of 8 MiB, with the index and without.</summary>
internal static class IndexReads
{
    private const int Blobs = 2_000;
    private const int WithDevice = 20;
    private const int Devices = 1_000;
    private const int BlobMebibytes = 8;
    private const int Rounds = 3;
    private const string Device = "th-900001";

    private static readonly BenchmarkRow s_reads = new("index_reads", 0, "blobs", 21, AtMost: true);
    private static readonly BenchmarkRow s_speedup = new("index_speedup", 0, "ratio", 30, AtMost: false);
    private static readonly BenchmarkRow s_bytes = new("index_bytes_per_device", 0, "bytes", 3.5, AtMost: true);

    public static async Task RunAsync(Action<BenchmarkRow> report)
    {
        await using RoutedArchive archive = await RoutedArchive.StartAsync();
        byte[] others = File(0, static _ => false);
        await archive.PlantAsync(others, Blobs - WithDevice);
        await archive.PlantAsync(File(1, static message => message % Devices == 0), WithDevice);
        string store = Directory.CreateTempSubdirectory("index-reads-").FullName;
        try
        {
            EngineSession session = await EngineSession.ConnectAsync(
                WorkerSandbox.Of(archive.Sandbox.Connection),
                store,
                TimeProvider.System,
                EngineSession.UsualLimit
            );
            await CostAsync(others);
            (double full, long records) = await FindAsync(session, noIndex: true);
            long started = Stopwatch.GetTimestamp();
            await session.UpdateIndexAsync();
            await WriteAsync(
                $"the index was made in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s, a full footprint took {full:F1} s"
            );
            List<double> indexed = [];
            BlobRequests sent = null!;
            for (int round = 0; round < Rounds; round++)
            {
                await archive.Sandbox.ClearLogAsync();
                (double seconds, long found) = await FindAsync(session, noIndex: false);
                Require.That(found == records, $"{found} records with the index, {records} without.");
                indexed.Add(seconds);
                sent = await BlobRequests.ReadAsync(archive);
            }

            long bytes = Directory.GetFiles(store, "*.pack", SearchOption.AllDirectories).Sum(static file => new FileInfo(file).Length);
            report(s_reads with { Value = sent.Of(BlobRequests.Read) });
            report(s_speedup with { Value = full / Median.Of(indexed) });
            report(s_bytes with { Value = bytes / (double)((Blobs * Devices) + WithDevice) });
        }
        finally
        {
            Directory.Delete(store, recursive: true);
        }
    }

    private static async Task<(double Seconds, long Records)> FindAsync(EngineSession session, bool noIndex)
    {
        long records = 0;
        long started = Stopwatch.GetTimestamp();
        await session.FindAsync([Device], finding => records += finding.Kind == "RoutedBlobContainer" ? finding.RecordCount : 0, noIndex);
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, records);
    }

    /// <summary>What it costs to note all devices of a file, as a ratio to a scan that does not: reading alone, without the network.</summary>
    private static async Task CostAsync(byte[] file)
    {
        var subjects = new SubjectIndex([Device]);
        List<double> ratios = [];
        for (int round = 0; round < 9; round++)
            ratios.Add(await ScanAsync(file, () => subjects.Noting(new AskedNames())) / await ScanAsync(file, () => subjects));
        await WriteAsync($"a scan that notes all devices takes {Median.Of(ratios):F3} of one that does not");
    }

    private static async Task<double> ScanAsync(byte[] file, Func<SubjectIndex> subjects)
    {
        long started = Stopwatch.GetTimestamp();
        for (int time = 0; time < 10; time++)
            await ArchiveFormats.ScanAsync(new MemoryStream(file), new ScanRequest(subjects()), CancellationToken.None);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static byte[] File(int seed, Func<int, bool> isDevices) =>
        RoutedArchive.File(RoutedArchive.Mebibytes(BlobMebibytes), seed, message =>
            Sender.Of(isDevices(message) ? Device : Telemetry.IdOf(message % Devices))
        );

    private static Task WriteAsync(FormattableString text) =>
        Console.Error.WriteLineAsync($"   {text.ToString(CultureInfo.InvariantCulture)}");
}
