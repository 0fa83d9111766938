using System.Diagnostics;
using System.Globalization;
using IotHubDsr.Benchmarks.Sandboxes;

namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>Erases 900 devices of the seeded world in a PowerShell session.</summary>
internal sealed class SeededFleetJob : IJob
{
    private const int Scale = 25;
    private const int Devices = 900;

    private static readonly BenchmarkRow Peak = new("devices_900_peak_mib", 0, "MiB", 300, AtMost: true);
    private static readonly BenchmarkRow Journal = new("devices_900_journal_mib", 0, "MiB", 4, AtMost: true);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    public IReadOnlyList<BenchmarkRow> Rows => [Peak, Journal];

    public async Task RunAsync(JobSizes sizes, Action<BenchmarkRow> report)
    {
        await using WarmSandbox sandbox = await WarmSandbox.StartAsync("--scale", sizes.Of(Scale).ToString(CultureInfo.InvariantCulture));
        var store = new RequestFolder(Directory.CreateTempSubdirectory("jobs-").FullName);
        double peak = await PeakAsync(sandbox, store, sizes.Of(Devices));
        await Console.Error.WriteLineAsync($"   {store.Description}");
        report(Peak with { Value = peak });
        report(Journal with { Value = store.JournalBytes / 1024.0 / 1024.0 });
        Directory.Delete(store.Path, recursive: true);
    }

    private static async Task<double> PeakAsync(WarmSandbox sandbox, RequestFolder store, int devices)
    {
        string script = $$"""
            $erased = 0
            1..{{devices}} | ForEach-Object { 'th-{0:D3}' -f $_ } | Remove-IotDeviceData -Force |
                ForEach-Object { $erased += $_.RecordsErased }
            "erased $erased"
            """;
        using Process process = PowerShellProcess.StartWithModule(
            $"{sandbox.ConnectScript($"-RequestStore '{store.Path}' -ThrottleShare 1")}\n{script}"
        );
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        double peak = await PeakMemory.WatchAsync(process, PollInterval);
        Require.That(
            process.ExitCode == 0
                && (await output).Contains("erased ", StringComparison.Ordinal)
                && !(await output).Contains("erased 0", StringComparison.Ordinal),
            $"Nothing was erased: {await output} {await errors}"
        );
        await Console.Error.WriteLineAsync($"   {(await output).Trim()} {(await errors).Trim()}");
        return peak;
    }
}
