using System.Globalization;
using IotHubDsr.Benchmarks.Archives;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>Erases 10,000 registered devices, half of which have records in 10 blobs each, from plan to certificate.</summary>
internal sealed class FleetJob : IJob
{
    /// <summary>Units of a hub that lets a large fleet be erased without waiting for it.</summary>
    public const string Units = "200";

    private const int Devices = 10_000;
    private const int DevicesPerBlob = 100;
    private const int BlobsPerDevice = 10;
    private const int BlobBytes = 100_000;

    // The sandbox makes so many ordinary devices for each unit of scale.
    private const int DevicesPerScale = 40;

    private static readonly BenchmarkRow Peak = new("devices_10k_peak_mib", 0, "MiB", 400, AtMost: true);
    private static readonly BenchmarkRow Evidence = new("devices_10k_evidence_mib", 0, "MiB", 60, AtMost: true);

    public IReadOnlyList<BenchmarkRow> Rows => [Peak, Evidence];

    public async Task RunAsync(JobSizes sizes, Action<BenchmarkRow> report)
    {
        int scale = sizes.Of(Devices / DevicesPerScale, least: 5);
        await using RoutedArchive archive = await RoutedArchive.StartAsync(
            "--units",
            Units,
            "--scale",
            scale.ToString(CultureInfo.InvariantCulture)
        );
        List<Sender> fleet = Fleet(scale);
        foreach ((int index, Sender[] group) in fleet.Take(fleet.Count / 2).Chunk(DevicesPerBlob).Index())
            await archive.PlantAsync(RoutedArchive.File(BlobBytes, index, message => group[message % group.Length]), BlobsPerDevice);

        await using JobProcess worker = await JobProcess.StartAsync(archive.Sandbox);
        JobReport planned = await worker.PlanAsync([.. fleet.Select(device => device.DeviceId)]);
        JobReport erased = await worker.EraseAsync();
        Require.That(planned.Records >= fleet.Count * 5 && erased.Records >= planned.Records, "Not all that was planned was erased.");
        await Console.Error.WriteLineAsync($"   {worker.Evidence.Description}");
        report(Peak with { Value = erased.PeakMib });
        report(Evidence with { Value = worker.Evidence.OtherBytes / 1024.0 / 1024.0 });
    }

    /// <summary>The ordinary devices of the sandbox: what follows from the seed is the same in its process and in this one.</summary>
    private static List<Sender> Fleet(int scale)
    {
        HubRegistry registry = WorldBuilder.Build(new SandboxOptions { Scale = scale, HasData = false }).Registry;
        return
        [
            .. registry
                .Devices.Where(device => device.DeviceId.StartsWith("th-", StringComparison.Ordinal))
                .Select(device => new Sender(device.DeviceId, device.GenerationId)),
        ];
    }
}
