using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Segments;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Distribution;

/// <summary>The side of the command: plans units while they become known, and takes in what workers show, in any order.</summary>
internal sealed class DistributedRun(
    UnitFiles files,
    IPortableWork work,
    SinkCall call,
    Func<JournalEvent, CancellationToken, Task> record,
    IUnitEngine engine,
    TimeProvider time,
    TimeSpan patience,
    string? plan = null
) : IDisposable
{
    /// <summary>Batches that are open at once: what the engine holds, and what is lost with a full store, stays small.</summary>
    private const int MostBatches = 64;

    /// <summary>A batch that ended without all of its units is handed over again, but not for ever.</summary>
    private const int MostTurns = 10;

    private const int ForgottenAtOnce = 16;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    private readonly DistributedProgress _progress = new(time);
    private readonly SemaphoreSlim _slots = new(MostBatches, MostBatches);
    private readonly List<OpenBatch> _open = [];
    private readonly HashSet<string> _batches = new(StringComparer.Ordinal);
    private Fault? _undecided;

    /// <summary>Plans all units of a round, and returns when what they show is taken in.</summary>
    public async Task RoundAsync(IAsyncEnumerable<WorkUnit> units, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task planning = PlanAsync(units, ending.Token);
        Task taking = TakeAsync(planning, ending.Token);
        if (await Task.WhenAny(planning, taking) is { IsCompletedSuccessfully: false })
            await ending.CancelAsync();
        await Task.WhenAll(planning, taking);

        // What workers announced that were all lost may be done: nothing of the place is accounted for, so that the next run counts it.
        if (_undecided is { } undecided)
            throw new DsrException(undecided);
    }

    /// <summary>Destroys what the engine has kept.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = ForgottenAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(_batches, options, async (batch, token) => await engine.ForgetAsync(batch, token));
        _batches.Clear();
    }

    public void Dispose() => _slots.Dispose();

    private async Task PlanAsync(IAsyncEnumerable<WorkUnit> units, CancellationToken cancellationToken)
    {
        List<PlannedUnit> batch = [];
        await foreach (WorkUnit unit in units.WithCancellation(cancellationToken))
        {
            if (await work.PackAsync(unit, cancellationToken) is not { } packed)
                continue;
            string name = UnitFiles.NameOf(unit.Number, packed.Content);
            await files.SaveUnitAsync(name, packed.Content, cancellationToken);
            batch.Add(new PlannedUnit(name, Digests.Of(packed.Content), packed.Bytes));
            if (batch.Count < UnitBatch.Most)
                continue;
            await OpenAsync(batch, cancellationToken);
            batch = [];
        }

        if (batch.Count > 0)
            await OpenAsync(batch, cancellationToken);
    }

    /// <summary>The journal knows the units before anybody works on them.</summary>
    private async Task OpenAsync(List<PlannedUnit> units, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        int first = UnitFiles.NumberOf(units[0].Name);
        string digests = string.Concat(units.Select(unit => $"{Digests.Hex(unit.Digest)}\n"));
        long bytes = units.Sum(unit => unit.Bytes);
        var planned = new UnitsPlanned(files.Work, first, units.Count, Digests.Of(Encoding.ASCII.GetBytes(digests)), bytes);
        await record(planned, cancellationToken);
        _progress.Plan(units.Count, bytes);
        var open = new OpenBatch(units, time.GetTimestamp());
        await StartAsync(open, cancellationToken);
        lock (_open)
            _open.Add(open);
    }

    private async Task StartAsync(OpenBatch open, CancellationToken cancellationToken)
    {
        var batch = new UnitBatch($"{files.Folder}.{files.Work}.{open.Left.First()}.{open.Turn}", files.Folder, files.Work, [.. open.Left]);
        open.Id = batch.Id;
        await engine.StartAsync(batch, cancellationToken);
        lock (_open)
            _batches.Add(batch.Id);
    }

    private async Task TakeAsync(Task planning, CancellationToken cancellationToken)
    {
        TimeSpan pause = ShortestPause;
        while (true)
        {
            bool isPlanned = planning.IsCompleted;
            OpenBatch[] open;
            lock (_open)
                open = [.. _open];
            if (open.Length == 0 && isPlanned)
                return;
            bool any = open.Length > 0 && await TakeAsync(open, cancellationToken);
            pause =
                any ? ShortestPause
                : pause * 1.5 < LongestPause ? pause * 1.5
                : LongestPause;
            var wait = Task.Delay(pause, time, cancellationToken);
            await (isPlanned ? wait : await Task.WhenAny(wait, planning));
        }
    }

    /// <summary>Takes in what is closed; false when nothing is.</summary>
    private async Task<bool> TakeAsync(OpenBatch[] open, CancellationToken cancellationToken)
    {
        string[] units = [.. open.SelectMany(static batch => batch.Left)];
        IReadOnlyDictionary<string, SegmentListing> listed = await files.ListAsync(units, cancellationToken);
        _progress.See(units.Select(unit => listed.GetValueOrDefault(unit)).OfType<SegmentListing>());
        bool any = false;
        foreach (OpenBatch batch in open)
        {
            string[] closed = [.. batch.Left.Where(unit => listed.GetValueOrDefault(unit) is { } one && SegmentMarks.IsClosed(one.Marks))];
            any |= await TakeAsync(batch, closed, cancellationToken);
            if (closed.Length == 0 && time.GetElapsedTime(batch.LookedAt) > patience)
                any |= await LookAsync(batch, cancellationToken);
            if (batch.Left.Count > 0)
                continue;
            lock (_open)
                _open.Remove(batch);
            _slots.Release();
        }

        (string status, int? percent) = _progress.Status;
        await call.ProgressAsync(status, percent, cancellationToken);
        return any;
    }

    private async Task<bool> TakeAsync(OpenBatch batch, IEnumerable<string> units, CancellationToken cancellationToken)
    {
        List<TakenUnit> taken = [];
        foreach (string unit in units)
        {
            if (await TryTakeAsync(batch[unit], cancellationToken) is not { } head)
                continue;
            taken.Add(new TakenUnit(UnitFiles.NumberOf(unit), head.Hash, head.Lines));
            batch.Left.Remove(unit);
            _progress.Take(batch[unit].Bytes);
        }

        if (taken.Count == 0)
            return false;
        batch.LookedAt = time.GetTimestamp();
        await record(new UnitsTaken(files.Work, taken), cancellationToken);
        return true;
    }

    /// <summary>
    /// The engine can have lost units: workers that it gave up, or a batch that it never took. What is closed is taken in although nothing is
    /// marked; the rest is handed over again.
    /// </summary>
    private async Task<bool> LookAsync(OpenBatch batch, CancellationToken cancellationToken)
    {
        batch.LookedAt = time.GetTimestamp();
        if (await engine.IsOpenAsync(batch.Id, cancellationToken))
            return false;
        if (await TakeAsync(batch, [.. batch.Left], cancellationToken) && batch.Left.Count == 0)
            return true;
        if (++batch.Turn >= MostTurns)
            throw FaultCatalogue.UnitsNotDone.Exception(call.Location.ToString(), Counted.Of(batch.Left.Count, "part"));
        await StartAsync(batch, cancellationToken);
        return false;
    }

    /// <summary>Takes in what a unit shows; null when it is not closed.</summary>
    private async Task<JournalHead?> TryTakeAsync(PlannedUnit unit, CancellationToken cancellationToken)
    {
        byte[] content = await files.ReadUnitAsync(unit.Name, cancellationToken)
            ?? throw FaultCatalogue.UnitsNotDone.Exception(call.Location.ToString(), "1 part");
        SegmentState state = await files.ReadSegmentAsync(unit.Name, files.StartOf(unit.Name, content, plan), cancellationToken);
        if (state.Ending is not null)
        {
            foreach (Announced announced in state.Announcements)
                await record(announced, cancellationToken);
        }

        switch (state.Ending)
        {
            case null:
                return null;
            case { Outcome: UnitOutcomes.GivenUp, Attempt: var attempts }:
                Fault fault = FaultCatalogue.UnitGivenUp.For(call.Location.ToString(), Counted.Of(attempts, "worker"));
                _undecided ??= state.Announcements.Count > 0 ? fault : null;
                await work.GiveUpAsync(content, fault, cancellationToken);
                break;
            case { Outcome: UnitOutcomes.Withdrawn }:
                throw FaultCatalogue.UnitsNotDone.Exception(call.Location.ToString(), "1 part");
            case { Outcome: UnitOutcomes.Failed, Result: { } failure }:
                byte[] told = await files.ReadResultAsync(unit.Name, failure, cancellationToken);
                throw new DsrException(JsonSerializer.Deserialize<Fault>(told)!);
            case { Result: { } result }:
                await work.TakeAsync(content, await files.ReadResultAsync(unit.Name, result, cancellationToken), cancellationToken);
                break;
        }

        return state.Head;
    }

    private sealed record PlannedUnit(string Name, string Digest, long Bytes);

    /// <summary>A batch of which something is still to be taken in.</summary>
    private sealed class OpenBatch(IReadOnlyList<PlannedUnit> units, long startedAt)
    {
        private readonly Dictionary<string, PlannedUnit> _units = units.ToDictionary(unit => unit.Name, StringComparer.Ordinal);

        public string Id { get; set; } = string.Empty;

        public int Turn { get; set; }

        public long LookedAt { get; set; } = startedAt;

        public SortedSet<string> Left { get; } = new(units.Select(unit => unit.Name), StringComparer.Ordinal);

        public PlannedUnit this[string unit] => _units[unit];
    }
}
