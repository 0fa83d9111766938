using System.Collections.Concurrent;
using System.Globalization;
using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Benchmarks.Crash;

/// <summary>
/// Kills erasures of 50 devices at random points, resumes them, and compares with undisturbed ones: verdicts, counts, what others have, the
/// journal, and that nothing was done twice.
/// </summary>
internal sealed class CrashFamily : IBenchmarkFamily
{
    private const int DefaultRuns = 20;
    private const int Worlds = 5;

    // Each kill of a worker whose evidence is in a container costs a minute of the world's clock: after more of them the hub's own record
    // of the deletion would arrive, which it does not in an undisturbed run.
    private const int MostKills = 4;

    // Each kill in the middle of a walk leaves messages of others that were received once more. After three, of a queue that allows five
    // deliveries, the tool, rightly, takes no message out any more, which an undisturbed run does.
    private const int MostKillsOfWalks = 2;
    private const int ContainerEvery = 4;
    private const int OldVersionsEvery = 3;

    private readonly ConcurrentDictionary<(int World, bool OldVersions), Lazy<Task<Undisturbed>>> _undisturbed = new();
    private readonly DateTimeOffset _start = StartedClock.MiddleOfAnHour();

    public string Name => "crash";

    public string Description =>
        "erasures that are killed and resumed, compared with undisturbed ones; takes the number of runs, and the first of them";

    public async Task RunAsync(IReadOnlyList<string> arguments, Action<BenchmarkRow> report)
    {
        int runs = arguments is [{ } number, ..] ? int.Parse(number, CultureInfo.InvariantCulture) : DefaultRuns;
        int first = arguments is [_, { } one, ..] ? int.Parse(one, CultureInfo.InvariantCulture) : 1;
        int mismatches = 0,
            kills = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(first, runs),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            async (seed, _) =>
            {
                (int killed, IReadOnlyList<string> differences) = await CompareAsync(seed);
                Interlocked.Add(ref kills, killed);
                Interlocked.Add(ref mismatches, differences.Count > 0 ? 1 : 0);
                foreach (string difference in differences.Take(5))
                    await Console.Error.WriteLineAsync($"seed {seed}: {difference}");
            }
        );

        report(new BenchmarkRow("crash_runs", runs, "runs", 200, AtMost: false));
        report(new BenchmarkRow("crash_kills", kills, "kills", runs, AtMost: false));
        report(new BenchmarkRow("crash_mismatches", mismatches, "runs", 0, AtMost: true));
    }

    private async Task<(int Kills, IReadOnlyList<string> Differences)> CompareAsync(int seed)
    {
        int worldSeed = (seed % Worlds) + 1;
        bool oldVersions = seed % OldVersionsEvery == 0;
        bool inContainer = seed % ContainerEvery == 0;
        Undisturbed expected = await _undisturbed
            .GetOrAdd((worldSeed, oldVersions), key => new Lazy<Task<Undisturbed>>(() =>
                Undisturbed.RunAsync(key.World, key.OldVersions, _start)
            ))
            .Value;

        var random = new Random(seed);
        await using CrashWorld world = await CrashWorld.StartAsync(worldSeed, _start, inContainer);
        int kills = 0;
        List<WorkerVerdict>? verdicts = null;
        while (verdicts is null)
        {
            long? killAt =
                kills == 0 || (kills < (world.Settles ? MostKillsOfWalks : MostKills) && random.Next(3) == 0)
                    ? PointIn(expected, kills, random)
                    : null;
            verdicts = await WorkAsync(world, oldVersions, killAt, atAnswer: random.Next(2) == 0);
            kills += verdicts is null ? 1 : 0;
            if (verdicts is null)
                world.LetGo();
        }

        return (kills, [.. await expected.DifferencesAsync(world, verdicts)]);
    }

    /// <summary>The request at which a worker is killed: mostly where it destroys, sometimes before; a resume is shorter.</summary>
    private static long PointIn(Undisturbed expected, int kills, Random random)
    {
        long first = random.Next(6) == 0 ? 1 : Math.Max(1, expected.FirstMutation - 3);
        return kills == 0 ? random.NextInt64(first, expected.Requests + 1) : random.NextInt64(5, (expected.Requests / 2) + 5);
    }

    /// <summary>Runs a worker; null when it was killed.</summary>
    private static async Task<List<WorkerVerdict>?> WorkAsync(CrashWorld world, bool oldVersions, long? killAt, bool atAnswer)
    {
        long before = world.Server.RequestLog.After(0).Count;
        bool IsLast(LoggedRequest request) =>
            killAt is { } point && request.Sequence == before + point && ((request.Status != 0) == atAnswer || IsOverAmqp(request));
        return await WorkerProcess.RunAsync(world.Server, world.Job(oldVersions), IsLast);
    }

    /// <summary>Such an operation is told once, as its answer goes out.</summary>
    private static bool IsOverAmqp(LoggedRequest request) => request.Service is "eventhubs" or "servicebus" or "messaging";
}
