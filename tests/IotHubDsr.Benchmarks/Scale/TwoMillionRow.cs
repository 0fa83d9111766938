using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Benchmarks.Jobs;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Sinks.BlobArchives;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.Scale;

/// <summary>
/// Lists two million blobs, splits them into parts, hands them out and takes in what comes back, in a process of its own. The blobs are not
/// read: workers in the same process say of each part at once that nothing is in it.
/// </summary>
internal static class TwoMillionRow
{
    public const string WorkerName = "coordinator";

    private const int Blobs = 2_000_000;
    private const int BlobBytes = 4_000;
    private const string Device = "th-999999";

    private static readonly BenchmarkRow s_peak = new("two_million", 0, "MiB", 300, AtMost: true);

    public static async Task RunAsync(Action<BenchmarkRow> report)
    {
        await using RoutedArchive archive = await RoutedArchive.StartAsync();
        byte[] file = RoutedArchive.FleetFile(BlobBytes, 1);
        const int atOnce = 100_000;
        for (int planted = 0; planted < Blobs; planted += atOnce)
            await archive.PlantAsync(file, atOnce);
        var start = new ProcessStartInfo("dotnet", [typeof(TwoMillionRow).Assembly.Location, WorkerName])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(WorkerSandbox.Of(archive.Sandbox.Connection)));
        process.StandardInput.Close();
        string line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The coordinator ended early.");
        await process.WaitForExitAsync();
        CoordinatorReport told = JsonSerializer.Deserialize<CoordinatorReport>(line)!;
        await Console.Error.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"   {told.Parts} parts of {told.Blobs} blobs in {told.Seconds:F0} s")
        );
        Require.That(told.Blobs == 2L * Blobs || told.Blobs == Blobs, $"{told.Blobs} blobs were handed out of {Blobs}.");
        report(s_peak with { Value = told.PeakMib });
    }

    /// <summary>The process that lists and splits.</summary>
    public static async Task<int> WorkAsync(TextReader input, TextWriter output)
    {
        WorkerSandbox sandbox = JsonSerializer.Deserialize<WorkerSandbox>(await input.ReadLineAsync() ?? "null")!;
        string store = $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}";
        using AzureAccess access = ScaleWorker.OpenAccess(sandbox);
        var nothing = new Nothing();
        var worker = new UnitWorker(new ContainerEvidence(access, new Uri(store), TimeProvider.System), nothing, TimeProvider.System);
        EngineSession session = await EngineSession.ConnectAsync(
            sandbox,
            store,
            TimeProvider.System,
            EngineSession.UsualLimit,
            engines: new HereEngines(worker)
        );
        long started = Stopwatch.GetTimestamp();
        await session.FindAsync([Device], static _ => { }, noIndex: true);
        using var self = Process.GetCurrentProcess();
        var told = new CoordinatorReport(
            Stopwatch.GetElapsedTime(started).TotalSeconds,
            worker.Done,
            nothing.Blobs,
            self.PeakWorkingSet64 / 1024.0 / 1024.0
        );
        await output.WriteLineAsync(JsonSerializer.Serialize(told));
        foreach (Fault fault in session.Faults.Take(5))
            await Console.Error.WriteLineAsync(fault.ToString());
        return 0;
    }

    private sealed record CoordinatorReport(double Seconds, int Parts, long Blobs, double PeakMib);

    /// <summary>Says of each blob that it is gone.</summary>
    private sealed class Nothing : IUnitOpener, IUnitDoer
    {
        private long _blobs;

        public long Blobs => _blobs;

        public Task<IUnitDoer> OpenAsync(UnitToDo unit, CancellationToken cancellationToken) => Task.FromResult<IUnitDoer>(this);

        public Task<byte[]> DoAsync(ReadOnlyMemory<byte> packed, CancellationToken cancellationToken)
        {
            IReadOnlyList<(ListedBlob Blob, bool IsIndexed)> blobs = PackedBlobs.Read(packed);
            Interlocked.Add(ref _blobs, blobs.Count);
            return Task.FromResult(PackedBlobs.Write([.. blobs.Select(static _ => new BlobReading())]));
        }
    }

    /// <summary>Carries units to a worker of the same process.</summary>
    private sealed class HereEngines(UnitWorker worker) : IUnitEngines, IUnitEngine
    {
        private const int UnitsAtOnce = 8;

        private readonly SemaphoreSlim _turn = new(UnitsAtOnce, UnitsAtOnce);

        public Task<IUnitEngine> OpenAsync(ISegmentStore store, CancellationToken cancellationToken) => Task.FromResult<IUnitEngine>(this);

        public IUnitHost OpenHost(ISegmentStore store, string worker) => throw new NotSupportedException();

        public Task StartAsync(UnitBatch batch, CancellationToken cancellationToken)
        {
            foreach (string unit in batch.Units)
                _ = CarryAsync(batch.TicketOf(unit));
            return Task.CompletedTask;
        }

        public Task<bool> IsOpenAsync(string batchId, CancellationToken cancellationToken) => Task.FromResult(true);

        public Task ForgetAsync(string batchId, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private async Task CarryAsync(UnitTicket ticket)
        {
            await _turn.WaitAsync();
            try
            {
                while (await worker.DoAsync(ticket, CancellationToken.None) != UnitAnswer.Over)
                    await Task.Delay(100);
            }
            finally
            {
                _turn.Release();
            }
        }
    }
}
