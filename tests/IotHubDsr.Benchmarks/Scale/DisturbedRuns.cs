using System.Collections.Concurrent;
using System.Globalization;
using IotHubDsr.Benchmarks.Crash;
using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Benchmarks.Scale;

/// <summary>
/// Erasures of 50 devices by three workers which, in the middle of what they do, are stopped for longer than their leases last, killed and
/// replaced; in some, the process that waits for them is killed as well, and another one goes on. Each must end like an undisturbed one in a
/// single process.
/// </summary>
internal static class DisturbedRuns
{
    private const int Runs = 50;
    private const int Worlds = 5;
    private const int Workers = 3;
    private const int SideBySide = 3;
    private const int CommandLostEvery = 5;
    private const int LatestRequest = 120;

    /// <summary>A lease lasts 30 s.</summary>
    private static readonly TimeSpan s_stop = TimeSpan.FromSeconds(34);

    /// <summary>The lease of a request lasts 60 s.</summary>
    private static readonly TimeSpan s_leaseOfRequest = TimeSpan.FromSeconds(62);

    private static readonly BenchmarkRow s_double = new("double_commits", 0, "commits", 0, AtMost: true);
    private static readonly BenchmarkRow s_mismatches = new("scale_mismatches", 0, "runs", 0, AtMost: true);

    public static async Task RunAsync(AzuriteServer azurite, int divisor, Action<BenchmarkRow> report)
    {
        DateTimeOffset start = StartedClock.MiddleOfAnHour();
        var undisturbed = new ConcurrentDictionary<int, Lazy<Task<Undisturbed>>>();
        int mismatches = 0;
        int stray = 0;
        int commits = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(1, Runs / divisor),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide },
            async (seed, _) =>
            {
                int world = (seed % Worlds) + 1;
                Undisturbed expected = await undisturbed
                    .GetOrAdd(world, key => new Lazy<Task<Undisturbed>>(() => Undisturbed.RunAsync(key, oldVersions: false, start)))
                    .Value;
                (CommitWatch watch, List<string> differences) = await DisturbAsync(seed, world, start, azurite, expected);
                Interlocked.Add(ref commits, watch.Commits);
                Interlocked.Add(ref stray, watch.Stray.Count);
                Interlocked.Add(ref mismatches, differences.Count > 0 ? 1 : 0);
                foreach (string difference in watch.Stray.Concat(differences).Take(5))
                    await Console.Error.WriteLineAsync($"   seed {seed}: {difference}");
                await Console.Error.WriteLineAsync($"   seed {seed} has ended");
            }
        );
        await Console.Error.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"   {Runs / divisor} runs, {commits} commits by workers")
        );
        report(s_double with { Value = stray });
        report(s_mismatches with { Value = mismatches });
    }

    private static async Task<(CommitWatch Watch, List<string> Differences)> DisturbAsync(
        int seed,
        int worldSeed,
        DateTimeOffset start,
        AzuriteServer azurite,
        Undisturbed expected
    )
    {
        var random = new Random(seed);
        await using CrashWorld world = await CrashWorld.StartAsync(worldSeed, start, inContainer: true, clockRate: 1);
        EngineAccount account = await azurite.OpenAccountAsync();
        var order = new ScaleOrder(world.Sandbox, world.Store, account) { Now = world.Clock.GetUtcNow(), PatienceSeconds = 3_600 };
        await using var fleet = new WorkerFleet(order);
        await fleet.StartAsync(Workers);
        var watch = new CommitWatch(world);
        var trouble = new Trouble(fleet, random);
        long? killAt = seed % CommandLostEvery == 0 ? random.NextInt64(expected.FirstMutation, expected.Requests) : null;
        List<WorkerVerdict>? verdicts = null;
        while (verdicts is null)
        {
            long before = world.Server.RequestLog.After(0).Count;
            long? at = killAt;
            bool IsLast(LoggedRequest request)
            {
                watch.See(request, trouble.Names);
                trouble.See(request);
                return request.Sequence == before + at;
            }

            verdicts = await WorkerProcess.RunAsync(world.Server, world.Job(includeOldVersions: false) with { Engine = account }, IsLast);
            killAt = null;
            if (verdicts is null)
                await Task.Delay(s_leaseOfRequest);
        }

        await trouble.EndAsync();
        return (watch, [.. await expected.DifferencesAsync(world, verdicts, takesMinutes: true)]);
    }

    /// <summary>What happens to the workers of a run.</summary>
    private sealed class Trouble
    {
        private readonly WorkerFleet _fleet;
        private readonly ConcurrentDictionary<string, Plan> _plans;
        private readonly ConcurrentBag<Task> _later = [];
        private readonly ConcurrentDictionary<string, bool> _names = new(StringComparer.Ordinal);

        public Trouble(WorkerFleet fleet, Random random)
        {
            _fleet = fleet;
            _plans = new ConcurrentDictionary<string, Plan>(
                fleet.Names.Select(name => KeyValuePair.Create(name, new Plan(random.Next(1, LatestRequest), random.Next(3) > 0))),
                StringComparer.Ordinal
            );
            foreach (string name in fleet.Names)
                _names[name] = true;
        }

        public IReadOnlyCollection<string> Names => [.. _names.Keys];

        /// <summary>At the planned request of a worker, before it is handled or while it is, the worker is stopped or killed.</summary>
        public void See(LoggedRequest request)
        {
            if (!_plans.TryGetValue(request.ClientRequestId, out Plan? plan) || Interlocked.Decrement(ref plan.Left) != 0)
                return;
            string name = request.ClientRequestId;
            if (plan.IsStop)
            {
                _fleet.Halt(name);
                _later.Add(GoOnAsync(name));
            }
            else
            {
                _fleet.Kill(name);
                _later.Add(ReplaceAsync());
            }
        }

        public async Task EndAsync()
        {
            foreach (Task later in _later)
                await later;
        }

        private async Task GoOnAsync(string name)
        {
            await Task.Delay(s_stop);
            _fleet.GoOn(name);
        }

        private async Task ReplaceAsync()
        {
            await Task.Yield();
            await _fleet.StartAsync(1);
            foreach (string name in _fleet.Names)
                _names[name] = true;
        }

        private sealed class Plan(int left, bool isStop)
        {
            public int Left = left;

            public bool IsStop => isStop;
        }
    }
}
