using System.Collections.Concurrent;
using System.Globalization;
using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>
/// Erases while others write to the same places, erase from them, and get the same device IDs: at points that a seed draws. What belongs to
/// others must be there in the end, byte for byte, and nothing may be called gone that is not.
/// </summary>
internal sealed class RivalsFamily : IBenchmarkFamily
{
    private const int DefaultRuns = 10;

    public string Name => "rivals";

    public string Description =>
        "erasures beside other writers, other requests and reassigned IDs; takes the number of runs, or 'seed' and the first and last of "
        + "some";

    public async Task RunAsync(IReadOnlyList<string> arguments, Action<BenchmarkRow> report)
    {
        await SelfCheck.RunAsync();
        (int first, int last) = arguments switch
        {
            ["seed", { } one] => (Number(one), Number(one)),
            ["seed", { } from, { } to] => (Number(from), Number(to)),
            [{ } number, ..] => (1, Number(number)),
            _ => (1, DefaultRuns),
        };
        DateTimeOffset start = StartedClock.MiddleOfAnHour();
        var outcomes = new ConcurrentBag<RivalOutcome>();
        await Parallel.ForEachAsync(
            Enumerable.Range(first, last - first + 1),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            async (seed, _) =>
            {
                RivalOutcome outcome = await RivalRun.RunAsync(seed, start);
                outcomes.Add(outcome);
                await TellAsync(outcome, isWhole: first == last);
            }
        );

        report(new BenchmarkRow("rivals_runs", outcomes.Count, "runs", 200, AtMost: false));
        report(
            new BenchmarkRow(
                "rivals_conclusive_runs",
                outcomes.Count(outcome => outcome.IsConclusive),
                "runs",
                (outcomes.Count + 1) / 2,
                AtMost: false
            )
        );
        report(
            new BenchmarkRow("rivals_unforeseen_failures", outcomes.Sum(outcome => outcome.Unforeseen.Count), "failures", 0, AtMost: true)
        );
        report(new BenchmarkRow("rivals_bystander_losses", outcomes.Sum(outcome => outcome.Losses.Count), "losses", 0, AtMost: true));
        report(
            new BenchmarkRow("rivals_false_verdicts", outcomes.Sum(outcome => outcome.FalseVerdicts.Count), "verdicts", 0, AtMost: true)
        );
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static async Task TellAsync(RivalOutcome outcome, bool isWhole)
    {
        bool isBad = outcome.Losses.Count + outcome.FalseVerdicts.Count + outcome.Unforeseen.Count > 0;
        IEnumerable<string> lines =
        [
            .. isWhole || isBad ? outcome.Story : [],
            .. outcome.Losses.Take(5).Select(loss => $"LOST {loss}"),
            .. outcome.FalseVerdicts.Take(5).Select(verdict => $"FALSE {verdict}"),
        ];
        foreach (string line in lines)
            await Console.Error.WriteLineAsync($"seed {outcome.Seed}: {line}");
    }
}
