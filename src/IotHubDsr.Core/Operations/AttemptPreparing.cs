using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Decides for each step whether, and with which findings, to try it: within the plan, for the device of the plan, without what is held.
/// </summary>
internal sealed class AttemptPreparing(
    OpenRequest open,
    HubLocations locations,
    LocationReading reading,
    HoldBook holds,
    Incarnations incarnations,
    PlanReach reach,
    Announcing announcing,
    OperationEvents events
)
{
    /// <summary>Adds the attempts of a location. What cannot be read back of what was found ends the location, and not the others.</summary>
    /// <param name="part">The location.</param>
    /// <param name="all">All steps of the location.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(ErasurePart part, IReadOnlyList<RequestStep> all, CancellationToken cancellationToken)
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
                part.Steps.Select(step => new ErasureAttempt(step, fault)
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
    private async Task PrepareAsync(ErasurePart part, IReadOnlyList<RequestStep> all, CancellationToken cancellationToken)
    {
        LocationState state = open.State.Of(part.Location.Id);
        Dictionary<string, Fault> doubts = await incarnations.FindDoubtsAsync(part.Now.Values, part.IsFirst, cancellationToken);
        IReadOnlyDictionary<int, AnnouncedWork> gone = announcing.GoneOf(
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
        part.HeldDevices = [.. all.Where(static step => step.Hold is not null).Select(static step => step.DeviceId)];
        part.Earlier = new Dictionary<string, string>(state.Replaced, StringComparer.Ordinal);
    }

    private ErasureAttempt Prepare(
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

        // What a look does not show, where it does not show all, need not be gone.
        bool tellsAll = found.Verdict != Verdict.Unreachable && !found.MayHoldMore && !found.HidesSome;
        // What is hidden before the service has carried out its order is not gone.
        bool isOrdered = open.State.Of(locationId).Tickets.OpenOf(step.Subject) is not null;
        AnnouncedWork? done = fault is null && !isOrdered ? gone.GetValueOrDefault(announcing.IndexOf(step.DeviceId)) : null;
        List<SeenItem> held = holds.HasItems(locationId)
            ? [.. found.Items.Where(item => holds.OnItem(locationId, step.Subject, item) is not null)]
            : [];

        // A device goes as a whole: where one of its documents is held, nothing of it is deleted.
        bool isWhole = locations.SinkOf(step.Location) is { Description.IsShared: false } && held.Count > 0;
        return new ErasureAttempt(step, fault)
        {
            Finding = found with { Items = isWhole ? [] : ToErase(step, found, allowed, held) },
            Held = held,
            Earlier = tellsAll ? done : null,
            IsUndetermined = !tellsAll && done is not null,
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
    private ILookup<string, string> HeldFor(IReadOnlyList<RequestStep> all, List<ErasureAttempt> attempts)
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
}
