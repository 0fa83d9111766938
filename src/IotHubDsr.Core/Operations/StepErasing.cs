using System.Collections.Concurrent;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;
using IotHubDsr.Core.Work;

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
    TicketFollowing tickets,
    string kind,
    OperationEvents events,
    TimeProvider time
)
{
    /// <summary>However many devices differ, a line of the journal stays small enough to be written at once.</summary>
    private const int MostGroupsOfLine = 2_000;

    private readonly Announcing _announcing = new(open);

    /// <summary>What would let a device register again and could not be stopped in this run, by device.</summary>
    private readonly ConcurrentDictionary<string, (DataLocation Location, Fault Fault)> _unstopped = new(StringComparer.Ordinal);

    /// <summary>Whether nothing is erased, and only accounted for what services have carried out.</summary>
    private bool IsReadOnly => kind == RunKinds.Verify;

    public async Task RunAsync(IReadOnlyList<RequestStep> steps, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        var preparing = new AttemptPreparing(open, locations, reading, holds, incarnations, reach, _announcing, events);
        IEnumerable<IGrouping<ErasureStage, RequestStep>> stages = steps
            .Where(step => IsToErase(step, now))
            .GroupBy(step => locations.StageOf(step.Location))
            .OrderBy(stage => stage.Key);
        ILookup<string, RequestStep> all = steps.ToLookup(step => step.Location.Id, StringComparer.Ordinal);
        foreach (IGrouping<ErasureStage, RequestStep> stage in stages)
        {
            List<ErasurePart> parts =
            [
                .. stage
                    .GroupBy(step => step.Location.Id, StringComparer.Ordinal)
                    .Select(location => new ErasurePart(
                        [.. location],
                        [.. all[location.Key].Select(step => step.DeviceId)],
                        location.ToDictionary(step => step.DeviceId, incarnations.BoundOf, StringComparer.Ordinal)
                    )),
            ];
            await ForEachAsync(parts, ReadAsync, cancellationToken);

            // What the journal says is looked at before anything of the stage is added to it.
            foreach (ErasurePart part in parts)
                await preparing.RunAsync(part, [.. all[part.Location.Id]], cancellationToken);
            await ForEachAsync(parts, (part, token) => EraseAsync(part, stage.Key == ErasureStage.Identity, token), cancellationToken);
        }
    }

    private static Task ForEachAsync(
        IEnumerable<ErasurePart> parts,
        Func<ErasurePart, CancellationToken, Task> work,
        CancellationToken cancellationToken
    ) => PlacesInTurn.ForEachAsync(parts, part => part.Location, work, cancellationToken);

    private bool IsToErase(RequestStep step, DateTimeOffset now)
    {
        if (step.Before.IsDeclined || step.Hold is not null || !reading.IsNarrowable(step.Location))
            return false;

        // What a service is still to carry out is not ordered again, and its sink knows what that is or all waits for it; what it has
        // carried out is accounted for, also by a run that erases nothing.
        LocationTickets orders = open.State.Of(step.Location.Id).Tickets;
        TicketTaken? ordered = orders.OpenOf(step.Subject);
        if (ordered is not null && (IsReadOnly || orders.CoverAllOf(step.Subject)))
            return false;
        if (IsReadOnly)
            return orders.IsDoneFor(step.Subject) && !step.IsSettled && step.Location.Capabilities.HasFlag(LocationCapabilities.Erase);
        if (step.Planned.Action == ErasureAction.Erase && !step.IsSettled)
            return !step.IsWaiting(now) || (ordered is not null && orders.IsPromisedBy(step.Subject, step.Before.Until));
        bool isDue = step.IsDue(now) || IsUnverified(step);
        return kind == RunKinds.Resume && isDue && step.Location.Capabilities.HasFlag(LocationCapabilities.Erase);
    }

    /// <summary>
    /// Whether a run that ended before its verification has taken out what waits for receivers: what only an erasure sees as a whole is
    /// verified by none but the run that has received it.
    /// </summary>
    private bool IsUnverified(RequestStep step) =>
        reading.Options.Erasure.SettleMessages
        && step is { IsSettled: true, Before.Verdict: null }
        && SinkCatalogue.Has(step.Location.Kind, PlaceTraits.DeliversToReceivers);

    private async Task EraseAsync(ErasurePart part, bool deletesDevice, CancellationToken cancellationToken)
    {
        if (SinkCatalogue.Has(part.Location.Kind, PlaceTraits.HoldsIdentity))
            await KeepUnstoppedAsync(part, cancellationToken);
        if (IsReadOnly)
            part.Attempts.RemoveAll(attempt => attempt.Fault is not null || attempt.Finding.Verdict != Verdict.Absent);
        List<ErasureAttempt> erasable = [.. part.Attempts.Where(attempt => attempt.Fault is null)];
        if (IsReadOnly)
            erasable.ForEach(static attempt => attempt.Outcome = new ErasureOutcome(attempt.Step.DeviceId, 0, 0));
        else if (erasable.Count > 0)
            await CallAsync(part, erasable, cancellationToken);
        LocationTickets orders = open.State.Of(part.Location.Id).Tickets;
        foreach (ErasureAttempt attempt in part.Attempts)
        {
            attempt.Settle(isOrdered: orders.OpenOf(attempt.Step.Subject) is not null);
            if (attempt.Step.Outcome?.Fault is { } fault && SinkCatalogue.Has(part.Location.Kind, PlaceTraits.CreatesDevices))
                _unstopped.TryAdd(attempt.Step.DeviceId, (part.Location, fault));
        }

        await RecordAsync(part.Location, deletesDevice, part.Attempts, cancellationToken);
    }

    /// <summary>A device that registers again as soon as it is deleted would be beyond the request: it is deleted once that is ended.</summary>
    private async Task KeepUnstoppedAsync(ErasurePart part, CancellationToken cancellationToken)
    {
        foreach (ErasureAttempt attempt in part.Attempts.Where(static attempt => attempt.Fault is null))
        {
            if (!_unstopped.TryGetValue(attempt.Step.DeviceId, out (DataLocation Location, Fault Fault) unstopped))
                continue;
            attempt.Fault = FaultCatalogue.DeviceWouldReturn.For(
                attempt.Step.DeviceId,
                unstopped.Location.ToString(),
                unstopped.Fault.Message.TrimEnd('.')
            );
            await events.EmitAsync(new FaultEvent(attempt.Fault), cancellationToken);
        }
    }

    /// <summary>Reads what is left where an earlier run may have been; elsewhere the plan's own finding applies.</summary>
    private async Task ReadAsync(ErasurePart part, CancellationToken cancellationToken)
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

    /// <summary>Whether a plan that did not know the device shows records that may be another one's.</summary>
    private bool ReachesPast(RecordBound bound, RequestStep step) =>
        !incarnations.IsKnown(step.DeviceId) && step.Planned.Finding.Items.Any(item => !(item.LastTime <= bound.Until));

    private async Task CallAsync(ErasurePart part, List<ErasureAttempt> attempts, CancellationToken cancellationToken)
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
                new ErasureTerms
                {
                    Record = (what, token) => _announcing.AnnounceAsync(location.Id, what, token),
                    Take = (ticket, token) => tickets.TakeAsync(location.Id, ticket, token),
                    Withdraw = (operation, token) => tickets.WithdrawAsync(location.Id, operation, token),
                    Tickets = tickets.OpenOf(location.Id),
                    Earlier = part.Earlier,
                    Held = part.Held,
                    HeldDevices = part.HeldDevices,
                    Bounds = part.Bounds,
                    Doubt = incarnations.AskAsync,
                    Allowance = allowance,
                }
            );
            IReadOnlyList<ErasureOutcome> outcomes = await reading.Scheduler.RunAsync(
                eraser.Erase(call, [.. attempts.Select(attempt => attempt.Finding)]),
                new UnitOrder(UnitRole.Erase, call, [.. attempts.Select(attempt => attempt.Step.DeviceId)]),
                cancellationToken
            );
            var byDevice = outcomes.ToDictionary(outcome => outcome.DeviceId, StringComparer.Ordinal);
            foreach (ErasureAttempt attempt in attempts)
            {
                attempt.Outcome = byDevice[attempt.Step.DeviceId];
                if (attempt.Outcome.Fault is { } told)
                    reach.NoteReported(told);
            }

            CountEarlier(location, attempts);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = LocationReading.FaultOf(exception, location);
            await events.EmitAsync(new FaultEvent(fault), cancellationToken);
            foreach (ErasureAttempt attempt in attempts)
                attempt.Fault = fault;
        }
    }

    /// <summary>Counts what earlier runs have erased where only the work itself meets all that is left.</summary>
    private void CountEarlier(DataLocation location, List<ErasureAttempt> attempts)
    {
        List<ErasureAttempt> told = [.. attempts.Where(static attempt => attempt is { IsUndetermined: true, Outcome.Met: not null })];
        if (told.Count == 0)
            return;
        IReadOnlyDictionary<int, AnnouncedWork> gone = _announcing.GoneOf(
            location.Id,
            told.SelectMany(static attempt => attempt.Outcome!.Met!, static (attempt, path) => (attempt.Step.DeviceId, path))
        );
        foreach (ErasureAttempt attempt in told)
        {
            attempt.IsUndetermined = false;
            attempt.Earlier = gone.GetValueOrDefault(_announcing.IndexOf(attempt.Step.DeviceId));
        }
    }

    private async Task RecordAsync(
        DataLocation location,
        bool deletesDevice,
        List<ErasureAttempt> attempts,
        CancellationToken cancellationToken
    )
    {
        List<ErasedGroup> groups =
        [
            .. attempts
                .Where(static attempt => attempt is not { IsUndetermined: true, Step.Outcome.Fault: null })
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
}
