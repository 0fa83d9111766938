using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Benchmarks.Crash;

/// <summary>An erasure in one process that nobody disturbs: what a disturbed one must end like.</summary>
/// <param name="Verdicts">The verdicts.</param>
/// <param name="State">What the world holds at the end.</param>
/// <param name="Requests">How many requests were sent.</param>
/// <param name="FirstMutation">The number of the first that changed something in the hub.</param>
internal sealed record Undisturbed(
    IReadOnlyList<WorkerVerdict> Verdicts,
    SortedDictionary<string, string> State,
    long Requests,
    long FirstMutation
)
{
    /// <param name="worldSeed">The seed of the world.</param>
    /// <param name="oldVersions">Whether old copies are erased, too.</param>
    /// <param name="start">The time at which the world begins.</param>
    public static async Task<Undisturbed> RunAsync(int worldSeed, bool oldVersions, DateTimeOffset start)
    {
        await using CrashWorld world = await CrashWorld.StartAsync(worldSeed, start, inContainer: false);
        List<WorkerVerdict> verdicts = await WorkerProcess.RunAsync(world.Server, world.Job(oldVersions), static _ => false)
            ?? throw new InvalidOperationException("The undisturbed run ended early.");
        IReadOnlyList<LoggedRequest> log = world.Server.RequestLog.After(0);
        List<string> defects = [.. world.Defects()];
        return defects.Count > 0
            ? throw new InvalidOperationException($"The undisturbed run is not sound: {string.Join("; ", defects)}")
            : new Undisturbed(
                verdicts,
                await world.StateAsync(),
                log.Count,
                log.First(request => request is { Mutating: true, Service: "hub" }).Sequence
            );
    }

    /// <summary>How a world, and the verdicts on it, differ from this one, and what is wrong with it in itself.</summary>
    /// <param name="world">The world.</param>
    /// <param name="verdicts">The verdicts.</param>
    /// <param name="takesMinutes">Whether the hub's own records of deletions have come to the workspace meanwhile: one more for each.</param>
    public async Task<IEnumerable<string>> DifferencesAsync(
        CrashWorld world,
        IReadOnlyList<WorkerVerdict> verdicts,
        bool takesMinutes = false
    )
    {
        SortedDictionary<string, string> state = await world.StateAsync();
        Func<WorkerVerdict, WorkerVerdict> compared = takesMinutes ? WithoutNewRows : static verdict => verdict;
        return [.. Differences(verdicts, compared), .. Differences(state), .. world.Defects()];
    }

    private static WorkerVerdict WithoutNewRows(WorkerVerdict verdict) =>
        verdict is { Kind: "LogAnalyticsWorkspace", Verdict: Verdict.ErasurePending } ? verdict with { Remaining = null } : verdict;

    private IEnumerable<string> Differences(IReadOnlyList<WorkerVerdict> verdicts, Func<WorkerVerdict, WorkerVerdict> compared)
    {
        var known = Verdicts.Select(compared).ToDictionary(verdict => (verdict.DeviceId, verdict.Location));
        var found = verdicts.Select(compared).ToDictionary(verdict => (verdict.DeviceId, verdict.Location));
        return known
            .Keys.Union(found.Keys)
            .Select(key => (Was: known.GetValueOrDefault(key), Is: found.GetValueOrDefault(key)))
            .Where(static pair => pair.Was != pair.Is)
            .GroupBy(static pair => (pair.Was ?? pair.Is)!.Location)
            .Where(static place => !IsOtherOrder([.. place]))
            .SelectMany(static place => place)
            .Select(static pair => $"{pair.Was} became {pair.Is}");
    }

    private IEnumerable<string> Differences(SortedDictionary<string, string> state)
    {
        foreach (string key in State.Keys.Union(state.Keys))
        {
            if (State.GetValueOrDefault(key) != state.GetValueOrDefault(key))
                yield return $"{key}: {State.GetValueOrDefault(key)} became {state.GetValueOrDefault(key)}";
        }
    }

    /// <summary>
    /// A storage queue shows its front. Behind what was there before come the events of the deletions themselves, in the order in which the
    /// hub deleted side by side: whose are shown is chance, how many is not.
    /// </summary>
    private static bool IsOtherOrder(IReadOnlyList<(WorkerVerdict? Was, WorkerVerdict? Is)> place)
    {
        return place.All(static pair => pair is { Was: { Kind: "StorageQueue", Erased: 0 }, Is.Erased: 0 })
            && Verdicts(place.Select(static pair => pair.Was!)).SequenceEqual(Verdicts(place.Select(static pair => pair.Is!)));

        static IEnumerable<(Verdict, long?)> Verdicts(IEnumerable<WorkerVerdict> verdicts) =>
            verdicts.Select(static one => (one.Verdict, one.Remaining)).Order();
    }
}
