using System.Globalization;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Determines whose the IDs of a request are. Between a plan and its run, or two runs, an ID can pass to another person, whose records are
/// then under the same ID in the same places: none of them may be mistaken for what is left of the first device.
/// </summary>
internal sealed class Incarnations
{
    /// <summary>How far the clocks that tell of one deletion may lie apart, and how long the hub takes to record it.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    private readonly OpenRequest _open;
    private readonly ErasurePlan _plan;
    private readonly LocationReading _reading;
    private readonly Dictionary<string, RequestStep> _registry;
    private readonly Dictionary<string, Known> _planned;
    private readonly Dictionary<string, Fault?> _doubts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _hadAnother = new(StringComparer.Ordinal);

    /// <param name="open">The request.</param>
    /// <param name="plan">Its plan, as it was accepted.</param>
    /// <param name="steps">The steps of the run.</param>
    /// <param name="reading">Asks the registry.</param>
    /// <param name="earlier">Earlier plans of the request, the first one first: the device is the one that they were about.</param>
    public Incarnations(
        OpenRequest open,
        ErasurePlan plan,
        IReadOnlyList<RequestStep> steps,
        LocationReading reading,
        IReadOnlyList<ErasurePlan> earlier
    )
    {
        (_open, _plan, _reading) = (open, plan, reading);
        _registry = steps
            .Where(step => SinkCatalogue.Has(step.Location.Kind, PlaceTraits.HoldsIdentity))
            .ToDictionary(step => step.DeviceId, StringComparer.Ordinal);
        _planned = KnownTo(plan, earlier);
    }

    /// <summary>The generation IDs that plans knew, by device ID.</summary>
    /// <param name="plan">The plan, as it was accepted.</param>
    /// <param name="earlier">Earlier plans of the request, the first one first.</param>
    public static IEnumerable<KeyValuePair<string, string>> GenerationsOf(ErasurePlan plan, IReadOnlyList<ErasurePlan> earlier) =>
        KnownTo(plan, earlier)
            .Where(static device => device.Value.GenerationId is not null)
            .Select(static device => KeyValuePair.Create(device.Key, device.Value.GenerationId!));

    /// <summary>Whether another device is known to have had the ID since: what does not tell its generation can be that one's.</summary>
    public bool HadAnother(RequestStep step)
    {
        lock (_hadAnother)
            return _hadAnother.Contains(step.DeviceId) || _open.State.HadAnotherDevice(step.Subject);
    }

    /// <summary>Whether this run has read the registry about the device: of one that did not answer nobody knows who has the ID now.</summary>
    public bool IsSeen(string deviceId) =>
        _registry.TryGetValue(deviceId, out RequestStep? step) && step.After is { Verdict: not (Verdict.Unreachable or Verdict.Unknown) };

    /// <summary>Records tell that another device had the ID after the plan.</summary>
    public void NoteAnother(string deviceId)
    {
        lock (_hadAnother)
            _hadAnother.Add(deviceId);
    }

    /// <summary>Why what does not tell its generation stays.</summary>
    public static Fault DoubtAboutAnother(RequestStep step) =>
        FaultCatalogue.DeviceUncertain.For(
            step.DeviceId,
            $"another device has had the ID since the plan was made, and the data in {step.Location} does not show whose it is."
        );

    /// <summary>Whether the plan knew which device the ID stood for.</summary>
    public bool IsKnown(string deviceId) => _planned[deviceId].GenerationId is not null;

    /// <summary>
    /// The last time at which data of the planned device can have come into a location, and what tells it from another one's.
    /// </summary>
    public RecordBound BoundOf(RequestStep step)
    {
        Known planned = _planned[step.DeviceId];
        if (planned.GenerationId is null)
        {
            // The person accepting a further plan is told that nobody has the ID, and sees what arrived until then.
            DateTimeOffset until =
                planned.WasAbsent && _open.State.Plan?.Follows is not null ? _plan.CreatedAt : _open.State.Registration!.ReceivedAt;
            return new RecordBound(until, GenerationId: null, _plan.CreatedAt);
        }

        // Nothing can arrive any more from a device that the request has deleted; later data is someone else's, regardless of a further
        // plan.
        DateTimeOffset last = _open.State.DeletedAt(step.Subject)
            ?? Latest(_plan.Scope.EndTime, GoneAt(step), step.Planned.Finding.LastTime);
        TimeSpan access = SinkCatalogue.Has(step.Location.Kind, PlaceTraits.HasDeviceFolders)
            ? step.Location.FlushTime ?? TimeSpan.Zero
            : TimeSpan.Zero;

        // Services tell the time in whole seconds: what another device of the ID sent at the moment of the plan is not taken for a part of
        // it.
        return new RecordBound(last + Slack + access, planned.GenerationId, planned.At - Slack);
    }

    /// <summary>Why what was found may not be erased, by device ID. The registry is asked once for each ID.</summary>
    /// <param name="found">What was found.</param>
    /// <param name="isFresh">Whether the plan was made just now: only devices that it did not know are asked for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Dictionary<string, Fault>> FindDoubtsAsync(
        IReadOnlyCollection<DeviceDataFinding> found,
        bool isFresh,
        CancellationToken cancellationToken
    )
    {
        // The sinks themselves keep to a scope of one generation.
        List<string> deviceIds = _plan.Scope.GenerationId is null
            ? [.. found.Where(IsNameless).Select(finding => finding.DeviceId).Where(_registry.ContainsKey)]
            : [];
        List<string> unread = [.. deviceIds.Where(deviceId => !_doubts.ContainsKey(deviceId) && !(isFresh && IsKnown(deviceId)))];
        if (unread.Count > 0)
        {
            foreach (DeviceDataFinding now in await _reading.FindAsync(_registry[unread[0]].Location, unread, cancellationToken))
                Learn(now);
        }

        return deviceIds
            .Select(deviceId => (Id: deviceId, Doubt: KnownDoubt(deviceId)))
            .Where(one => one.Doubt is not null)
            .ToDictionary(one => one.Id, one => one.Doubt!, StringComparer.Ordinal);
    }

    /// <summary>Asks the registry again, regardless of what is known.</summary>
    public async Task<Fault?> AskAsync(string deviceId, CancellationToken cancellationToken)
    {
        if (_plan.Scope.GenerationId is not null || !_registry.TryGetValue(deviceId, out RequestStep? step))
            return null;
        return DoubtOf((await _reading.FindAsync(step.Location, [deviceId], cancellationToken))[0]);
    }

    /// <summary>Records what the registry says.</summary>
    public void Learn(DeviceDataFinding registry)
    {
        lock (_doubts)
            _doubts[registry.DeviceId] = DoubtOf(registry);
    }

    /// <summary>The doubt that this run has come upon; null when there is none.</summary>
    public Fault? KnownDoubt(string deviceId)
    {
        if (
            _registry.TryGetValue(deviceId, out RequestStep? step)
            && step.Outcome?.Fault is { } fault
            && fault.Id == FaultCatalogue.DeviceRecreated.Id
        )
        {
            return fault;
        }

        lock (_doubts)
            return _doubts.GetValueOrDefault(deviceId);
    }

    /// <summary>Why a device that was found in the registry, or its queue, is not the planned one; null when it may be.</summary>
    public Fault? DoubtOf(DeviceDataFinding now)
    {
        Known planned = _planned[now.DeviceId];
        if (now.Verdict is Verdict.Unreachable or Verdict.Unknown)
        {
            return planned.GenerationId is null
                ? null
                : FaultCatalogue.DeviceUncertain.For(now.DeviceId, now.Detail ?? "the registry could not be read.");
        }

        return now.GenerationId is null || now.GenerationId == planned.GenerationId
            ? null
            : FaultCatalogue.DeviceRecreated.For(now.DeviceId, ReasonOf(planned));
    }

    /// <summary>Why what came after the bound of a device that the plan did not know stays.</summary>
    public Fault DoubtAbout(RequestStep step) =>
        FaultCatalogue.DeviceUncertain.For(
            step.DeviceId,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{ReasonOf(_planned[step.DeviceId])}, and data from after {BoundOf(step).Until:u} can be another device's."
            )
        );

    /// <summary>Whether there is something that does not say which device of the ID it is of.</summary>
    private static bool IsNameless(DeviceDataFinding finding) =>
        finding.GenerationId is null && finding.RecordCount + finding.RelayedCount > 0;

    private static string ReasonOf(Known planned) =>
        planned switch
        {
            { GenerationId: not null } => PerDevice.MadeAgain,
            { WasAbsent: true } => "no device had the ID when the plan was made, and the plan does not cover one created since",
            _ => "the registry could not be read when the plan was made, so it is unknown whether the device was created again since",
        };

    private static Dictionary<string, Known> KnownTo(ErasurePlan plan, IReadOnlyList<ErasurePlan> earlier)
    {
        Dictionary<string, Known> planned = KnownTo(plan);
        foreach ((string deviceId, Known known) in earlier.Reverse().SelectMany(KnownTo))
        {
            if (
                known.GenerationId is not null
                && planned.TryGetValue(deviceId, out Known? now)
                && (now.GenerationId is null || now.GenerationId == known.GenerationId)
            )
            {
                planned[deviceId] = known;
            }
        }

        return planned;
    }

    private static Dictionary<string, Known> KnownTo(ErasurePlan plan) =>
        plan
            .Steps.GroupBy(step => step.DeviceId, StringComparer.Ordinal)
            .ToDictionary(device => device.Key, device => KnownTo([.. device], plan), StringComparer.Ordinal);

    private static Known KnownTo(List<ErasureStep> steps, ErasurePlan plan)
    {
        DeviceDataFinding? registry = steps.Find(step => SinkCatalogue.Has(step.Location.Kind, PlaceTraits.HoldsIdentity))?.Finding;
        DeviceDataFinding? queue = steps.Find(step => SinkCatalogue.Has(step.Location.Kind, PlaceTraits.WaitsForDevice))?.Finding;
        return new Known(
            plan.Scope.GenerationId ?? registry?.GenerationId ?? queue?.GenerationId,
            registry?.Verdict == Verdict.Absent,
            plan.CreatedAt
        );
    }

    private static DateTimeOffset Latest(DateTimeOffset? end, DateTimeOffset gone, DateTimeOffset? found) =>
        new[] { end ?? gone, gone, found ?? gone }.Max();

    /// <summary>
    /// When the device was gone: deleted by this request, or not there any more when it was to be deleted. A plan is about what was there
    /// before.
    /// </summary>
    private DateTimeOffset GoneAt(RequestStep step)
    {
        if (_open.State.DeletedAt(step.Subject) is { } deletedAt)
            return deletedAt;
        DateTimeOffset planned = _open.State.PlannedAt ?? _plan.CreatedAt;
        return
            _registry.TryGetValue(step.DeviceId, out RequestStep? registry)
            && _open.State.Of(registry.Location.Id) is { ErasedAt: { } erasedAt } state
            && state.Of(step.Subject).IsSettled
            && erasedAt > planned
            ? erasedAt
            : planned;
    }

    /// <param name="GenerationId">The device that the plan knew; null when it knew none.</param>
    /// <param name="WasAbsent">Whether the registry was read, and had none.</param>
    /// <param name="At">When that plan was made.</param>
    private sealed record Known(string? GenerationId, bool WasAbsent, DateTimeOffset At);
}
