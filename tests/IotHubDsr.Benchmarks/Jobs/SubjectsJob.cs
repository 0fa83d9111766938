using IotHubDsr.Benchmarks.Archives;

namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>Plans for 10,000 devices over 5,000 blobs, each of which holds 100 of them.</summary>
internal sealed class SubjectsJob : IJob
{
    private const int Devices = 10_000;
    private const int Blobs = 5_000;
    private const int DevicesPerBlob = 100;
    private const int BlobBytes = 100_000;

    private static readonly BenchmarkRow Peak = new("subjects_peak_mib", 0, "MiB", 350, AtMost: true);

    public IReadOnlyList<BenchmarkRow> Rows => [Peak];

    public async Task RunAsync(JobSizes sizes, Action<BenchmarkRow> report)
    {
        int groups = sizes.Of(Devices / DevicesPerBlob);
        await using RoutedArchive archive = await RoutedArchive.StartAsync("--units", FleetJob.Units);
        for (int group = 0; group < groups; group++)
        {
            int first = group * DevicesPerBlob;
            byte[] file = RoutedArchive.File(BlobBytes, group, message => Sender.Of(Telemetry.IdOf(first + (message % DevicesPerBlob))));
            await archive.PlantAsync(file, Blobs * DevicesPerBlob / Devices);
        }

        await using JobProcess worker = await JobProcess.StartAsync(archive.Sandbox);
        JobReport planned = await worker.PlanAsync([.. Enumerable.Range(0, groups * DevicesPerBlob).Select(Telemetry.IdOf)]);
        Require.That(
            planned.Records >= groups * Blobs * DevicesPerBlob / Devices * DevicesPerBlob,
            "Not each blob holds each device of its group."
        );
        report(Peak with { Value = planned.PeakMib });
    }
}
