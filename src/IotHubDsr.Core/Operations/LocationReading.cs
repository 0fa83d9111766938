using System.Collections.Concurrent;
using System.Collections.Frozen;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Work;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Calls sinks, and turns a location that could not be read into a finding for each device: one failing sink never fails the rest.
/// </summary>
internal sealed class LocationReading(HubLocations locations, SinkOptions options, OperationEvents events)
{
    private readonly ConcurrentDictionary<string, string> _generations = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _howRead = new(StringComparer.Ordinal);
    private readonly WorkGate _gate = new(options.ThrottleLimit);

    public SinkOptions Options => options;

    /// <summary>Where the units of the work on locations are done.</summary>
    public IUnitScheduler Scheduler { get; set; } = LocalScheduler.Instance;

    /// <summary>By location ID and device ID, see <see cref="SinkCall.ErasedAt"/>.</summary>
    public Func<string, string, DateTimeOffset?> ErasedAt { get; init; } = static (_, _) => null;

    /// <summary>By location ID, see <see cref="SinkCall.PlannedItems"/>.</summary>
    public Func<string, IEnumerable<SeenItem>> PlannedItems { get; init; } = static _ => [];

    /// <summary>By location ID and device ID, see <see cref="SinkCall.GoneBy"/>.</summary>
    public Func<string, string, DateTimeOffset?> GoneBy { get; init; } = static (_, _) => null;

    public SinkCall CallFor(DataLocation location, IReadOnlyDictionary<string, RecordBound>? bounds = null, SharedReads? shared = null) =>
        new(location, options, events.EmitAsync)
        {
            Bounds = bounds ?? FrozenDictionary<string, RecordBound>.Empty,
            Shared = shared,
            Index = locations.Index,
            ErasedAt = deviceId => ErasedAt(location.Id, deviceId),
            PlannedItems = () => PlannedItems(location.Id),
            GoneBy = deviceId => GoneBy(location.Id, deviceId),
            OtherPlaces = OtherPlaces(location),
            Generations = _generations,
            Gate = _gate,
        };

    /// <summary>A call that may destroy something.</summary>
    public SinkCall CallFor(DataLocation location, ErasureTerms terms) =>
        new(location, options, events.EmitAsync, terms.Record)
        {
            Take = terms.Take,
            Withdraw = terms.Withdraw,
            Tickets = terms.Tickets,
            Earlier = terms.Earlier,
            Held = terms.Held,
            HeldDevices = terms.HeldDevices,
            Bounds = terms.Bounds,
            Doubt = terms.Doubt,
            Allowance = terms.Allowance,
            PlannedItems = () => PlannedItems(location.Id),
            Index = locations.Index,
            OtherPlaces = OtherPlaces(location),
            Generations = _generations,
            Gate = _gate,
        };

    /// <summary>Sets which devices the IDs stand for, regardless of who has them now.</summary>
    public void Expect(IEnumerable<KeyValuePair<string, string>> generations)
    {
        foreach ((string deviceId, string generation) in generations)
            _generations[deviceId] = generation;
    }

    /// <summary>Whether the requested records can be distinguished from others there; if not, nothing may be changed or copied.</summary>
    public bool IsNarrowable(DataLocation location) => BlindnessOf(location) == Narrowing.None;

    public Task<IReadOnlyList<DeviceDataFinding>> FindAsync(
        DataLocation location,
        IReadOnlyList<string> deviceIds,
        CancellationToken cancellationToken
    ) => FindAsync(location, deviceIds, bounds: null, shared: null, cancellationToken);

    /// <summary>What tells how much there is to read in a location.</summary>
    public ISurveyor? SurveyorOf(DataLocation location) => locations.SinkOf(location)?.Find as ISurveyor;

    /// <summary>How a location was read last; null when it was not, or its sink has nothing to add to what it says of all.</summary>
    public string? HowRead(DataLocation location) => _howRead.GetValueOrDefault(location.Id);

    /// <param name="location">The location.</param>
    /// <param name="deviceIds">The devices.</param>
    /// <param name="bounds">See <see cref="SinkCall.Bounds"/>.</param>
    /// <param name="shared">See <see cref="SinkCall.Shared"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<DeviceDataFinding>> FindAsync(
        DataLocation location,
        IReadOnlyList<string> deviceIds,
        IReadOnlyDictionary<string, RecordBound>? bounds,
        SharedReads? shared,
        CancellationToken cancellationToken
    )
    {
        _howRead.TryRemove(location.Id, out _);
        try
        {
            Sink sink = locations.SinkOf(location)
                ?? throw FaultCatalogue.LocationMissing.Exception(location.ToString(), "no sink serves it");
            SinkCall call = CallFor(location, bounds, shared);
            IReadOnlyList<DeviceDataFinding> findings = await Scheduler.RunAsync(
                sink.Find.Find(call, deviceIds),
                new UnitOrder(UnitRole.Find, call, deviceIds),
                cancellationToken
            );
            if (call.Reading is { } how)
                _howRead[location.Id] = how;
            return BlindnessOf(location) is not Narrowing.None and var blindness
                ? [.. findings.Select(finding => Undecided(finding, blindness))]
                : findings;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = FaultOf(exception, location);

            // What the configuration does not tell now need not be gone.
            if (fault.Id == FaultCatalogue.LocationMissing.Id && locations.WhyUnknown(location) is { } unread)
            {
                fault = FaultCatalogue.LocationUnreadable.For(
                    location.ToString(),
                    $"where it is, a part of the hub's configuration tells that could not be read now: {unread.Message}"
                );
            }

            await events.EmitAsync(new FaultEvent(fault), cancellationToken);
            return deviceIds.Select(deviceId => Unreachable(deviceId, location, fault)).ToList();
        }
        finally
        {
            await events.EmitAsync(new ProgressEvent(location.Id, location.ToString(), "Read", Completed: true), CancellationToken.None);
        }
    }

    /// <summary>Reads several locations in parallel, and returns the findings in the order of the locations.</summary>
    public async Task FindInOrderAsync(
        IEnumerable<DataLocation> some,
        IReadOnlyList<string> deviceIds,
        Func<DeviceDataFinding, CancellationToken, ValueTask> onFinding,
        CancellationToken cancellationToken
    )
    {
        DataLocation[] ordered = [.. some];
        var found = new IReadOnlyList<DeviceDataFinding>?[ordered.Length];
        int next = 0;
        using var giving = new SemaphoreSlim(1, 1);
        await PlacesInTurn.ForEachAsync(
            Enumerable.Range(0, ordered.Length),
            index => ordered[index],
            async (index, token) =>
            {
                string what = $"Reading {ordered[index]} for {Counted.Of(deviceIds.Count, "device")}.";
                await events.EmitAsync(new NoticeEvent(NoticeLevel.Verbose, what), token);
                IReadOnlyList<DeviceDataFinding> findings = await FindAsync(ordered[index], deviceIds, token);
                await giving.WaitAsync(token);
                try
                {
                    found[index] = findings;
                    for (; next < found.Length && found[next] is { } turn; next++)
                    {
                        found[next] = [];
                        foreach (DeviceDataFinding finding in turn)
                            await onFinding(finding, token);
                    }
                }
                finally
                {
                    giving.Release();
                }
            },
            cancellationToken
        );
    }

    public static Fault FaultOf(Exception exception, DataLocation location) =>
        SinkCall.AtLocation(AzureFaults.Translate(exception, location.ToString(), "read", "Reader").Fault, location);

    private HashSet<string> OtherPlaces(DataLocation location) =>
        locations
            .All.Where(other => other.Id != location.Id && other.ResourceId is not null && locations.SinkOf(other) is not null)
            .Select(static other => other.ResourceId!)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What of the scope a location's sink does not understand.</summary>
    private Narrowing BlindnessOf(DataLocation location) =>
        locations.SinkOf(location) is { } sink ? ScopeNarrowing.Of(options.Erasure.Scope) & ~sink.Description.Understands : Narrowing.None;

    /// <summary>
    /// The findings of a sink that could not distinguish the requested records from others: someone has to. Its counts and items are not
    /// the request's, so that nothing is erased or copied by them.
    /// </summary>
    private static DeviceDataFinding Undecided(DeviceDataFinding found, Narrowing blindness)
    {
        // Where there is nothing at all there is nothing of a part of it; what only a body says was not looked for.
        bool isNothing = found.Verdict == Verdict.Absent && !blindness.HasFlag(Narrowing.Mentioned);
        if (isNothing || found.Verdict is Verdict.Unreachable or Verdict.Unknown)
            return found;
        List<string> limits = [];
        if (blindness.HasFlag(Narrowing.Generation))
            limits.Add("one generation of the device ID");
        if (blindness.HasFlag(Narrowing.Time))
            limits.Add("a time window");
        if (blindness.HasFlag(Narrowing.Mentioned))
            limits.Add("records that name the device in their body");
        return new DeviceDataFinding
        {
            DeviceId = found.DeviceId,
            GenerationId = found.GenerationId,
            Location = found.Location,
            Verdict = Verdict.OwnerAction,
            Detail =
                $"The request asks for {string.Join(" and ", limits)}, which cannot be distinguished here: none of the "
                + $"{Counted.Of(found.RecordCount, "record")} of the device ID here is erased or exported. The person responsible for "
                + $"{found.Location.Place} must determine which of them the request is about.",
        };
    }

    private static DeviceDataFinding Unreachable(string deviceId, DataLocation location, Fault fault) =>
        new()
        {
            DeviceId = deviceId,
            Location = location,
            Verdict = Verdict.Unreachable,
            Detail = fault.Message,
        };
}
