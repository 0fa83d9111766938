using System.Collections.Concurrent;
using System.Globalization;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;
using IotHubDsr.Core.Work;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Reads every location again and assigns each step its verdict; the verdicts are recorded before they are shown. What is asked of the hub for
/// each device comes first, in one reading: whether a device is gone, and since when, decides what can still arrive elsewhere.
/// </summary>
internal sealed class StepVerifying(
    OpenRequest open,
    HubLocations locations,
    LocationReading reading,
    HoldBook holds,
    Incarnations incarnations,
    PlanReach reach,
    TicketFollowing tickets,
    EarlierReceipts earlier,
    TimeProvider time
)
{
    /// <summary>However many devices differ, a line of the journal stays small enough to be written at once.</summary>
    private const int MostGroupsOfLine = 2_000;

    private const string NotApproved = "Not approved; nothing was done.";

    private const string MayHaveCome =
        "An earlier run received every message, and what came since can be seen as a whole only by receiving them once more";

    private readonly HashSet<string> _configured = [.. locations.All.Select(location => location.Id)];

    private ReturnedDevices? _returned;

    /// <param name="steps">The steps of the plan.</param>
    /// <param name="now">The time by the services; null if unknown.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<ErasureReceipt>> RunAsync(
        IReadOnlyList<RequestStep> steps,
        Func<DateTimeOffset?> now,
        CancellationToken cancellationToken
    )
    {
        var receipts = new Dictionary<RequestStep, ErasureReceipt>();
        _returned = new ReturnedDevices(steps, open.State);
        foreach (
            IGrouping<ErasureStage, IGrouping<string, RequestStep>> stage in steps
                .GroupBy(step => step.Location.Id, StringComparer.Ordinal)
                .GroupBy(location => TurnOf(location.First().Location))
                .OrderBy(stage => stage.Key)
        )
        {
            // Of what one look reads for all its locations the time is that at which it began.
            bool isPerDevice = stage.Key == ErasureStage.Identity;
            SharedReads? shared = isPerDevice ? new SharedReads { IsAfterErasure = stage.Any(static place => place.Any(IsTried)) } : null;
            DateTimeOffset? allBegan = isPerDevice ? now() : null;
            var asOf = new ConcurrentDictionary<string, DateTimeOffset?>(StringComparer.Ordinal);
            await PlacesInTurn.ForEachAsync(
                stage,
                location => location.First().Location,
                async (location, token) =>
                {
                    // A reading tells what was there when it began.
                    DateTimeOffset? began = allBegan ?? now();
                    await ReadAsync([.. location.Where(IsToRead)], shared, token);
                    asOf[location.Key] = began ?? now();
                },
                cancellationToken
            );
            foreach (IGrouping<string, RequestStep> location in stage)
                await SettleAsync([.. location], asOf[location.Key], receipts, cancellationToken);
        }

        return [.. steps.Select(step => receipts[step])];
    }

    private async Task SettleAsync(
        IReadOnlyList<RequestStep> steps,
        DateTimeOffset? asOf,
        Dictionary<RequestStep, ErasureReceipt> receipts,
        CancellationToken cancellationToken
    )
    {
        var arrivals = new Arrivals(open.State, reading.Options.Erasure.Scope.EndTime, asOf, IsConfigured);
        List<(RequestStep Step, ErasureReceipt Receipt, Settlement Settlement)> given = [];

        // One time for all of them: what is said of many devices is then the same, and stands in the outcome once.
        DateTimeOffset completedAt = time.GetUtcNow();
        foreach (RequestStep step in steps)
        {
            Settlement settlement = TrySettle(step, arrivals, asOf);
            given.Add((step, receipts[step] = ReceiptFor(step, settlement, completedAt), settlement));
            if (settlement.Doubt is { } doubt)
                await reach.ReportAsync(doubt, cancellationToken);
        }

        await RecordAsync(steps[0].Location, given, cancellationToken);
    }

    /// <summary>Where what was found cannot be read back, nothing is known of it.</summary>
    private Settlement TrySettle(RequestStep step, Arrivals arrivals, DateTimeOffset? asOf)
    {
        try
        {
            Settlement settlement = SettlementOf(step, arrivals, asOf);
            return _returned?.Tell(step) is { } returned
                ? settlement with
                {
                    Detail = $"{settlement.Detail} {returned}".Trim(),
                }
                : settlement;
        }
        catch (Exception exception) when (FindingsFile.CannotBeRead(exception))
        {
            Fault fault = LocationReading.FaultOf(exception, step.Location);
            return new Settlement(Verdict.Unreachable, Until: null, fault.Message) { Doubt = fault };
        }
    }

    private static bool IsTried(RequestStep step) => step.IsTried;

    private bool IsToRead(RequestStep step) => locations.SinkOf(step.Location) is not null && !IsLeft(step);

    /// <summary>Whether the location left the hub's configuration after it was settled: nothing tells any more how it is read.</summary>
    private bool IsLeft(RequestStep step) => step.Before.IsFinal && !IsConfigured(step.Location);

    private bool IsConfigured(DataLocation location) => _configured.Contains(location.Id);

    /// <summary>
    /// What can still arrive. As long as the configuration does not tell, it is what it was when the configuration last did, or more. When
    /// a service promised to carry out an order says nothing of that.
    /// </summary>
    private Settlement? PendingOf(RequestStep step, Arrivals arrivals, DateTimeOffset? now)
    {
        Settlement? pending = arrivals.PendingOf(step.Location, step.Subject);
        return
            !IsConfigured(step.Location)
            && step.Before is { Verdict: Verdict.ErasurePending, Until: { } until }
            && !(until <= now)
            && !(until <= pending?.Until)
            && !open.State.Of(step.Location.Id).Tickets.WasPromisedBy(step.Subject, until)
            ? new Settlement(
                Verdict.ErasurePending,
                until,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Nothing is left now. The hub's configuration, as it can be read now, does not lead here; before that, something could "
                        + $"still arrive by {until:u}; run Resume-IotDataRequest after that."
                )
            )
            : pending;
    }

    private ErasureStage TurnOf(DataLocation location) =>
        locations.SinkOf(location) is { Description.IsShared: false } ? ErasureStage.Identity : locations.StageOf(location);

    private async Task ReadAsync(IReadOnlyList<RequestStep> steps, SharedReads? shared, CancellationToken cancellationToken)
    {
        if (steps.Count == 0)
            return;
        IReadOnlyList<DeviceDataFinding> findings = await reading.FindAsync(
            steps[0].Location,
            [.. steps.Select(step => step.DeviceId)],
            bounds: null,
            shared,
            cancellationToken
        );
        var byDevice = findings.ToDictionary(finding => finding.DeviceId, StringComparer.Ordinal);
        foreach (RequestStep step in steps)
        {
            step.After = byDevice[step.DeviceId];
            if (SinkCatalogue.Has(step.Location.Kind, PlaceTraits.HoldsIdentity))
                incarnations.Learn(step.After);
        }
    }

    private ErasureReceipt ReceiptFor(RequestStep step, Settlement settlement, DateTimeOffset completedAt)
    {
        bool isServed = locations.SinkOf(step.Location) is not null;
        return new ErasureReceipt
        {
            RequestId = open.Folder.RequestId,
            DeviceId = step.DeviceId,
            HubHostName = open.State.Registration!.HubHostName,
            HubResourceId = open.State.Registration.HubResourceId,
            Location = step.Location,
            Verdict = settlement.Verdict,
            RecordsPlanned =
                step.Planned.Action == ErasureAction.Erase ? step.Before.ErasedBefore + step.Planned.Finding.RecordCount
                : step.Planned.Finding.IsCounted ? step.Before.ErasedBefore
                : null,
            RecordsErased = isServed ? step.Outcome?.RecordsErased ?? step.Before.Erased : null,
            RecordsRemaining =
                step.After is not { } after || (after.MayHoldMore && settlement.Verdict == Verdict.ErasurePending) ? step.Before.Remaining
                : after.IsCounted ? after.RecordCount + settlement.Unfound
                : null,
            ItemsChanged = step.Outcome?.ItemsChanged ?? step.Before.Changes,
            Until = settlement.Until,
            Detail = settlement.Detail ?? earlier.DetailOf(step.DeviceId, step.Location.Id, settlement.Verdict),
            CompletedAt = completedAt,
        };
    }

    private Settlement SettlementOf(RequestStep step, Arrivals arrivals, DateTimeOffset? now)
    {
        if (step.After is not { } after)
        {
            return IsLeft(step)
                ? new Settlement(
                    step.Before.Verdict!.Value,
                    step.Before.Until,
                    "The location is no longer in the hub's configuration; the verdict is from its last reading."
                )
                : Settlement.OfUnread(step.Planned.Finding, open.State.GoneAt(step.Subject), now);
        }

        ErasureOutcome? done = step.Outcome
            ?? (
                step.Before.Changes > 0 || step.IsSettled
                    ? new ErasureOutcome(step.DeviceId, step.Before.Erased, step.Before.Changes)
                    : null
            );
        var found = Settlement.Of(done, after, PendingOf(step, arrivals, now));
        if (tickets.PendingOf(step, found, now) is { } ordered)
            return ordered;
        if (tickets.LeftOf(step, found, now) is { } left)
            return left;
        if (after.MayHoldMore && found.Verdict == Verdict.OwnerAction)
            return StillPending(step, after, now) ?? found;
        if (found.Verdict != Verdict.Present)
            return found;
        return HoldOf(step, after)
            ?? reach.Beyond(step, after)
            ?? StillPending(step, after, now)
            ?? found with
            {
                Detail = WhyPresent(step) ?? found.Detail,
            };
    }

    private static string? WhyPresent(RequestStep step) =>
        step.Before.IsDeclined ? NotApproved
        : !step.IsTried && step.Before.Verdict == Verdict.ErasurePending
            ? "It became old enough, or arrived, during this run: run Resume-IotDataRequest again."
        : step.Planned.Finding.Verdict == Verdict.Absent && step.Before.Changes == 0 && !step.IsTried
            ? "It arrived after the plan was made."
        : null;

    /// <summary>
    /// What an earlier run left on purpose, for it was too young, is pending until its time as long as nothing tries it again; and so is
    /// what only an erasure sees as a whole. More than was left is not explained by that.
    /// </summary>
    private static Settlement? StillPending(RequestStep step, DeviceDataFinding after, DateTimeOffset? now) =>
        !step.IsTried
        && step.Before.Verdict == Verdict.ErasurePending
        && now is { } known
        && step.IsWaiting(known)
        && after.RecordCount <= step.Before.Remaining
            ? new Settlement(
                Verdict.ErasurePending,
                step.Before.Until,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(after.MayHoldMore ? MayHaveCome : "What is left may still be written to")}; run Resume-IotDataRequest after "
                        + $"{step.Before.Until:u}."
                )
            )
            : null;

    /// <summary>The operator's hold, when it explains all that is left.</summary>
    private Settlement? HoldOf(RequestStep step, DeviceDataFinding after)
    {
        if (step.Hold is not null)
            return step.Hold;
        if (!holds.HasItems(step.Location.Id))
            return null;
        List<Settlement?> items =
        [
            .. after.Items.Where(item => item.Records > 0).Select(item => holds.OnItem(step.Location.Id, step.Subject, item)),
        ];
        bool isWhole = locations.SinkOf(step.Location) is { Description.IsShared: false };
        return items.Count > 0 && (isWhole ? items.Any(held => held is not null) : items.All(held => held is not null))
            ? items.OfType<Settlement>().MaxBy(held => held.Until)
            : null;
    }

    private async Task RecordAsync(
        DataLocation location,
        List<(RequestStep Step, ErasureReceipt Receipt, Settlement Settlement)> given,
        CancellationToken cancellationToken
    )
    {
        var groups = given
            .GroupBy(one =>
                (one.Receipt.Verdict, one.Receipt.Until, one.Receipt.RecordsRemaining, one.Settlement.IsOver, one.Settlement.NeedsPlan)
            )
            .ToList();
        bool isAll = groups.Count == 1 && given.Count == open.State.Registration!.Subjects.Count;
        bool isRead = given.Any(one => one.Step.After is { Verdict: not Verdict.Unreachable });
        string? inflow = location.FlushTime is null && IsConfigured(location) ? null : Inflows.Of(location.Inflow);
        IEnumerable<VerifiedGroup> verified = groups.Select(group => new VerifiedGroup(
            group.Key.Verdict,
            group.Key.Until,
            group.Key.RecordsRemaining,
            isAll ? null : [.. group.Select(one => one.Step.Subject)],
            group.Key.IsOver ? true : null,
            group.Key.NeedsPlan ? true : null
        ));
        foreach (VerifiedGroup[] line in verified.Chunk(MostGroupsOfLine))
            await open.Journal.AppendAsync(new Verified(location.Id, isRead, line, inflow), cancellationToken);
    }
}
