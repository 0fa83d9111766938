namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>
/// Finds a device in 10 containers whose requests all take 100 ms longer, and in each of them alone. They hold so few blobs that all can
/// be read at once: what is measured is whether one location waits for another.
/// </summary>
internal sealed class ParallelLocationsJob : IJob
{
    private const int Containers = 10;
    private const int Blobs = 6;
    private const int BlobMebibytes = 4;
    private const int Limit = 64;
    private const string Prefix = "distant-";
    private const string Subject = "th-999999";

    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(100);
    private static readonly BenchmarkRow Ratio = new("parallel_locations", 0, "ratio", 1.5, AtMost: true);

    public IReadOnlyList<BenchmarkRow> Rows => [Ratio];

    public async Task RunAsync(JobSizes sizes, Action<BenchmarkRow> report)
    {
        await using RoutedArchive archive = await RoutedArchive.StartAsync();
        byte[] file = RoutedArchive.FleetFile(RoutedArchive.Mebibytes(BlobMebibytes), 1, Subject, message => message == 100);
        List<string> addresses = [];
        for (int number = 0; number < Containers; number++)
        {
            RoutedArchive container = archive with { Container = $"{Prefix}{number}" };
            await container.PlantAsync(file, Blobs);
            addresses.Add(container.Address);
        }

        await archive.Sandbox.DelayAsync($"/{Prefix}", Latency);
        double slowest = 0;
        foreach (string address in addresses)
            slowest = Math.Max(slowest, await TimeAsync(archive, [address]));
        report(Ratio with { Value = await TimeAsync(archive, addresses) / slowest });
    }

    /// <summary>The second footprint of a session: the first one warms it up.</summary>
    private static async Task<double> TimeAsync(RoutedArchive archive, List<string> containers)
    {
        await using JobProcess worker = await JobProcess.StartAsync(archive.Sandbox, Limit, containers: containers);
        await worker.FindAsync([Subject]);
        JobReport footprint = await worker.FindAsync([Subject]);
        Require.That(footprint.Records == containers.Count * Blobs, "Not each blob has one record.");
        return footprint.Seconds;
    }
}
