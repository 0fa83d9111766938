using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// What of a location a plan allows a later run to erase: what it shows, and what its own deletion explains, which are the last messages of
/// the device and the hub's record of the deletion. Anything else needs a further plan.
/// </summary>
internal sealed class PlanReach(ErasurePlan plan, long tolerance, HubLocations locations, Incarnations incarnations, OperationEvents events)
{
    /// <summary>How many records may arrive late in a place of which the plan shows fewer, unless the plan itself says.</summary>
    public const long LateRecords = 100;

    // What separates the clock of the machine that plans from that of the service.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    private readonly HashSet<(string Id, string Target)> _reported = [];

    /// <summary>Divides what was found into what the plan allows to be erased and what it does not.</summary>
    public Reach Of(RequestStep step, DeviceDataFinding found)
    {
        DeviceDataFinding planned = step.Planned.Finding;
        bool isPlanned = step.Planned.Action == ErasureAction.Erase;
        if (found.LeftCount > 0 && plan.Erasure.Expected(found) <= 0)
            return new Reach([], 0); // Nothing of it would be erased anyway.
        long beyond = Math.Max(0, found.RecordCount - planned.RecordCount);
        if (locations.SinkOf(step.Location) is not { Description.IsShared: true })
            return isPlanned && beyond <= tolerance ? new Reach(found.Items, 0) : new Reach([], beyond);
        if (!isPlanned && planned.Verdict != Verdict.Absent)
            return new Reach([], beyond);

        ItemsByPath shown = new(planned.Items);
        long late = 0,
            others = 0;
        foreach (SeenItem item in found.Items)
        {
            long more = ExcessOf(item, shown);
            if (more <= 0)
                continue;
            bool isLate = IsLate(step, item, shown.Find(item.Path) is not null);
            (late, others) = isLate ? (late + more, others) : (late, others + more);
        }

        bool takesLate = IsOpenEnded || late <= MostLate(planned);
        long rest = takesLate ? others : others + late;
        if (rest <= tolerance)
            return new Reach(found.Items, 0);
        return new Reach(Within(step, found, takesLate), rest);
    }

    private IEnumerable<SeenItem> Within(RequestStep step, DeviceDataFinding found, bool takesLate)
    {
        ItemsByPath shown = new(step.Planned.Finding.Items);
        foreach (SeenItem item in found.Items)
        {
            if (ExcessOf(item, shown) <= 0 || (takesLate && IsLate(step, item, shown.Find(item.Path) is not null)))
                yield return item;
        }
    }

    /// <summary>
    /// How many records may be erased beyond those that were found, where they come while it is being erased; null for any number.
    /// </summary>
    public long? MoreThan(RequestStep step, DeviceDataFinding found)
    {
        if (IsOpenEnded)
            return null;
        DeviceDataFinding planned = step.Planned.Finding;
        ItemsByPath shown = new(planned.Items);
        return Math.Max(0, MostLate(planned) + tolerance - found.Items.Sum(item => Math.Max(0, ExcessOf(item, shown))));
    }

    /// <summary>Why what is left in a location stays there until a further plan is accepted; null when a later run may erase it.</summary>
    public Settlement? Beyond(RequestStep step, DeviceDataFinding after)
    {
        if (after.Verdict != Verdict.Present || !step.Location.Capabilities.HasFlag(LocationCapabilities.Erase))
            return null;
        if ((after.GenerationId is null ? incarnations.KnownDoubt(step.DeviceId) : incarnations.DoubtOf(after)) is { } doubt)
            return new Settlement(Verdict.OwnerAction, Until: null, doubt.Message) { Doubt = doubt, NeedsPlan = true };
        if (DoubtAboutAnother(step, after) is { } another)
            return new Settlement(Verdict.OwnerAction, Until: null, another.Message) { Doubt = another };
        bool isShared = locations.SinkOf(step.Location) is { Description.IsShared: true };
        if (
            isShared
            && !incarnations.IsKnown(step.DeviceId)
            && after.Items.Any(item => !(item.LastTime <= incarnations.BoundOf(step).Until))
        )
        {
            Fault unknown = incarnations.DoubtAbout(step);
            return new Settlement(Verdict.OwnerAction, Until: null, unknown.Message) { Doubt = unknown, NeedsPlan = true };
        }

        if (
            after.OtherGenerationRecords > 0
            && after.OtherGenerationRecords == after.RecordCount
            && after.OldCopyCount < after.RecordCount
            && incarnations.IsKnown(step.DeviceId)
        )
        {
            Fault others = FaultCatalogue.DeviceUncertain.For(
                step.DeviceId,
                "what is left was sent under another generation ID than that device's: another device had the ID before, or has had it "
                    + "since."
            );
            return new Settlement(Verdict.OwnerAction, Until: null, others.Message) { Doubt = others, NeedsPlan = true };
        }

        Reach reach = Of(step, after);
        if (reach.Within.Any(item => item.Records > 0 && plan.Erasure.Reaches(item)))
            return null;
        Fault? beyond = reach.Beyond > 0 ? FaultOf(step, reach) : null;
        bool isOldVersions = !plan.Erasure.IncludeOldVersions && after.OldCopyCount > 0;
        return beyond is not null || isOldVersions
            ? new Settlement(Verdict.Present, Until: null, beyond?.Message ?? after.Detail) { Doubt = beyond, NeedsPlan = true }
            : null;
    }

    /// <summary>
    /// Why what does not tell its generation is left, where another device has had the ID meanwhile; null when it need not be.
    /// </summary>
    public Fault? DoubtAboutAnother(RequestStep step, DeviceDataFinding found) =>
        found.RecordCount + found.RelayedCount > 0
        && locations.SinkOf(step.Location) is { } sink
        && (found.TellsNoGeneration || !sink.Description.Understands.HasFlag(Narrowing.Generation))
        && incarnations.HadAnother(step)
            ? Incarnations.DoubtAboutAnother(step)
            : null;

    public static Fault FaultOf(RequestStep step, Reach reach) =>
        FaultCatalogue.PlanExceeded.For(step.Location.ToString(), Counted.Of(reach.Beyond, "record"));

    /// <summary>A sink has reported a failure itself.</summary>
    public void NoteReported(Fault fault) => IsFirst(fault);

    /// <summary>Reports a doubt once per run.</summary>
    public async ValueTask ReportAsync(Fault doubt, CancellationToken cancellationToken)
    {
        if (IsFirst(doubt))
            await events.EmitAsync(new FaultEvent(doubt), cancellationToken);
    }

    private bool IsFirst(Fault fault)
    {
        lock (_reported)
            return _reported.Add((fault.Id, fault.Target));
    }

    /// <summary>Whether the plan is about records that had not been sent when it was made.</summary>
    private bool IsOpenEnded => plan.Scope.EndTime > plan.CreatedAt;

    private long MostLate(DeviceDataFinding planned) => Math.Max(plan.LateRecords ?? LateRecords, planned.RecordCount);

    /// <summary>How many records of an item the plan does not show.</summary>
    private static long ExcessOf(SeenItem item, ItemsByPath shown)
    {
        if (shown.Find(item.Path) is { } known)
            return item.Records - known.Records;

        // A copy that the service kept of what an earlier run of ours replaced.
        return item.IsOldCopy && shown.Find(item.Name) is { } current && item.Records <= current.Records ? 0 : Math.Max(1, item.Records);
    }

    /// <summary>Whether an item can have been on its way when the plan was made.</summary>
    private bool IsLate(RequestStep step, SeenItem item, bool isShown) =>
        step.Location.FlushTime is { } flushTime
        && item.LastTime <= incarnations.BoundOf(step).Until
        && (isShown || item.FirstTime >= plan.CreatedAt - flushTime - Slack);
}

/// <param name="Within">Items that the plan allows to be erased.</param>
/// <param name="Beyond">Records that it does not.</param>
internal sealed record Reach(IEnumerable<SeenItem> Within, long Beyond);
