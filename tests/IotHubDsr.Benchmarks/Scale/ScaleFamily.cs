using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Benchmarks.Scale;

/// <summary>What one machine, or one reading, is not enough for.</summary>
internal sealed class ScaleFamily : IBenchmarkFamily
{
    private static readonly (string Name, Func<AzuriteServer, Action<BenchmarkRow>, Task> RunAsync)[] s_parts =
    [
        ("latency", LatencyRows.RunAsync),
        ("scheduler", SchedulerRows.RunAsync),
        ("poison", PoisonRow.RunAsync),
        ("disturbed", DisturbedRuns.RunAsync),
        ("command", LostCommandRow.RunAsync),
        ("two-million", static (_, report) => TwoMillionRow.RunAsync(report)),
        ("search", static (_, report) => IndexSearch.RunAsync(report)),
        ("index", static (_, report) => IndexReads.RunAsync(report)),
    ];

    public string Name => "scale";

    public string Description =>
        $"workers in processes of their own, and the index of devices; takes parts: {string.Join(", ", s_parts.Select(static one => one.Name))}";

    public async Task RunAsync(IReadOnlyList<string> arguments, Action<BenchmarkRow> report)
    {
        if (arguments.FirstOrDefault(static name => !s_parts.Any(one => one.Name == name)) is { } unknown)
            throw new ArgumentException($"There is no part '{unknown}'; the family has {Description}.");
        using var azurite = new AzuriteServer();
        foreach ((string name, Func<AzuriteServer, Action<BenchmarkRow>, Task> runAsync) in s_parts)
        {
            if (arguments.Count > 0 && !arguments.Contains(name))
                continue;
            await Console.Error.WriteLineAsync($"-- {name}");
            await runAsync(azurite, report);
        }
    }
}
