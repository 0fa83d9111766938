namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>Erases one device with 124 records spread over each of 16 blobs of 64 MiB.</summary>
internal sealed class LargeErasureJob : IJob
{
    private const int Rounds = 3;
    private const int Contents = 4;
    private const int BlobMebibytes = 64;
    private const int Blobs = 16;
    private const int RecordEvery = 1_330;
    private const string Subject = "th-999999";

    private static readonly BenchmarkRow Speed = new("erase_vs_download", 0, "ratio", 3.3, AtMost: true);
    private static readonly BenchmarkRow Writes = new("splice_writes_per_blob", 0, "requests", 40, AtMost: true);

    public IReadOnlyList<BenchmarkRow> Rows => [Speed, Writes];

    public async Task RunAsync(JobSizes sizes, Action<BenchmarkRow> report)
    {
        List<byte[]> files =
        [
            .. Enumerable
                .Range(0, Contents)
                .Select(seed =>
                    RoutedArchive.FleetFile(RoutedArchive.Mebibytes(BlobMebibytes), seed, Subject, message =>
                        message % RecordEvery == RecordEvery / 2
                    )
                ),
        ];
        List<double> ratios = [],
            writes = [];
        for (int round = 0; round < Rounds; round++)
        {
            (double ratio, double written) = await RoundAsync(files, sizes.Of(Blobs / Contents));
            ratios.Add(ratio);
            writes.Add(written);
        }

        report(Speed with { Value = Median.Of(ratios) });
        report(Writes with { Value = Median.Of(writes) });
    }

    /// <summary>Each round has a sandbox of its own: what was erased is not there to be erased again.</summary>
    private static async Task<(double Ratio, double Writes)> RoundAsync(List<byte[]> files, int copies)
    {
        await using RoutedArchive archive = await RoutedArchive.StartAsync();
        List<string> changed = [];
        foreach (byte[] file in files)
            changed.AddRange(await archive.PlantAsync(file, copies));
        await using JobProcess worker = await JobProcess.StartAsync(archive.Sandbox);
        using var download = new BareDownload(archive.Sandbox, new Uri(archive.Address));

        // The sandbox is as new as the worker: neither side is to pay for its first steps.
        await download.RunAsync();
        await BareUpload.RunAsync(archive.Sandbox, RoutedArchive.Account, changed.Count, RoutedArchive.Mebibytes(BlobMebibytes));
        double bare = await download.RunAsync();
        await archive.Sandbox.ClearLogAsync();
        JobReport planned = await worker.PlanAsync([Subject]);
        JobReport erased = await worker.EraseAsync();
        Require.That(planned.Records >= changed.Count && erased.Records == planned.Records, "Not all that was planned was erased.");
        BlobRequests sent = (await BlobRequests.ReadAsync(archive)).To(changed);
        await Console.Error.WriteLineAsync($"   of {changed.Count} blobs: {sent.Description}");
        return ((planned.Seconds + erased.Seconds) / bare, (double)sent.Of(BlobRequests.Block, BlobRequests.Commit) / changed.Count);
    }
}
