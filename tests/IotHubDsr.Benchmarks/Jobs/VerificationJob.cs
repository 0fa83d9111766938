namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>Erases a device that is in 10 of 500 blobs, and looks at what its verification reads of the others.</summary>
internal sealed class VerificationJob : IJob
{
    private const int Unmatched = 490;
    private const int Matched = 10;
    private const int BlobBytes = 100_000;
    private const string Subject = "th-999999";

    private static readonly BenchmarkRow Reads = new("verify_reads_unchanged", 0, "requests", 0, AtMost: true);

    public IReadOnlyList<BenchmarkRow> Rows => [Reads];

    public async Task RunAsync(JobSizes sizes, Action<BenchmarkRow> report)
    {
        await using RoutedArchive archive = await RoutedArchive.StartAsync();
        IReadOnlyList<string> matched = await archive.PlantAsync(
            RoutedArchive.FleetFile(BlobBytes, 1, Subject, message => message == 100),
            sizes.Of(Matched)
        );
        IReadOnlyList<string> others = await archive.PlantAsync(RoutedArchive.FleetFile(BlobBytes, 2), sizes.Of(Unmatched));
        await using JobProcess worker = await JobProcess.StartAsync(archive.Sandbox);
        await worker.PlanAsync([Subject]);
        await archive.Sandbox.ClearLogAsync();
        JobReport erased = await worker.EraseAsync();
        Require.That(erased.Records == matched.Count, "Not each of the blobs has had one record that was erased.");
        BlobRequests sent = (await BlobRequests.ReadAsync(archive)).To(others);
        await Console.Error.WriteLineAsync($"   of {others.Count} other blobs, after the plan: {sent.Description}");
        report(Reads with { Value = sent.Of(BlobRequests.Read, BlobRequests.Head) });
    }
}
