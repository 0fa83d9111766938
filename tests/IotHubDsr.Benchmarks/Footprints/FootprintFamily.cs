using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using IotHubDsr.Benchmarks.Jobs;
using IotHubDsr.Benchmarks.Sandboxes;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;
using IotHubDsr.Tests;

namespace IotHubDsr.Benchmarks.Footprints;

/// <summary>
/// The footprint of one device over a hub with a location of every kind, whose services all answer later: in a new PowerShell process for
/// time and memory, and in a session that has read before for what one location waits for another.
/// </summary>
internal sealed class FootprintFamily : IBenchmarkFamily
{
    private const int Rounds = 3;
    private const string Device = "dev1";
    private const string Measured = "seconds ";

    private static readonly TimeSpan s_latency = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(50);

    private static readonly BenchmarkRow s_seconds = new("footprint_all_kinds_s", 0, "s", 10, AtMost: true);
    private static readonly BenchmarkRow s_peak = new("footprint_peak_mib", 0, "MiB", 250, AtMost: true);
    private static readonly BenchmarkRow s_ratio = new("footprint_vs_slowest", 0, "ratio", 1.5, AtMost: true);

    public string Name => "footprint";

    public string Description => "the footprint of one device over a hub with every kind of location, 50 ms late: time, memory, waiting";

    public async Task RunAsync(IReadOnlyList<string> arguments, Action<BenchmarkRow> report)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        string file = Path.Combine(Path.GetTempPath(), $"footprint-{Guid.NewGuid():N}.json");
        try
        {
            await File.WriteAllTextAsync(file, OtherKinds());
            await sandbox.DelayAllAsync(s_latency);
            await MeasureProcessAsync(sandbox, file, report);
            await MeasureWaitingAsync(sandbox, file, report);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Places of the kinds that the seeded hub does not lead to, and that a location file can name in words.</summary>
    private static string OtherKinds() =>
        JsonSerializer.Serialize(new { locations = Missing().Select(static kind => new { kind, place = $"a place of the kind {kind}" }) });

    private static IEnumerable<string> Missing() =>
        [
            LocationKinds.DeviceRegistryNamespace,
            LocationKinds.EventHandler,
            LocationKinds.HybridConnection,
            LocationKinds.PartnerSolution,
            LocationKinds.ResourceLogArchive,
            LocationKinds.SentinelDataLake,
            LocationKinds.StreamAnalyticsOutput,
            LocationKinds.WorkspaceReplica,
        ];

    private static async Task MeasureProcessAsync(BlobSandbox sandbox, string file, Action<BenchmarkRow> report)
    {
        string script = PowerShellTool.WithModule(
            PowerShellProcess.Manifest,
            $$"""
            {{sandbox.ConnectScript($"-LocationFile '{file}'")}}
            $w = [Diagnostics.Stopwatch]::StartNew()
            $found = @(Get-IotDeviceDataFootprint {{Device}} -WarningAction SilentlyContinue)
            "{{Measured}}" + $w.Elapsed.TotalSeconds.ToString([cultureinfo]::InvariantCulture)
            $found | ForEach-Object { $_.Location.Kind } | Sort-Object -Unique
            """
        );
        List<double> seconds = [],
            peaks = [];
        for (int round = 0; round < Rounds; round++)
        {
            using Process process = PowerShellProcess.Start("-Command", script);
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            peaks.Add(await PeakMemory.WatchAsync(process, s_pollInterval));
            string[] lines = (await output).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            Require.That(process.ExitCode == 0, await errors);
            seconds.Add(
                double.Parse(
                    lines.First(static line => line.StartsWith(Measured, StringComparison.Ordinal))[Measured.Length..],
                    CultureInfo.InvariantCulture
                )
            );
            string[] missing =
            [
                .. SinkCatalogue
                    .OfModule.Kinds.All.Select(static kind => kind.Kind)
                    .Where(static kind => kind is not (PlaceKinds.Unread or LocationKinds.DeviceIndex))
                    .Except(lines, StringComparer.Ordinal),
            ];
            Require.That(missing.Length == 0, $"There was no location of the kinds {string.Join(", ", missing)}.");
        }

        report(s_seconds with { Value = Median.Of(seconds) });
        report(s_peak with { Value = peaks.Max() });
    }

    /// <summary>The footprint in a session that has read before, against the location that takes longest alone.</summary>
    private static async Task MeasureWaitingAsync(BlobSandbox sandbox, string file, Action<BenchmarkRow> report)
    {
        await using JobProcess worker = await JobProcess.StartAsync(sandbox, locationFile: file);
        await worker.FindAsync([Device]);
        List<double> wholes = [];
        for (int round = 0; round < Rounds; round++)
            wholes.Add((await worker.FindAsync([Device])).Seconds);
        JobReport apart = await worker.FindApartAsync(Device);
        foreach ((string location, double alone) in apart.Slowest)
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"   {alone:F2} s {location}"));
        report(s_ratio with { Value = Median.Of(wholes) / apart.Slowest.Max(static one => one.Seconds) });
    }
}
