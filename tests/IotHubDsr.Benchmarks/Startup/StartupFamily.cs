using System.Diagnostics;
using System.Globalization;
using IotHubDsr.Tests;

namespace IotHubDsr.Benchmarks.Startup;

/// <summary>What a user waits for before the first answer, and how much memory a whole request takes.</summary>
internal sealed class StartupFamily : IBenchmarkFamily
{
    private const int Rounds = 7;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    public string Name => "startup";

    public string Description => "import of the module, time to the first finding, peak memory of the Quickstart";

    public async Task RunAsync(IReadOnlyList<string> arguments, Action<BenchmarkRow> report)
    {
        report(new BenchmarkRow("import_ms", await ImportAsync(), "ms", 100, AtMost: true));
        report(new BenchmarkRow("first_finding_s", await FirstFindingAsync(), "s", 2, AtMost: true));
        report(new BenchmarkRow("peak_mib", await PeakAsync(), "MiB", 250, AtMost: true));
    }

    /// <summary>Median of the module's import less the median of an empty binary module's, in new processes, turn by turn.</summary>
    private static async Task<double> ImportAsync()
    {
        string module = PowerShellProcess.Manifest;
        string empty = PowerShellProcess.OutputOf("tests", "IotHubDsr.EmptyModule", "net8.0", "IotHubDsr.EmptyModule.psd1");
        List<double> modules = [], empties = [];
        for (int round = 0; round < Rounds; round++)
        {
            modules.Add(await ImportAsync(module));
            empties.Add(await ImportAsync(empty));
        }

        return Median(modules) - Median(empties);
    }

    private static async Task<double> ImportAsync(string manifest)
    {
        string script = $"$w = [Diagnostics.Stopwatch]::StartNew(); Import-Module '{manifest}'; [string] $w.Elapsed.TotalMilliseconds";
        string output = await PowerShellProcess.RunAsync("-Command", script);
        return double.Parse(output.Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>From the start of a new process to the first finding, on a sandbox that has answered before.</summary>
    private static async Task<double> FirstFindingAsync()
    {
        await using var sandbox = await WarmSandbox.StartAsync();
        string script = $"{sandbox.ConnectScript}; Get-IotDeviceDataFootprint dev1 | ForEach-Object {{ 'finding' }}";
        await PowerShellProcess.RunAsync("-Command", PowerShellTool.WithModule(PowerShellProcess.Manifest, script));
        List<double> seconds = [];
        for (int round = 0; round < Rounds; round++)
        {
            long started = Stopwatch.GetTimestamp();
            using Process process = PowerShellProcess.StartWithModule(script);
            string? line;
            while ((line = await process.StandardOutput.ReadLineAsync()) is not null and not "finding")
            {
            }

            double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (line is null)
                throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
            seconds.Add(elapsed);
        }

        return Median(seconds);
    }

    /// <summary>The highest peak working set that the system reports for the PowerShell process of a whole Quickstart.</summary>
    private static async Task<double> PeakAsync()
    {
        using Process process = PowerShellProcess.Start("-File", "module/Examples/Quickstart.ps1");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        double peak = await PeakMemory.WatchAsync(process, PollInterval);
        await output;
        return process.ExitCode == 0 ? peak : throw new InvalidOperationException(await errors);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
