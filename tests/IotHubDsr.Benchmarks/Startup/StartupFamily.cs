using System.Diagnostics;
using System.Globalization;
using IotHubDsr.Benchmarks.Sandboxes;
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
        (double finding, double blob) = await FirstFindingAsync();
        report(new BenchmarkRow("first_finding_vs_bare", finding / blob, "ratio", 1.6, AtMost: true));
        report(new BenchmarkRow("first_finding_s", finding, "s", 2.7, AtMost: true));
        report(new BenchmarkRow("peak_mib", await PeakAsync(), "MiB", 250, AtMost: true));
    }

    /// <summary>Median of the module's import less the median of an empty binary module's, in new processes, turn by turn.</summary>
    private static async Task<double> ImportAsync()
    {
        string module = PowerShellProcess.Manifest;
        string empty = PowerShellProcess.OutputOf("tests", "IotHubDsr.EmptyModule", "net8.0", "IotHubDsr.EmptyModule.psd1");
        List<double> modules = [],
            empties = [];
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

    /// <summary>
    /// Seconds from the start of a new process to the first finding, and to the first blob that a minimal module lists with Microsoft's
    /// libraries and the same credential; turn by turn, on a sandbox that has answered before.
    /// </summary>
    private static async Task<(double Finding, double Blob)> FirstFindingAsync()
    {
        await using WarmSandbox sandbox = await WarmSandbox.StartAsync();
        string bareModule = PowerShellProcess.OutputOf("tests", "IotHubDsr.BareModule", "net8.0", "IotHubDsr.BareModule.psd1");
        string finding = PowerShellTool.WithModule(
            PowerShellProcess.Manifest,
            $"{sandbox.ConnectScript()}; Get-IotDeviceDataFootprint dev1 | ForEach-Object {{ 'found' }}"
        );
        string blob = PowerShellTool.WithModule(bareModule, $"{sandbox.BareScript} | ForEach-Object {{ 'found' }}");
        await FirstOutputAsync(finding);
        await FirstOutputAsync(blob);
        List<double> findings = [],
            blobs = [];
        for (int round = 0; round < Rounds; round++)
        {
            findings.Add(await FirstOutputAsync(finding));
            blobs.Add(await FirstOutputAsync(blob));
        }

        return (Median(findings), Median(blobs));
    }

    private static async Task<double> FirstOutputAsync(string command)
    {
        long started = Stopwatch.GetTimestamp();
        using Process process = PowerShellProcess.Start("-Command", command);
        string? line;
        while ((line = await process.StandardOutput.ReadLineAsync()) is not null and not "found") { }

        double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return line is null ? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync()) : elapsed;
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
