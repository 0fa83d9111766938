using IotHubDsr.Archives;
using IotHubDsr.Engine;
using IotHubDsr.Evidence;
using IotHubDsr.Stores;

namespace IotHubDsr.Requests;

/// <summary>
/// Erases stage by stage and location by location. Each destructive call is on record before it is made; when a location is done, its
/// counts are. A location in which an earlier run began is read before it is touched again, and what was announced and is gone counts.
/// </summary>
internal sealed class StepErasing(
    OpenRequest open,
    HubLocations locations,
    LocationReading reading,
    HoldBook holds,
    Incarnations incarnations,
    PlanReach reach,
    string kind,
    OperationEvents events,
    TimeProvider time)
{
    /// <summary>However many devices share a blob, a line of the journal stays small enough to be written at once.</summary>
    private const int MostRowsOfLine = 2_000;

    public async Task RunAsync(IReadOnlyList<RequestStep> steps, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        IEnumerable<IGrouping<ErasureStage, RequestStep>> stages = steps.Where(step => IsToErase(step, now))
            .GroupBy(step => locations.StageOf(step.Location)).OrderBy(stage => stage.Key);
        foreach (IGrouping<ErasureStage, RequestStep> stage in stages)
        {
            foreach (IGrouping<string, RequestStep> location in stage.GroupBy(step => step.Location.Id, StringComparer.Ordinal))
            {
                RequestStep[] all = [.. steps.Where(step => step.Location.Id == location.Key)];
                await EraseAsync([.. location], all, stage.Key == ErasureStage.Identity, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private bool IsToErase(RequestStep step, DateTimeOffset now)
    {
        if (step.Before.IsDeclined || step.Hold is not null || !reading.IsNarrowable(step.Location))
            return false;
        if (step.Planned.Action == ErasureAction.Erase && !step.IsSettled)
            return !step.IsWaiting(now);
        return kind == RunKinds.Resume && step.IsDue(now) && step.Location.Capabilities.HasFlag(LocationCapabilities.Erase);
    }

    private async Task EraseAsync(
        IReadOnlyList<RequestStep> steps,
        IReadOnlyList<RequestStep> all,
        bool deletesDevice,
        CancellationToken cancellationToken)
    {
        DataLocation location = steps[0].Location;
        Dictionary<string, RecordBound> bounds = steps.ToDictionary(step => step.DeviceId, incarnations.BoundOf, StringComparer.Ordinal);
        List<Attempt> attempts = await PrepareAsync(location, steps, bounds, cancellationToken).ConfigureAwait(false);
        List<Attempt> erasable = [.. attempts.Where(attempt => attempt.Fault is null)];
        if (erasable.Count > 0)
            await CallAsync(location, erasable, HeldFor(all, erasable), bounds, cancellationToken).ConfigureAwait(false);
        foreach (Attempt attempt in attempts)
            attempt.Settle();
        await RecordAsync(location, deletesDevice, attempts, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds out what stands where an earlier run may have been; where none was, the plan's own finding holds.</summary>
    private async Task<List<Attempt>> PrepareAsync(
        DataLocation location, IReadOnlyList<RequestStep> steps, Dictionary<string, RecordBound> bounds, CancellationToken cancellationToken)
    {
        LocationState state = open.State.Of(location.Id);
        bool isFirst = kind == RunKinds.Erase && !state.IsTouched;
        Dictionary<string, DeviceDataFinding> now = isFirst
            ? steps.ToDictionary(step => step.DeviceId, step => step.Planned.Finding, StringComparer.Ordinal)
            : [];
        List<string> unread = [.. steps.Where(step => !isFirst || ReachesPast(bounds[step.DeviceId], step)).Select(step => step.DeviceId)];
        if (unread.Count > 0)
        {
            foreach (DeviceDataFinding finding in await reading.FindAsync(location, unread, bounds, cancellationToken).ConfigureAwait(false))
                now[finding.DeviceId] = finding;
        }

        Dictionary<string, Fault> doubts = await incarnations.FindDoubtsAsync(now.Values, isFirst, cancellationToken).ConfigureAwait(false);
        var attempts = new List<Attempt>();
        foreach (RequestStep step in steps)
        {
            DeviceDataFinding found = now[step.DeviceId];
            Reach allowed = isFirst ? new Reach(found.Items, 0) : reach.Of(step, found);
            Fault? doubt = found.GenerationId is null ? doubts.GetValueOrDefault(step.DeviceId) : incarnations.DoubtOf(found);
            if ((doubt ?? (allowed.Beyond > 0 ? PlanReach.FaultOf(step, allowed) : null)) is { } told)
                await reach.ReportAsync(told, cancellationToken).ConfigureAwait(false);
            attempts.Add(Prepare(step, found, allowed, state, doubt));
        }

        return attempts;
    }

    /// <summary>Whether a plan that did not know the device shows records that may be another one's.</summary>
    private bool ReachesPast(RecordBound bound, RequestStep step) =>
        !incarnations.IsKnown(step.DeviceId) && step.Planned.Finding.Items.Any(item => !(item.LastTime <= bound.Until));

    private Attempt Prepare(RequestStep step, DeviceDataFinding found, Reach allowed, LocationState state, Fault? doubt)
    {
        string locationId = step.Location.Id;
        Fault? fault = found is { Verdict: Verdict.Unreachable, Items.Count: 0 }
            ? FaultCatalogue.LocationUnreadable.For(step.Location.ToString(), found.Detail ?? "the service did not answer.")
            : doubt;

        // What an earlier run announced and is not there any more was erased by it.
        HashSet<string> there = [.. found.Items.Where(item => item.Records > 0 || reading.Options.IncludeRelayed).Select(item => open.Key.Item(locationId, item.Path))];
        List<(AnnouncedRow Row, DateTimeOffset At)> done = fault is null && found.Verdict != Verdict.Unreachable
            ? [.. state.AnnouncedFor(step.Subject).Where(announced => !there.Contains(announced.Row.Item))]
            : [];
        List<SeenItem> held = [.. found.Items.Where(item => holds.OnItem(locationId, step.Subject, item) is not null)];

        // A device goes as a whole: where one of its documents is held, nothing of it is deleted.
        bool isWhole = locations.StoreOf(step.Location) is { IsShared: false } && held.Count > 0;
        return new Attempt(step, fault)
        {
            Finding = found with { Items = isWhole ? [] : [.. allowed.Within.Except(held).Select(item => Uncounted(item, step.Planned.Finding))] },
            Held = held,
            Earlier = done,
            Beyond = allowed.Beyond > 0 ? PlanReach.FaultOf(step, allowed) : null,
        };
    }

    /// <summary>
    /// A copy that the service made when an earlier run changed the blob holds records that are counted already: it has to go, and not to
    /// be counted again.
    /// </summary>
    private static SeenItem Uncounted(SeenItem item, DeviceDataFinding planned)
    {
        bool isNew = item.IsOldCopy && !planned.Items.Any(known => known.Path == item.Path);
        return isNew && planned.Items.Any(known => !known.IsOldCopy && known.Path == item.Name) ? item with { Records = 0 } : item;
    }

    /// <summary>
    /// The paths of items that are held, each with the devices for which. Those of devices of which nothing is erased now count as well: an old
    /// copy goes for all devices in it.
    /// </summary>
    private ILookup<string, string> HeldFor(IReadOnlyList<RequestStep> all, List<Attempt> attempts)
    {
        HashSet<RequestStep> tried = [.. attempts.Select(attempt => attempt.Step)];
        IEnumerable<(string Path, string DeviceId)> others =
            from step in all
            where !tried.Contains(step)
            from item in step.Planned.Finding.Items
            where step.Hold is not null || holds.OnItem(step.Location.Id, step.Subject, item) is not null
            select (item.Path, step.DeviceId);
        return attempts.SelectMany(attempt => attempt.Held, (attempt, item) => (item.Path, attempt.Step.DeviceId)).Concat(others)
            .ToLookup(one => one.Path, one => one.DeviceId, StringComparer.Ordinal);
    }

    private async Task CallAsync(
        DataLocation location,
        List<Attempt> attempts,
        ILookup<string, string> held,
        Dictionary<string, RecordBound> bounds,
        CancellationToken cancellationToken)
    {
        try
        {
            IDataStore store = locations.StoreOf(location) ?? throw FaultCatalogue.LocationMissing.Exception(location.ToString(), "no store serves it");
            var earlier = new Dictionary<string, string>(open.State.Of(location.Id).Replaced, StringComparer.Ordinal);
            Dictionary<string, Attempt> tried = attempts.ToDictionary(attempt => attempt.Step.DeviceId, StringComparer.Ordinal);
            var allowance = new ErasureAllowance(
                attempts.Select(attempt => attempt.Finding), deviceId => reach.MoreThan(tried[deviceId].Step, tried[deviceId].Finding));
            StoreCall call = reading.CallFor(
                location, (what, token) => AnnounceAsync(location.Id, what, token), earlier, held, bounds, incarnations.AskAsync, allowance);
            IReadOnlyList<ErasureOutcome> outcomes = await store.EraseAsync(call, [.. attempts.Select(attempt => attempt.Finding)], cancellationToken)
                .ConfigureAwait(false);
            Dictionary<string, ErasureOutcome> byDevice = outcomes.ToDictionary(outcome => outcome.DeviceId, StringComparer.Ordinal);
            foreach (Attempt attempt in attempts)
            {
                attempt.Outcome = byDevice[attempt.Step.DeviceId];
                if (attempt.Outcome.Fault is { } told)
                    reach.NoteReported(told);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = LocationReading.FaultOf(exception, location);
            await events.EmitAsync(new FaultEvent(fault), cancellationToken).ConfigureAwait(false);
            foreach (Attempt attempt in attempts)
                attempt.Fault = fault;
        }
    }

    private async ValueTask AnnounceAsync(string locationId, Announcement what, CancellationToken cancellationToken)
    {
        IReadOnlyList<AnnouncedRow> rows = [.. what.Items.Select(item => new AnnouncedRow(
            open.Key.Item(locationId, item.Path), open.Key.Subject(item.DeviceId), item.Records, item.Changes, item.Replaced?.ETag, item.Replaced?.KeptDigest))];
        foreach (AnnouncedRow[] line in rows.Chunk(MostRowsOfLine))
            await open.Journal.AppendAsync(new Announced(locationId, line), cancellationToken).ConfigureAwait(false);
    }

    private async Task RecordAsync(DataLocation location, bool deletesDevice, List<Attempt> attempts, CancellationToken cancellationToken)
    {
        List<ErasedGroup> groups = [.. attempts
            .GroupBy(attempt => (Total: attempt.Records, Count: attempt.Changes, attempt.Step.IsSettled, attempt.Step.Outcome!.Fault?.Id, At: deletesDevice ? attempt.DoneAt : null))
            .Select(group => new ErasedGroup(
                group.Key.Total, group.Key.Count, group.Key.IsSettled, group.Key.Id, group.Key.At, [.. group.Select(attempt => attempt.Step.Subject)]))];
        foreach (ErasedGroup[] line in groups.Chunk(MostRowsOfLine))
            await open.Journal.AppendAsync(new Erased(location.Id, deletesDevice, line), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One step as it is tried now.</summary>
    private sealed class Attempt(RequestStep step, Fault? fault)
    {
        public RequestStep Step => step;

        public Fault? Fault { get; set; } = fault;

        public required DeviceDataFinding Finding { get; init; }

        /// <summary>What the operator holds, and the finding therefore lacks.</summary>
        public required List<SeenItem> Held { get; init; }

        /// <summary>What earlier runs announced and turned out to have done.</summary>
        public required List<(AnnouncedRow Row, DateTimeOffset At)> Earlier { get; init; }

        /// <summary>What is there beyond the plan, and stays; null when there is nothing.</summary>
        public required Fault? Beyond { get; init; }

        public ErasureOutcome? Outcome { get; set; }

        public long Records => step.Before.Erased + Earlier.Sum(announced => announced.Row.Records) + (Outcome?.RecordsErased ?? 0);

        public int Changes => step.Before.Changes + Earlier.Sum(announced => announced.Row.Changes) + (Outcome?.ItemsChanged ?? 0);

        public DateTimeOffset? DoneAt => Earlier.Count > 0 ? Earlier.Min(announced => announced.At) : null;

        public void Settle()
        {
            ErasureOutcome outcome = Outcome ?? new ErasureOutcome(step.DeviceId, 0, 0) { Fault = Fault, Detail = Fault?.Message };
            step.Outcome = outcome with { RecordsErased = Records, ItemsChanged = Changes, Fault = outcome.Fault ?? Beyond };
            step.IsTried = true;
            step.IsSettled = step.Outcome is { Fault: null, Verdict: null } && Held.Count == 0;
        }
    }
}
