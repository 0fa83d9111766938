namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>Finds a device in blobs of 100 KB, none of which has anything of it.</summary>
internal sealed class SmallBlobsJob : IJob
{
    private const int Blobs = 2_000;
    private const int BlobBytes = 100_000;

    private static readonly BenchmarkRow Requests = new("small_blobs_requests_per_blob", 0, "requests", 1, AtMost: true);

    public IReadOnlyList<BenchmarkRow> Rows => [Requests];

    public async Task RunAsync(JobSizes sizes, Action<BenchmarkRow> report)
    {
        await using RoutedArchive archive = await RoutedArchive.StartAsync();
        IReadOnlyList<string> blobs = await archive.PlantAsync(RoutedArchive.FleetFile(BlobBytes, 1), sizes.Of(Blobs));
        await using JobProcess worker = await JobProcess.StartAsync(archive.Sandbox);
        await archive.Sandbox.ClearLogAsync();
        JobReport footprint = await worker.FindAsync(["th-999999"]);
        Require.That(footprint.Records == 0, "Something was found.");
        BlobRequests sent = await BlobRequests.ReadAsync(archive);
        await Console.Error.WriteLineAsync($"   of {blobs.Count} blobs: {sent.Description}");
        report(Requests with { Value = (double)sent.Count / blobs.Count });
    }
}
