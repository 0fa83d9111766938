using System.Globalization;
using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Benchmarks.Scale;

/// <summary>What one machine, or one reading, is not enough for.</summary>
internal sealed class ScaleFamily : IBenchmarkFamily
{
    private static readonly (string Name, Func<AzuriteServer, int, Action<BenchmarkRow>, Task> RunAsync)[] s_parts =
    [
        ("latency", static (azurite, _, report) => LatencyRows.RunAsync(azurite, report)),
        ("scheduler", static (azurite, _, report) => SchedulerRows.RunAsync(azurite, report)),
        ("poison", static (azurite, _, report) => PoisonRow.RunAsync(azurite, report)),
        ("disturbed", DisturbedRuns.RunAsync),
        ("command", static (azurite, _, report) => LostCommandRow.RunAsync(azurite, report)),
        ("two-million", static (_, _, report) => TwoMillionRow.RunAsync(report)),
        ("search", static (_, _, report) => IndexSearch.RunAsync(report)),
        ("index", static (_, _, report) => IndexReads.RunAsync(report)),
    ];

    public string Name => "scale";

    public string Description =>
        $"workers in processes of their own, and the index of devices; takes parts ({string.Join(", ", s_parts.Select(static one => one.Name))}), and "
        + "'/N', which divides the number of disturbed runs, for a quick look";

    public async Task RunAsync(IReadOnlyList<string> arguments, Action<BenchmarkRow> report)
    {
        int divisor = arguments
            .Where(static argument => argument.StartsWith('/'))
            .Select(static argument => int.Parse(argument[1..], CultureInfo.InvariantCulture))
            .FirstOrDefault(1);
        string[] names = [.. arguments.Where(static argument => !argument.StartsWith('/'))];
        if (names.FirstOrDefault(static name => !s_parts.Any(one => one.Name == name)) is { } unknown)
            throw new ArgumentException($"There is no part '{unknown}'; the family has {Description}.");
        using var azurite = new AzuriteServer();
        foreach ((string name, Func<AzuriteServer, int, Action<BenchmarkRow>, Task> runAsync) in s_parts)
        {
            if (names.Length > 0 && !names.Contains(name))
                continue;
            await Console.Error.WriteLineAsync($"-- {name}");
            await runAsync(azurite, divisor, report);
        }
    }
}
