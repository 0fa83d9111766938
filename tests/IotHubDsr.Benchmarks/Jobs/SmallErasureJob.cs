namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>Erases one device from 200 blobs of 100 KB, each with one record of it.</summary>
internal sealed class SmallErasureJob : IJob
{
    private const int Blobs = 200;
    private const int BlobBytes = 100_000;
    private const string Subject = "th-999999";

    private static readonly BenchmarkRow Requests = new("erase_requests_per_blob", 0, "requests", 8, AtMost: true);

    public IReadOnlyList<BenchmarkRow> Rows => [Requests];

    public async Task RunAsync(JobSizes sizes, Action<BenchmarkRow> report)
    {
        await using RoutedArchive archive = await RoutedArchive.StartAsync();
        IReadOnlyList<string> changed = await archive.PlantAsync(
            RoutedArchive.FleetFile(BlobBytes, 1, Subject, message => message == 100),
            sizes.Of(Blobs)
        );
        await using JobProcess worker = await JobProcess.StartAsync(archive.Sandbox);
        await archive.Sandbox.ClearLogAsync();
        JobReport planned = await worker.PlanAsync([Subject]);
        JobReport erased = await worker.EraseAsync();
        Require.That(
            planned.Records == changed.Count && erased.Records == planned.Records,
            "Not each blob has had one record that was erased."
        );
        BlobRequests sent = (await BlobRequests.ReadAsync(archive)).To(changed);
        await Console.Error.WriteLineAsync($"   of {changed.Count} blobs: {sent.Description}");
        report(Requests with { Value = (double)sent.Count / changed.Count });
    }
}
