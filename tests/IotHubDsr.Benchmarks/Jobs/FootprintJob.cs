using IotHubDsr.Benchmarks.Archives;

namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>Finds 100 devices, all of which are there, in 4 GiB.</summary>
internal sealed class FootprintJob : IJob
{
    private const int Rounds = 3;
    private const int Contents = 4;
    private const int BlobMebibytes = 64;
    private const int Blobs = 64;
    private const int Devices = 100;

    private static readonly BenchmarkRow Speed = new("footprint_vs_download", 0, "ratio", 0.9, AtMost: false);
    private static readonly BenchmarkRow Reads = new("read_requests_per_gib", 0, "requests", 300, AtMost: true);

    public IReadOnlyList<BenchmarkRow> Rows => [Speed, Reads];

    public async Task RunAsync(JobSizes sizes, Action<BenchmarkRow> report)
    {
        await using RoutedArchive archive = await RoutedArchive.StartAsync();
        int copies = sizes.Of(Blobs / Contents);
        for (int content = 0; content < Contents; content++)
            await archive.PlantAsync(RoutedArchive.FleetFile(RoutedArchive.Mebibytes(BlobMebibytes), content), copies);

        string[] devices = [.. Enumerable.Range(0, Devices).Select(Telemetry.IdOf)];
        await using JobProcess worker = await JobProcess.StartAsync(archive.Sandbox);
        using var download = new BareDownload(archive.Sandbox, new Uri(archive.Address));
        List<double> ratios = [];
        for (int round = 0; round < Rounds; round++)
        {
            double bare = await download.RunAsync();
            await archive.Sandbox.ClearLogAsync();
            JobReport footprint = await worker.FindAsync(devices);
            Require.That(footprint.Records > 0, "Nothing was found.");
            ratios.Add(bare / footprint.Seconds);
        }

        BlobRequests sent = await BlobRequests.ReadAsync(archive);
        await Console.Error.WriteLineAsync($"   {sent.Description}");
        double gibibytes = copies * Contents * BlobMebibytes / 1024.0;
        report(Speed with { Value = Median.Of(ratios) });
        report(Reads with { Value = sent.Of(BlobRequests.Read) / gibibytes });
    }
}
