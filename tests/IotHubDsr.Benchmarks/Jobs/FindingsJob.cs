namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>Plans for a device that is in each of 200,000 blobs, and erases it from 1,000 of them; then the same with 20,000.</summary>
internal sealed class FindingsJob : IJob
{
    private const int Many = 200_000;
    private const int Few = 20_000;
    private const int Erased = 1_000;

    // What an hour of a few devices takes. Larger ones would take longer to read, and no more memory.
    private const int BlobBytes = 4_000;
    private const string Subject = "th-999999";

    private static readonly BenchmarkRow Peak = new("findings_peak_mib_200k", 0, "MiB", 250, AtMost: true);
    private static readonly BenchmarkRow Growth = new("findings_growth_mib", 0, "MiB", 16, AtMost: true);

    public IReadOnlyList<BenchmarkRow> Rows => [Peak, Growth];

    public async Task RunAsync(JobSizes sizes, Action<BenchmarkRow> report)
    {
        double few = await PeakAsync(sizes.Of(Few), sizes.Of(Erased));
        double many = await PeakAsync(sizes.Of(Many), sizes.Of(Erased));
        report(Peak with { Value = many });
        report(Growth with { Value = many - few });
    }

    /// <summary>The blobs to erase from are a location of their own: it alone is approved.</summary>
    private static async Task<double> PeakAsync(int blobs, int erased)
    {
        await using RoutedArchive archive = await RoutedArchive.StartAsync();
        byte[] file = RoutedArchive.FleetFile(BlobBytes, 1, Subject, message => message == 5);
        RoutedArchive other = archive with { Container = "telemetry-erased" };
        await archive.PlantAsync(file, blobs - erased);
        await other.PlantAsync(file, erased);
        await using JobProcess worker = await JobProcess.StartAsync(archive.Sandbox, containers: other.Address);
        JobReport planned = await worker.PlanAsync([Subject]);
        JobReport report = await worker.EraseAsync(other.Place);
        Require.That(
            planned.Records == blobs && report.Records == erased,
            "Not each blob has had one record, or not all that were approved were erased."
        );
        await Console.Error.WriteLineAsync($"   {worker.Evidence.Description}");
        return report.PeakMib;
    }
}
