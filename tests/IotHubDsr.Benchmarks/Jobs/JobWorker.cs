using System.Diagnostics;
using System.Text.Json;
using IotHubDsr.Benchmarks.Erasures;

namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>The process that is measured: it does what it is told, as the cmdlets do it, and keeps nothing but counts.</summary>
internal sealed class JobWorker
{
    public const string Name = "job-worker";

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(20);

    private EngineSession? _session;
    private ErasurePlan? _plan;
    private long _toldProgress = Stopwatch.GetTimestamp();
    private IReadOnlyList<LocationSeconds> _slowest = [];
    private int _toldFaults;

    public static async Task<int> RunAsync(TextReader input, TextWriter output)
    {
        var worker = new JobWorker();
        while (await input.ReadLineAsync() is { } line)
        {
            JobOrder order = JsonSerializer.Deserialize<JobOrder>(line)!;
            long started = Stopwatch.GetTimestamp();
            worker._slowest = [];
            long records = await worker.DoAsync(order);
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            using var self = Process.GetCurrentProcess();
            var report = new JobReport(seconds, records, self.PeakWorkingSet64 / 1024.0 / 1024.0) { Slowest = worker._slowest };
            await output.WriteLineAsync(JsonSerializer.Serialize(report));
            worker.TellFaults();
        }

        return 0;
    }

    private async Task<long> DoAsync(JobOrder order)
    {
        long records = 0;
        switch (order.Task)
        {
            case JobTask.Connect:
                _session = await ConnectAsync(order);
                _session.Progress = TellProgress;
                break;
            case JobTask.Find:
                await _session!.FindAsync(order.Devices, finding => records += finding.Records ?? 0);
                break;
            case JobTask.FindApart:
                _slowest = await _session!.FindApartAsync(order.Devices);
                break;
            case JobTask.Plan:
                _plan = await _session!.PlanAsync(new PlanChoices(order.Devices));
                records = _plan.Records;
                break;
            default:
                await _session!.EraseAsync(
                    _plan!,
                    step => order.Place is null || step.Location.Place == order.Place,
                    receipt => records += receipt.RecordsErased ?? 0
                );
                break;
        }

        return records;
    }

    private static async Task<EngineSession> ConnectAsync(JobOrder order)
    {
        string? locationFile = order.LocationFile;
        if (order.Containers.Count > 0)
        {
            locationFile = Path.Combine(order.Store, "locations.json");
            var entries = order.Containers.Select(container => new
            {
                kind = LocationKinds.RoutedBlobContainer,
                containerUri = container,
                hubName = order.Sandbox!.HubName,
            });
            await File.WriteAllBytesAsync(locationFile, JsonSerializer.SerializeToUtf8Bytes(new { locations = entries }));
        }

        return await EngineSession.ConnectAsync(
            order.Sandbox!,
            Path.Combine(order.Store, JobProcess.Requests),
            TimeProvider.System,
            order.ThrottleLimit,
            locationFile
        );
    }

    private void TellProgress(ProgressEvent progress)
    {
        if (Stopwatch.GetElapsedTime(_toldProgress) < ProgressInterval)
            return;
        _toldProgress = Stopwatch.GetTimestamp();
        Console.Error.WriteLine($"   {progress.Activity}: {progress.Status}");
    }

    private void TellFaults()
    {
        foreach (string fault in _session!.Faults.Skip(_toldFaults).Take(5).Select(fault => fault.ToString()))
            Console.Error.WriteLine($"   {fault}");
        _toldFaults = _session.Faults.Count;
    }
}
