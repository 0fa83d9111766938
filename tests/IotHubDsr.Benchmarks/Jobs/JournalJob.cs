using IotHubDsr.Benchmarks.Archives;

namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>Erases 1,000 devices from blobs that each hold all of them: by how much each further blob lets the journal grow.</summary>
internal sealed class JournalJob : IJob
{
    private const int Devices = 1_000;
    private const int Few = 10;
    private const int Many = 40;
    private const int BlobBytes = 600_000;

    private static readonly BenchmarkRow Bytes = new("journal_bytes_per_blob", 0, "bytes", 3_000, AtMost: true);

    public IReadOnlyList<BenchmarkRow> Rows => [Bytes];

    public async Task RunAsync(JobSizes sizes, Action<BenchmarkRow> report)
    {
        int devices = sizes.Of(Devices);
        long few = await JournalAsync(Few, devices);
        long many = await JournalAsync(Many, devices);
        report(Bytes with { Value = (double)(many - few) / (Many - Few) });
    }

    private static async Task<long> JournalAsync(int blobs, int devices)
    {
        await using RoutedArchive archive = await RoutedArchive.StartAsync();
        await archive.PlantAsync(RoutedArchive.File(BlobBytes, 1, message => Sender.Of(Telemetry.IdOf(message % devices))), blobs);
        await using JobProcess worker = await JobProcess.StartAsync(archive.Sandbox);
        await worker.PlanAsync([.. Enumerable.Range(0, devices).Select(Telemetry.IdOf)]);
        JobReport erased = await worker.EraseAsync();
        Require.That(erased.Records >= blobs * devices, "Not each blob holds each device.");
        await Console.Error.WriteLineAsync($"   {worker.Evidence.Description}");
        return worker.Evidence.JournalBytes;
    }
}
