using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Erases stage by stage, in the locations of a stage at once. Each destructive call is recorded before it is made, and the counts of a
/// location when it is done. A location in which an earlier run began is read before it is touched again, and what was announced and is
/// gone counts.
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
    TimeProvider time
)
{
    /// <summary>However many devices differ, a line of the journal stays small enough to be written at once.</summary>
    private const int MostGroupsOfLine = 2_000;

    private readonly Announcing _announcing = new(open);

    public async Task RunAsync(IReadOnlyList<RequestStep> steps, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        IEnumerable<IGrouping<ErasureStage, RequestStep>> stages = steps
            .Where(step => IsToErase(step, now))
            .GroupBy(step => locations.StageOf(step.Location))
            .OrderBy(stage => stage.Key);
        ILookup<string, RequestStep> all = steps.ToLookup(step => step.Location.Id, StringComparer.Ordinal);
        foreach (IGrouping<ErasureStage, RequestStep> stage in stages)
        {
            List<Part> parts =
            [
                .. stage
                    .GroupBy(step => step.Location.Id, StringComparer.Ordinal)
                    .Select(location => new Part(
                        [.. location],
                        [.. all[location.Key].Select(step => step.DeviceId)],
                        location.ToDictionary(step => step.DeviceId, incarnations.BoundOf, StringComparer.Ordinal)
                    )),
            ];
            await ForEachAsync(parts, ReadAsync, cancellationToken);

            // What the journal says is looked at before anything of the stage is added to it.
            foreach (Part part in parts)
                await TryPrepareAsync(part, [.. all[part.Location.Id]], cancellationToken);
            await ForEachAsync(parts, (part, token) => EraseAsync(part, stage.Key == ErasureStage.Identity, token), cancellationToken);
        }
    }

    private static Task ForEachAsync(
        IEnumerable<Part> parts,
        Func<Part, CancellationToken, Task> work,
        CancellationToken cancellationToken
    ) => WorkGate.ForEachLocationAsync(parts, part => part.Location, work, cancellationToken);

    private bool IsToErase(RequestStep step, DateTimeOffset now)
    {
        if (step.Before.IsDeclined || step.Hold is not null || !reading.IsNarrowable(step.Location))
            return false;
        if (step.Planned.Action == ErasureAction.Erase && !step.IsSettled)
            return !step.IsWaiting(now);
        return kind == RunKinds.Resume && step.IsDue(now) && step.Location.Capabilities.HasFlag(LocationCapabilities.Erase);
    }

    private async Task EraseAsync(Part part, bool deletesDevice, CancellationToken cancellationToken)
    {
        List<Attempt> erasable = [.. part.Attempts.Where(attempt => attempt.Fault is null)];
        if (erasable.Count > 0)
            await CallAsync(part, erasable, cancellationToken);
        foreach (Attempt attempt in part.Attempts)
            attempt.Settle();
        await RecordAsync(part.Location, deletesDevice, part.Attempts, cancellationToken);
    }

    /// <summary>Reads what is left where an earlier run may have been; elsewhere the plan's own finding applies.</summary>
    private async Task ReadAsync(Part part, CancellationToken cancellationToken)
    {
        part.IsFirst = kind == RunKinds.Erase && !open.State.Of(part.Location.Id).IsTouched;
        if (part.IsFirst)
            part.Now = part.Steps.ToDictionary(step => step.DeviceId, step => step.Planned.Finding, StringComparer.Ordinal);
        HashSet<string> unread =
        [
            .. part.Steps.Where(step => !part.IsFirst || ReachesPast(part.Bounds[step.DeviceId], step)).Select(step => step.DeviceId),
        ];
        if (unread.Count == 0)
            return;

        // What is read once for all is read for all: the verification then need not read it again for those who are not erased from.
        IReadOnlyList<string> asked = locations.SinkOf(part.Location) is { Description.IsShared: true } ? part.Everyone : [.. unread];
        IReadOnlyList<DeviceDataFinding> findings = await reading.FindAsync(
            part.Location,
            asked,
            part.Bounds,
            shared: null,
            cancellationToken
        );
        foreach (DeviceDataFinding finding in findings.Where(finding => unread.Contains(finding.DeviceId)))
        {
            part.Now[finding.DeviceId] = finding;
            if (finding.HasLaterDevice)
                incarnations.NoteAnother(finding.DeviceId);
        }
    }

    /// <summary>What cannot be read back of what was found ends the location, and not the others.</summary>
    private async Task TryPrepareAsync(Part part, IReadOnlyList<RequestStep> all, CancellationToken cancellationToken)
    {
        try
        {
            await PrepareAsync(part, all, cancellationToken);
        }
        catch (Exception exception) when (FindingsFile.CannotBeRead(exception))
        {
            Fault fault = LocationReading.FaultOf(exception, part.Location);
            await events.EmitAsync(new FaultEvent(fault), cancellationToken);
            part.Attempts.Clear();
            part.Attempts.AddRange(
                part.Steps.Select(step => new Attempt(step, fault)
                {
                    Finding = part.Now[step.DeviceId] with { Items = [] },
                    Held = [],
                    Earlier = null,
                    Beyond = null,
                })
            );
        }
    }

    /// <summary>Decides for each step whether, and with which findings, to try it.</summary>
    /// <param name="part">What was read.</param>
    /// <param name="all">All steps of the location.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task PrepareAsync(Part part, IReadOnlyList<RequestStep> all, CancellationToken cancellationToken)
    {
        LocationState state = open.State.Of(part.Location.Id);
        Dictionary<string, Fault> doubts = await incarnations.FindDoubtsAsync(part.Now.Values, part.IsFirst, cancellationToken);
        IReadOnlyDictionary<int, AnnouncedWork> gone = _announcing.GoneOf(
            part.Location.Id,
            part.Steps.SelectMany(
                step => part.Now[step.DeviceId].Items.Where(reading.Options.Erasure.Takes),
                (step, item) => (step.DeviceId, item.Path)
            )
        );
        foreach (RequestStep step in part.Steps)
        {
            DeviceDataFinding found = part.Now[step.DeviceId];
            Reach allowed = part.IsFirst ? new Reach(found.Items, 0) : reach.Of(step, found);
            Fault? doubt = found.GenerationId is null
                ? doubts.GetValueOrDefault(step.DeviceId) ?? reach.DoubtAboutAnother(step, found)
                : incarnations.DoubtOf(found);
            if ((doubt ?? (allowed.Beyond > 0 ? PlanReach.FaultOf(step, allowed) : null)) is { } told)
                await reach.ReportAsync(told, cancellationToken);
            part.Attempts.Add(Prepare(step, found, allowed, gone, doubt));
        }

        part.Held = HeldFor(all, [.. part.Attempts.Where(attempt => attempt.Fault is null)]);
        part.Earlier = new Dictionary<string, string>(state.Replaced, StringComparer.Ordinal);
    }

    /// <summary>Whether a plan that did not know the device shows records that may be another one's.</summary>
    private bool ReachesPast(RecordBound bound, RequestStep step) =>
        !incarnations.IsKnown(step.DeviceId) && step.Planned.Finding.Items.Any(item => !(item.LastTime <= bound.Until));

    private Attempt Prepare(
        RequestStep step,
        DeviceDataFinding found,
        Reach allowed,
        IReadOnlyDictionary<int, AnnouncedWork> gone,
        Fault? doubt
    )
    {
        string locationId = step.Location.Id;
        Fault? fault = found is { Verdict: Verdict.Unreachable, Items.Count: 0 }
            ? FaultCatalogue.LocationUnreadable.For(step.Location.ToString(), found.Detail ?? "the service did not respond.")
            : doubt;

        AnnouncedWork? done =
            fault is null && found.Verdict != Verdict.Unreachable ? gone.GetValueOrDefault(_announcing.IndexOf(step.DeviceId)) : null;
        List<SeenItem> held = holds.HasItems(locationId)
            ? [.. found.Items.Where(item => holds.OnItem(locationId, step.Subject, item) is not null)]
            : [];

        // A device goes as a whole: where one of its documents is held, nothing of it is deleted.
        bool isWhole = locations.SinkOf(step.Location) is { Description.IsShared: false } && held.Count > 0;
        return new Attempt(step, fault)
        {
            Finding = found with { Items = isWhole ? [] : ToErase(step, found, allowed, held) },
            Held = held,
            Earlier = done,
            Beyond = allowed.Beyond > 0 ? PlanReach.FaultOf(step, allowed) : null,
        };
    }

    /// <summary>What is erased of what was found; items that are all to go as they are, are not copied: they can be very many.</summary>
    private static IReadOnlyList<SeenItem> ToErase(RequestStep step, DeviceDataFinding found, Reach allowed, List<SeenItem> held)
    {
        bool isAll = held.Count == 0 && ReferenceEquals(allowed.Within, found.Items);
        if (isAll && (ReferenceEquals(found.Items, step.Planned.Finding.Items) || !found.Items.Any(item => item.IsOldCopy)))
            return found.Items;
        var planned = new ItemsByPath(step.Planned.Finding.Items);
        return [.. allowed.Within.Except(held).Select(item => Uncounted(item, planned))];
    }

    /// <summary>
    /// A copy that the service made when an earlier run changed the blob holds records that are counted already: it has to go, and not to
    /// be counted again.
    /// </summary>
    private static SeenItem Uncounted(SeenItem item, ItemsByPath planned) =>
        item.IsOldCopy && planned.Find(item.Path) is null && planned.Find(item.Name) is { IsOldCopy: false }
            ? item with
            {
                Records = 0,
            }
            : item;

    /// <summary>
    /// The paths of items that are held, each with the devices for which. Those of devices of which nothing is erased now count as well: an
    /// old copy goes for all devices in it.
    /// </summary>
    private ILookup<string, string> HeldFor(IReadOnlyList<RequestStep> all, List<Attempt> attempts)
    {
        HashSet<RequestStep> tried = [.. attempts.Select(attempt => attempt.Step)];
        bool hasItems = holds.HasItems(all[0].Location.Id);
        IEnumerable<(string Path, string DeviceId)> others =
            from step in all
            where (hasItems || step.Hold is not null) && !tried.Contains(step)
            from item in step.Planned.Finding.Items
            where step.Hold is not null || holds.OnItem(step.Location.Id, step.Subject, item) is not null
            select (item.Path, step.DeviceId);
        return attempts
            .SelectMany(attempt => attempt.Held, (attempt, item) => (item.Path, attempt.Step.DeviceId))
            .Concat(others)
            .ToLookup(one => one.Path, one => one.DeviceId, StringComparer.Ordinal);
    }

    private async Task CallAsync(Part part, List<Attempt> attempts, CancellationToken cancellationToken)
    {
        DataLocation location = part.Location;
        try
        {
            IEraser eraser = locations.SinkOf(location)?.Erase
                ?? throw FaultCatalogue.LocationMissing.Exception(location.ToString(), "no sink erases there");
            var tried = attempts.ToDictionary(attempt => attempt.Step.DeviceId, StringComparer.Ordinal);
            var allowance = new ErasureAllowance([.. attempts.Select(attempt => attempt.Finding)], deviceId =>
                reach.MoreThan(tried[deviceId].Step, tried[deviceId].Finding)
            );
            SinkCall call = reading.CallFor(
                location,
                (what, token) => _announcing.AnnounceAsync(location.Id, what, token),
                part.Earlier,
                part.Held,
                part.Bounds,
                incarnations.AskAsync,
                allowance
            );
            IReadOnlyList<ErasureOutcome> outcomes = await eraser.EraseAsync(
                call,
                [.. attempts.Select(attempt => attempt.Finding)],
                cancellationToken
            );
            var byDevice = outcomes.ToDictionary(outcome => outcome.DeviceId, StringComparer.Ordinal);
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
            await events.EmitAsync(new FaultEvent(fault), cancellationToken);
            foreach (Attempt attempt in attempts)
                attempt.Fault = fault;
        }
    }

    private async Task RecordAsync(DataLocation location, bool deletesDevice, List<Attempt> attempts, CancellationToken cancellationToken)
    {
        List<ErasedGroup> groups =
        [
            .. attempts
                .GroupBy(attempt =>
                    (
                        Total: attempt.Records,
                        Count: attempt.Changes,
                        attempt.Step.IsSettled,
                        attempt.Step.Outcome!.Fault?.Id,
                        At: deletesDevice ? attempt.DoneAt : null
                    )
                )
                .Select(group => new ErasedGroup(
                    group.Key.Total,
                    group.Key.Count,
                    group.Key.IsSettled,
                    group.Key.Id,
                    group.Key.At,
                    [.. group.Select(attempt => attempt.Step.Subject)]
                )),
        ];
        foreach (ErasedGroup[] line in groups.Chunk(MostGroupsOfLine))
            await open.Journal.AppendAsync(new Erased(location.Id, deletesDevice, line), cancellationToken);
    }

    /// <summary>One location of a stage, with the steps that are tried there.</summary>
    private sealed class Part(IReadOnlyList<RequestStep> steps, IReadOnlyList<string> everyone, Dictionary<string, RecordBound> bounds)
    {
        /// <summary>All devices that the request is about there.</summary>
        public IReadOnlyList<string> Everyone => everyone;

        public IReadOnlyList<RequestStep> Steps => steps;

        public Dictionary<string, RecordBound> Bounds => bounds;

        public DataLocation Location => steps[0].Location;

        /// <summary>Whether no run has changed anything there.</summary>
        public bool IsFirst { get; set; }

        /// <summary>What is there, by device ID.</summary>
        public Dictionary<string, DeviceDataFinding> Now { get; set; } = new(StringComparer.Ordinal);

        public List<Attempt> Attempts { get; } = [];

        /// <inheritdoc cref="SinkCall.Held" />
        public ILookup<string, string> Held { get; set; } = Array.Empty<string>().ToLookup(path => path);

        /// <inheritdoc cref="SinkCall.Earlier" />
        public Dictionary<string, string> Earlier { get; set; } = [];
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
        public required AnnouncedWork? Earlier { get; init; }

        /// <summary>What is there beyond the plan, and stays; null when there is nothing.</summary>
        public required Fault? Beyond { get; init; }

        public ErasureOutcome? Outcome { get; set; }

        // A call without an outcome leaves open what it did: then nothing is accounted for, so that the next run counts all of it.
        public long Records => step.Before.Erased + (Outcome is null ? 0 : (Earlier?.Records ?? 0) + Outcome.RecordsErased);

        public int Changes => step.Before.Changes + (Outcome is null ? 0 : (Earlier?.Changes ?? 0) + Outcome.ItemsChanged);

        public DateTimeOffset? DoneAt => Earlier?.FirstAt;

        public void Settle()
        {
            ErasureOutcome outcome = Outcome ?? new ErasureOutcome(step.DeviceId, 0, 0) { Fault = Fault, Detail = Fault?.Message };
            step.Outcome = outcome with { RecordsErased = Records, ItemsChanged = Changes, Fault = outcome.Fault ?? Beyond };
            step.IsTried = true;
            step.IsSettled = step.Outcome is { Fault: null, Verdict: null } && Held.Count == 0;
        }
    }
}
