using System.Globalization;
using IotHubDsr.Engine;
using IotHubDsr.Evidence;
using IotHubDsr.Stores;

namespace IotHubDsr.Requests;

/// <summary>Reads the locations again and gives each step its verdict; the verdicts are on record before they are told.</summary>
internal sealed class StepVerifying(
    OpenRequest open,
    HubLocations locations,
    LocationReading reading,
    HoldBook holds,
    Incarnations incarnations,
    PlanReach reach,
    string kind,
    TimeProvider time)
{
    public async Task<IReadOnlyList<ErasureReceipt>> RunAsync(IReadOnlyList<RequestStep> steps, CancellationToken cancellationToken)
    {
        var receipts = new Dictionary<RequestStep, ErasureReceipt>();
        foreach (IGrouping<string, RequestStep> location in steps.GroupBy(step => step.Location.Id, StringComparer.Ordinal))
        {
            await ReadAsync([.. location.Where(IsToRead)], cancellationToken).ConfigureAwait(false);
            DateTimeOffset now = time.GetUtcNow();
            List<(RequestStep Step, ErasureReceipt Receipt, bool NeedsPlan)> given = [];
            foreach (RequestStep step in location)
            {
                Settlement settlement = SettlementOf(step, now);
                given.Add((step, receipts[step] = ReceiptFor(step, settlement, now), settlement.NeedsPlan));
                if (settlement.Doubt is { } doubt)
                    await reach.ReportAsync(doubt, cancellationToken).ConfigureAwait(false);
            }

            await RecordAsync(location.Key, given, cancellationToken).ConfigureAwait(false);
        }

        return [.. steps.Select(step => receipts[step])];
    }

    private bool IsToRead(RequestStep step)
    {
        if (locations.StoreOf(step.Location) is null)
            return false;
        if (kind == RunKinds.Verify || step.IsTried)
            return true;

        // What the plan found may be long ago when a run is resumed: nothing is absent on the strength of it.
        bool isUnread = kind == RunKinds.Resume && step.Before.Verdict is null;
        bool concerns = step.Planned.Action == ErasureAction.Erase || isUnread || step.IsDue(time.GetUtcNow());
        return concerns && !step.Before.IsDeclined && !step.Before.IsFinal;
    }

    private async Task ReadAsync(IReadOnlyList<RequestStep> steps, CancellationToken cancellationToken)
    {
        if (steps.Count == 0)
            return;
        IReadOnlyList<DeviceDataFinding> findings = await reading.FindAsync(
            steps[0].Location, [.. steps.Select(step => step.DeviceId)], cancellationToken).ConfigureAwait(false);
        Dictionary<string, DeviceDataFinding> byDevice = findings.ToDictionary(finding => finding.DeviceId, StringComparer.Ordinal);
        foreach (RequestStep step in steps)
        {
            step.After = byDevice[step.DeviceId];
            if (step.Location.Kind == LocationKinds.DeviceRegistry)
                incarnations.Learn(step.After);
        }
    }

    private ErasureReceipt ReceiptFor(RequestStep step, Settlement settlement, DateTimeOffset now)
    {
        return new ErasureReceipt
        {
            RequestId = open.Folder.RequestId,
            DeviceId = step.DeviceId,
            HubHostName = open.State.Registration!.HubHostName,
            HubResourceId = open.State.Registration.HubResourceId,
            Location = step.Location,
            Verdict = settlement.Verdict,
            RecordsPlanned = step.Before.ErasedBefore + (step.Planned.Action == ErasureAction.Erase ? step.Planned.Finding.Records : 0),
            RecordsErased = step.Outcome?.RecordsErased ?? step.Before.Erased,
            RecordsRemaining = step.After?.Records ?? (step.Before.Verdict is null ? step.Planned.Finding.Records : step.Before.Remaining),
            ItemsChanged = step.Outcome?.ItemsChanged ?? step.Before.Changes,
            Until = settlement.Until,
            Detail = settlement.Detail,
            CompletedAt = now,
        };
    }

    private Settlement SettlementOf(RequestStep step, DateTimeOffset now)
    {
        DateTimeOffset? deletedAt = open.State.DeletedAt(step.Subject);
        if (step.After is not { } after)
        {
            return step.Before.Verdict is { } known && locations.StoreOf(step.Location) is not null
                ? new Settlement(known, step.Before.Until, Detail: null)
                : Settlement.OfUntouched(step.Planned, deletedAt, now, reading.Options.Scope.EndTime);
        }

        ErasureOutcome? done = step.Outcome ?? (step.Before.Changes > 0 || step.IsSettled
            ? new ErasureOutcome(step.DeviceId, step.Before.Erased, step.Before.Changes)
            : null);
        Settlement found = Settlement.Of(step.Planned, done, after, deletedAt, now, reading.Options.Scope.EndTime);
        return found.Verdict == Verdict.Present ? HoldOf(step, after) ?? reach.Beyond(step, after) ?? StillPending(step, after, now) ?? found : found;
    }

    /// <summary>
    /// What an earlier run left on purpose, for it was too young, is pending until its time as long as nothing tries it again. More than was
    /// left is not explained by that.
    /// </summary>
    private static Settlement? StillPending(RequestStep step, DeviceDataFinding after, DateTimeOffset now) =>
        !step.IsTried && step.Before.Verdict == Verdict.ErasurePending && step.IsWaiting(now) && after.Records <= step.Before.Remaining
            ? new Settlement(
                Verdict.ErasurePending,
                step.Before.Until,
                string.Create(CultureInfo.InvariantCulture, $"What is left may still be written to; run Resume-IotDataRequest after {step.Before.Until:u}."))
            : null;

    /// <summary>The operator's hold, when it explains all that is left.</summary>
    private Settlement? HoldOf(RequestStep step, DeviceDataFinding after)
    {
        if (step.Hold is not null)
            return step.Hold;
        List<Settlement?> items = [.. after.Items.Where(item => item.Records > 0).Select(item => holds.OnItem(step.Location.Id, step.Subject, item))];
        bool isWhole = locations.StoreOf(step.Location) is { IsShared: false };
        return items.Count > 0 && (isWhole ? items.Any(held => held is not null) : items.All(held => held is not null))
            ? items.OfType<Settlement>().MaxBy(held => held.Until)
            : null;
    }

    private Task RecordAsync(
        string locationId, List<(RequestStep Step, ErasureReceipt Receipt, bool NeedsPlan)> given, CancellationToken cancellationToken)
    {
        List<IGrouping<(Verdict Verdict, DateTimeOffset? Until, long RecordsRemaining, bool NeedsPlan), (RequestStep Step, ErasureReceipt, bool)>> groups =
            [.. given.GroupBy(one => (one.Receipt.Verdict, one.Receipt.Until, one.Receipt.RecordsRemaining, one.NeedsPlan))];
        bool isAll = groups.Count == 1 && given.Count == open.State.Registration!.Subjects.Count;
        return open.Journal.AppendAsync(
            new Verified(locationId, given.Any(one => one.Step.After is { Verdict: not Verdict.Unreachable }), [.. groups.Select(group => new VerifiedGroup(
                group.Key.Verdict,
                group.Key.Until,
                group.Key.RecordsRemaining,
                isAll ? null : [.. group.Select(one => one.Step.Subject)],
                group.Key.NeedsPlan ? true : null))]),
            cancellationToken);
    }
}
