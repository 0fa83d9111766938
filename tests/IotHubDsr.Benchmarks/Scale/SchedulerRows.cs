using System.Diagnostics;
using System.Globalization;
using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Benchmarks.Jobs;
using IotHubDsr.Sandbox.World;
using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Benchmarks.Scale;

/// <summary>A footprint of 8 GiB by one worker, beside the same in one process.</summary>
internal static class SchedulerRows
{
    private const int Blobs = 128;
    private const int BlobMebibytes = 64;
    private const int Rounds = 3;
    private const string Device = "th-900001";

    private static readonly BenchmarkRow s_overhead = new("scheduler_overhead", 0, "ratio", 1.15, AtMost: true);
    private static readonly BenchmarkRow s_peak = new("worker_peak_mib", 0, "MiB", 300, AtMost: true);

    public static async Task RunAsync(AzuriteServer azurite, Action<BenchmarkRow> report)
    {
        await using RoutedArchive archive = await RoutedArchive.StartAsync();
        await archive.PlantAsync(
            RoutedArchive.FleetFile(RoutedArchive.Mebibytes(BlobMebibytes), 1, Device, static message => message % 1_000 == 7),
            Blobs
        );
        EngineAccount account = await azurite.OpenAccountAsync();
        string store = $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}";
        var sandbox = WorkerSandbox.Of(archive.Sandbox.Connection);
        await using var fleet = new WorkerFleet(new ScaleOrder(sandbox, store, account) { PatienceSeconds = 600 });
        List<double> ratios = [];
        await fleet.StartAsync(1);
        for (int round = 0; round < Rounds; round++)
        {
            (double here, long found) = await FindAsync(sandbox, store, engine: null);
            (double elsewhere, long foundElsewhere) = await FindAsync(sandbox, store, account);
            Require.That(found == foundElsewhere && found > 0, $"{foundElsewhere} records by the worker, {found} without.");
            ratios.Add(elsewhere / here);
            await Console.Error.WriteLineAsync(
                string.Create(CultureInfo.InvariantCulture, $"   in the process {here:F1} s, by a worker {elsewhere:F1} s")
            );
        }

        await fleet.EndAsync();
        report(s_overhead with { Value = Median.Of(ratios) });
        report(s_peak with { Value = fleet.PeakMib });
    }

    private static async Task<(double Seconds, long Records)> FindAsync(WorkerSandbox sandbox, string store, EngineAccount? engine)
    {
        EngineSession session = await EngineSession.ConnectAsync(
            sandbox,
            store,
            TimeProvider.System,
            EngineSession.UsualLimit,
            engines: engine is null ? null : new EngineOnAzurite(engine.ToStorage())
        );
        long records = 0;
        long started = Stopwatch.GetTimestamp();
        await session.FindAsync(
            [Device],
            finding => records += finding.Kind == "RoutedBlobContainer" ? finding.RecordCount : 0,
            noIndex: true
        );
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, records);
    }
}
