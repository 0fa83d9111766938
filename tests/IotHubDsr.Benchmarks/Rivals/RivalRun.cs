using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>One erasure and everybody who acts meanwhile, as a seed draws them.</summary>
internal sealed class RivalRun
{
    private readonly RivalScript _script;
    private readonly Oracle _oracle;
    private readonly List<string> _story = [];
    private readonly List<string> _unforeseen = [];
    private readonly List<(RivalStage Stage, Moment? At, IRival Rival)> _waiting = [];
    private readonly SemaphoreSlim _stage = new(1);
    private RivalStage _now = RivalStage.Before;

    private RivalRun(RivalWorld world, RivalScript script)
    {
        World = world;
        _script = script;
        _oracle = new Oracle(world);
        _waiting.AddRange(script.Cast.Select(one => (one.At.Stage, (Moment?)one.At, one.Rival)));
    }

    public RivalWorld World { get; }

    /// <summary>The devices of the request.</summary>
    public IReadOnlyList<string> Subjects => _script.Subjects;

    /// <summary>Whether the ID of a subject was given to somebody else.</summary>
    public bool IsReassigned { get; set; }

    public static async Task<RivalOutcome> RunAsync(int seed, DateTimeOffset start)
    {
        var script = RivalScript.Of(seed);
        await using RivalWorld world = await RivalWorld.StartAsync(script.World, start, script.InContainer);
        var run = new RivalRun(world, script);
        await run.PlayAsync();
        return new RivalOutcome(seed, run._oracle.Losses, run._oracle.FalseVerdicts, run._oracle.IsConclusive, run._unforeseen, run._story);
    }

    public Task<EngineSession> ConnectAsync(string store) =>
        EngineSession.ConnectAsync(World.Sandbox, store, World.Clock, _script.ThrottleLimit);

    /// <summary>A folder for the requests of another admin.</summary>
    public string NewStore() => Directory.CreateDirectory(World.NewPath()).FullName;

    /// <summary>Devices that no request is about, those that share their blobs first.</summary>
    public IEnumerable<string> SomeBystanders(Random random, int count) =>
        DeviceSeed
            .LookAlikes.Concat(World.Server.World.Truth.Devices.OrderBy(_ => random.Next()))
            .Except(Subjects, StringComparer.Ordinal)
            .Where(device => !_oracle.IsConcerned(device))
            .Take(count);

    /// <summary>Devices of which a request may erase, as they are now.</summary>
    public void Concern(IEnumerable<string> devices) => _oracle.Concern(devices.Select(World.Ledger.CurrentOf));

    /// <summary>Lets somebody act somewhat later: in this stage, or after it.</summary>
    public void Later(Random random, IRival rival) => _waiting.Add((_now, Moment.In(_now, random), rival));

    public void Tell(string what) => _story.Add(what);

    /// <summary>Tells of a fault. Whatever rivals do, it is one of those that the module knows.</summary>
    public void Tell(string what, Fault fault)
    {
        _story.Add($"{what}: {fault}");
        if (fault.Id == FaultCatalogue.Unforeseen.Id)
            _unforeseen.Add($"{what}: {fault}");
    }

    /// <summary>Runs a request, or a part of it, and judges what it says by what the world holds before and after it.</summary>
    public async Task<List<WorkerVerdict>?> JudgeAsync(Func<Task<List<WorkerVerdict>?>> erase)
    {
        Reading before = World.Read();
        int arrivals = World.Ledger.Arrivals;
        List<WorkerVerdict>? verdicts = await erase();
        _oracle.Judge(verdicts ?? [], before, World.Read(), World.Ledger.ArrivedSince(arrivals), $"{_now}");
        return verdicts;
    }

    /// <summary>The same of the request of this run, whose certificate is judged as well.</summary>
    private async Task<List<WorkerVerdict>?> JudgeOwnAsync(Func<Task<List<WorkerVerdict>?>> erase)
    {
        List<WorkerVerdict>? verdicts = await JudgeAsync(erase);
        if (verdicts is not null && World.Certificate is { } certificate)
            _oracle.Judge(verdicts, certificate, $"{_now}");
        return verdicts;
    }

    private async Task PlayAsync()
    {
        GiveSubstance();
        await PassAsync(RivalStage.Before);
        _oracle.Concern(_script.ConcernedIn(World.Ledger, IsReassigned));
        string path = World.NewPath();
        PlanChoices choices = _script.Choices(_oracle.Concerned, path);
        ErasurePlan? plan = await ActAsync(RivalStage.Planning, async session => await session.PlanAsync(choices));
        ConcernPlanned(plan);
        await PassAsync(RivalStage.Planned);
        if (plan is not null)
        {
            await JudgeOwnAsync(() => EraseAsync(plan, path));
            await PassAsync(RivalStage.Stopped);
            await GoOnAsync(plan);
        }

        _oracle.Judge([], World.Read(), World.Read(), World.Ledger.ArrivedSince(0), "end");
    }

    /// <summary>An ID that was given to somebody else while its plan was made is the one's whom the plan names.</summary>
    private void ConcernPlanned(ErasurePlan? plan)
    {
        foreach (
            ErasureStep step in plan?.Steps.Where(step =>
                step.Location.Kind == LocationKinds.DeviceRegistry && plan.Scope == RecordScope.All
            ) ?? []
        )
        {
            IReadOnlyList<Incarnation> all = World.Ledger.AllOf(step.DeviceId);
            int named = all.ToList().FindIndex(one => one.Generation == step.Finding.GenerationId);
            _oracle.Concern(all.Take(named + 1));
        }
    }

    private async Task GoOnAsync(ErasurePlan plan)
    {
        World.Clock.Skip(_script.Pause);
        await JudgeOwnAsync(() => ActAsync(RivalStage.Resuming, session => ContinueAsync(session, plan)));
        await SettleAsync(plan, TimeSpan.FromHours(3));
        await PassAsync(RivalStage.Settled);
        await SettleAsync(plan, TimeSpan.FromHours(26));
        if (World.RequestId is not { } requestId)
            return;
        List<WorkerVerdict>? last = await JudgeOwnAsync(() =>
            ActAsync(RivalStage.Settled, async session => Verdicts(await session.VerifyAsync(requestId)))
        );
        _oracle.Conclude(last ?? [], World.Read());
    }

    /// <summary>The circumstances are good again, the buffers are written, and somebody goes on with the request.</summary>
    private async Task SettleAsync(ErasurePlan plan, TimeSpan time)
    {
        Circumstances.GiveBack(this);
        World.Server.Faults.Clear();
        World.Clock.Skip(time);
        await JudgeOwnAsync(() => ActAsync(RivalStage.Settled, session => ContinueAsync(session, plan)));
    }

    private async Task<List<WorkerVerdict>?> ContinueAsync(EngineSession session, ErasurePlan plan) =>
        Verdicts(World.RequestId is { } requestId ? await session.ResumeAsync(requestId) : await session.EraseAsync(plan));

    private async Task<List<WorkerVerdict>?> EraseAsync(ErasurePlan plan, string path)
    {
        if (_script.Kill is { } kill)
            return await KilledAsync(kill, path);
        return await ActAsync(RivalStage.Erasing, async session =>
        {
            // Who runs a saved plan looks first whether it still holds; who is asked by a prompt may answer it hours later.
            ErasurePlan confirmed = _script.Tolerance is { } tolerance ? await session.ConfirmAsync(path, tolerance) : plan;
            return Verdicts(await session.EraseAsync(confirmed));
        });
    }

    /// <summary>Erases in a process that is killed; what it does not come to, a resumption has to do.</summary>
    private async Task<List<WorkerVerdict>?> KilledAsync(Moment kill, string path)
    {
        var job = new WorkerJob(World.Sandbox, World.Store, RequestId: null, Subjects, IncludeOldVersions: false, World.Clock.GetUtcNow())
        {
            PlanPath = path,
            ThrottleLimit = _script.ThrottleLimit,
            ClockRate = RivalWorld.ClockRate,
        };
        long? last = null;
        bool IsLast(LoggedRequest request)
        {
            if (request.Status == 0 && _stage.CurrentCount > 0 && kill.IsNow(request))
                last = request.Sequence;
            return request.Sequence == last && (request.Status != 0) == _script.KillsAtAnswer;
        }

        List<WorkerVerdict>? verdicts = await WithRivalsAsync(RivalStage.Erasing, () => WorkerProcess.RunAsync(World.Server, job, IsLast));
        Tell(verdicts is null ? $"the worker is killed ({kill})" : "the worker ends before it would be killed");
        World.LetLeasesEnd();
        return verdicts;
    }

    private static List<WorkerVerdict> Verdicts(IEnumerable<ErasureReceipt> receipts) => [.. receipts.Select(WorkerVerdict.Of)];

    /// <summary>Does a part of the request's work; null when it was refused or could not be done.</summary>
    private Task<T?> ActAsync<T>(RivalStage stage, Func<EngineSession, Task<T?>> work)
        where T : class => WithRivalsAsync(stage, async () =>
        {
            EngineSession? session = null;
            try
            {
                session = await ConnectAsync(World.Store);
                return await work(session);
            }
            catch (DsrException failed)
            {
                Tell($"{stage} fails", failed.Fault);
                return null;
            }
            finally
            {
                foreach (IGrouping<string, Fault> faults in (session?.Faults ?? []).GroupBy(fault => fault.Id))
                    Tell($"{stage} tells {faults.Count()}", faults.First());
            }
        });

    private async Task<T> WithRivalsAsync<T>(RivalStage stage, Func<Task<T>> work)
    {
        _now = stage;
        World.Server.RequestLog.Interlude = InterludeAsync;
        try
        {
            return await work();
        }
        finally
        {
            World.Server.RequestLog.Interlude = null;
        }
    }

    private async Task InterludeAsync(LoggedRequest request)
    {
        // What a rival sends himself is no moment for others.
        if (!await _stage.WaitAsync(TimeSpan.Zero))
            return;
        try
        {
            foreach (
                (RivalStage Stage, Moment? At, IRival Rival) one in _waiting
                    .Where(one => one.Stage == _now && one.At?.IsNow(request) == true)
                    .ToList()
            )
            {
                await EnterAsync(one.Rival, $"{one.At}: {request.Method} {request.Host}{request.Target}");
            }
        }
        finally
        {
            _stage.Release();
        }
    }

    /// <summary>Whoever had no chance to act in a stage does it when it is over.</summary>
    private async Task PassAsync(RivalStage stage)
    {
        while (_waiting.FirstOrDefault(one => one.Stage <= stage) is { Rival: { } rival })
            await EnterAsync(rival, $"{stage}");
        _now = stage;
        await JudgeAsync(() => Task.FromResult<List<WorkerVerdict>?>(null));
    }

    private async Task EnterAsync(IRival rival, string when)
    {
        _waiting.RemoveAll(one => one.Rival == rival);
        Tell($"{rival.Name} ({when})");
        await rival.ActAsync(this);
    }

    /// <summary>Every subject has files and messages, some of which are still on their way.</summary>
    private void GiveSubstance()
    {
        var random = new Random(_script.Seed);
        if (_script.KeepsFiles is { } kept)
            World.ContainerOf(RivalWorld.Uploads).Account.Options = kept;
        Writers.Hub(random).ActAsync(this);
        foreach (string deviceId in Subjects)
        {
            Writers.Upload(this, deviceId, random);
            World.Change(deviceId, device => device.PendingCommands += random.Next(3));
        }
    }
}

/// <summary>How a run ended.</summary>
internal sealed record RivalOutcome(
    int Seed,
    IReadOnlyList<string> Losses,
    IReadOnlyList<string> FalseVerdicts,
    bool IsConclusive,
    IReadOnlyList<string> Unforeseen,
    IReadOnlyList<string> Story
);
