using System.Diagnostics;
using System.Globalization;
using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Benchmarks.Jobs;
using IotHubDsr.Benchmarks.Sandboxes;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Distribution.Durable;
using IotHubDsr.Core.Evidence.Segments;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Work;
using IotHubDsr.Sandbox.World;
using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Benchmarks.Scale;

/// <summary>How several workers share units that only wait, and how long it takes until one that was killed is made up for.</summary>
internal static class LatencyRows
{
    private const int Units = 160;
    private const int UnitsWithAKill = 4;

    private static readonly TimeSpan s_unit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_killedUnit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_idling = TimeSpan.FromSeconds(6);

    private static readonly BenchmarkRow[] s_speedups =
    [
        new("workers_2", 0, "ratio", 1.8, AtMost: false),
        new("workers_4", 0, "ratio", 3.3, AtMost: false),
        new("workers_8", 0, "ratio", 6, AtMost: false),
    ];
    private static readonly BenchmarkRow s_redo = new("kill_redo_s", 0, "s", 60, AtMost: true);

    public static async Task RunAsync(AzuriteServer azurite, Action<BenchmarkRow> report)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync("--data", "0", "--storage-only", "1");
        double alone = await SecondsAsync(azurite, sandbox, 1);
        int workers = 1;
        foreach (BenchmarkRow row in s_speedups)
            report(row with { Value = alone / await SecondsAsync(azurite, sandbox, workers *= 2) });
        report(s_redo with { Value = await KilledAsync(azurite, sandbox) });
    }

    /// <summary>From the first start to the last end.</summary>
    private static async Task<double> SecondsAsync(AzuriteServer azurite, BlobSandbox sandbox, int workers)
    {
        ScaleOrder order = await OrderAsync(azurite, sandbox);
        await using var fleet = new WorkerFleet(order);
        await fleet.StartAsync(workers);

        // They poll, and have shared the control queues.
        await Task.Delay(s_idling);
        IReadOnlyList<LatencyUnit> units = await RunAsync(sandbox, order, new LatencyWork(Units, s_unit));
        Require.That(units.Count == Units, $"{units.Count} units came back of {Units}.");
        double seconds = new TimeSpan(units.Max(static unit => unit.Ended) - units.Min(static unit => unit.Began)).TotalSeconds;
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"   {workers}: {seconds:F1} s"));
        return seconds;
    }

    /// <summary>From the death of a worker until what it was at is done.</summary>
    private static async Task<double> KilledAsync(AzuriteServer azurite, BlobSandbox sandbox)
    {
        ScaleOrder order = await OrderAsync(azurite, sandbox);
        await using var fleet = new WorkerFleet(order);
        await fleet.StartAsync(2);
        await Task.Delay(s_idling);
        var work = new LatencyWork(UnitsWithAKill, s_killedUnit);
        var folder = new TaskCompletionSource<ISegmentFolder>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<IReadOnlyList<LatencyUnit>> running = RunAsync(sandbox, order, work, folder.SetResult);
        ISegmentFolder segments = await folder.Task;
        string victim;
        while ((victim = await HolderAsync(segments) ?? string.Empty).Length == 0)
            await Task.Delay(100);
        await Task.Delay(s_unit);
        long killed = Stopwatch.GetTimestamp();
        fleet.Kill(victim);
        IReadOnlyList<LatencyUnit> units = await running;
        Require.That(units.Count == UnitsWithAKill, $"{units.Count} units came back of {UnitsWithAKill}.");
        return Stopwatch.GetElapsedTime(killed).TotalSeconds;
    }

    private static async Task<string?> HolderAsync(ISegmentFolder folder)
    {
        await foreach (SegmentListing segment in folder.ListSegmentsAsync("segments/", CancellationToken.None))
        {
            if (segment.IsHeld && !SegmentMarks.IsClosed(segment.Marks) && SegmentMarks.Worker(segment.Marks) is { } worker)
                return worker;
        }

        return null;
    }

    private static async Task<ScaleOrder> OrderAsync(AzuriteServer azurite, BlobSandbox sandbox) =>
        new(
            WorkerSandbox.Of(sandbox.Connection),
            $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}",
            await azurite.OpenAccountAsync()
        )
        {
            IsLatency = true,
        };

    private static async Task<IReadOnlyList<LatencyUnit>> RunAsync(
        BlobSandbox sandbox,
        ScaleOrder order,
        LatencyWork work,
        Action<ISegmentFolder>? opened = null
    )
    {
        using AzureAccess access = ScaleWorker.OpenAccess(order.Sandbox);
        var store = new ContainerEvidence(sandbox.Access, new Uri(order.Store), TimeProvider.System);
        ISegmentFolder folder = store.OpenSegments(ReadingFolders.Make(TimeProvider.System.GetUtcNow()));
        await folder.MakeAsync(CancellationToken.None);
        opened?.Invoke(folder);
        await using DurableEngine engine = await DurableEngine.OpenAsync(
            order.Engine.ToStorage(),
            TimeProvider.System,
            CancellationToken.None
        );
        var scheduler = new DistributedScheduler(
            folder,
            static (_, _) => Task.CompletedTask,
            order.Sandbox.HubHostName,
            engine,
            TimeProvider.System
        );
        return await scheduler.RunAsync(work, new UnitOrder(UnitRole.Find, Call(), []), CancellationToken.None);
    }

    private static SinkCall Call() =>
        new(
            new DataLocation
            {
                Id = "latency",
                Kind = "Latency",
                Place = "latency",
            },
            new SinkOptions(EngineSession.UsualLimit),
            static (_, _) => ValueTask.CompletedTask
        );
}
