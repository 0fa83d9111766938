using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace IotHubDsr.Benchmarks.Scale;

/// <summary>Workers in processes of their own, which can be stopped, made to go on, and killed.</summary>
internal sealed class WorkerFleet(ScaleOrder order) : IAsyncDisposable
{
    private const string Stop = "STOP";
    private const string Continue = "CONT";

    private readonly ConcurrentDictionary<string, Process> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<double> _peaks = [];

    /// <summary>The names of those that live, stopped or not.</summary>
    public IReadOnlyList<string> Names => [.. _byName.Where(static one => !one.Value.HasExited).Select(static one => one.Key)];

    /// <summary>The most memory that a worker has taken that ended by itself, in MiB.</summary>
    public double PeakMib => _peaks.IsEmpty ? 0 : _peaks.Max();

    /// <summary>Starts workers, and waits until they tell their names: then they look for work.</summary>
    public async Task StartAsync(int count) => await Task.WhenAll(Enumerable.Range(0, count).Select(_ => StartAsync()));

    public void Kill(string name) => _byName[name].Kill();

    public void Halt(string name) => Signal(_byName[name], Stop);

    public void GoOn(string name) => Signal(_byName[name], Continue);

    /// <summary>Ends all in an orderly way.</summary>
    public async Task EndAsync()
    {
        foreach (Process process in _byName.Values)
        {
            if (process.HasExited)
                continue;
            Signal(process, Continue);
            process.StandardInput.Close();
        }

        foreach (Process process in _byName.Values)
        {
            string rest = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            string? last = rest.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(static line => line.StartsWith('{'));
            if (last is not null)
                _peaks.Add(JsonSerializer.Deserialize<ScaleReport>(last)!.PeakMib);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        foreach (Process process in _byName.Values)
            process.Dispose();
    }

    private async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(WorkerFleet).Assembly.Location, ScaleWorker.Name])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order));
        await process.StandardInput.FlushAsync();
        string name = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("A worker did not start.");
        _byName[name] = process;
    }

    private static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        if (kill.ExitCode != 0 && !process.HasExited)
            throw new InvalidOperationException($"Process {process.Id} could not be sent the signal {signal}.");
    }
}
