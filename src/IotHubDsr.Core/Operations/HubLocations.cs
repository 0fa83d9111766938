using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BlobIndexes;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>The locations of a hub, each with the sink that serves it, if there is one.</summary>
internal sealed class HubLocations
{
    private readonly Dictionary<string, Sink> _sinks = new(StringComparer.Ordinal);

    public HubLocations(DiscoveryResult discovered, IReadOnlyList<Sink> sinks)
    {
        foreach (Sink sink in sinks)
            _sinks.Add(sink.Description.Kind, sink);

        Faults = discovered.Faults;
        All = discovered.Locations.Select(WithCapabilities).ToList();
    }

    private HubLocations(HubLocations other, IReadOnlyList<DataLocation> all)
    {
        (_sinks, Faults, Index, All) = (other._sinks, other.Faults, other.Index, all);
    }

    /// <summary>What earlier readings of archives left of the devices in them; null where there is no index.</summary>
    public IndexStore? Index { get; init; }

    /// <summary>Parts of the configuration that could not be read.</summary>
    public IReadOnlyList<Fault> Faults { get; }

    public IReadOnlyList<DataLocation> All { get; }

    /// <summary>
    /// Why it can be that a location is not known now although it is there: a part of the configuration could not be read. Null where the
    /// location is known, or all was read.
    /// </summary>
    public Fault? WhyUnknown(DataLocation location) =>
        Faults is [{ } unread, ..] && !All.Any(known => known.Id == location.Id) ? unread : null;

    /// <summary>
    /// The same beside what a plan names: a place that has nothing in common with a planned one but its ID, since IDs leave out case, signs
    /// and resources, gets another.
    /// </summary>
    public HubLocations Beside(IEnumerable<DataLocation> planned)
    {
        ILookup<string, DataLocation> places = planned.ToLookup(static location => location.Id, StringComparer.Ordinal);
        return new HubLocations(
            this,
            [
                .. All.Select(location =>
                    places[location.Id].Any(other => !IsSamePlace(location, other))
                        ? location with
                        {
                            Id = LocationIds.Apart(location),
                        }
                        : location
                ),
            ]
        );
    }

    /// <summary>A planned location as far as it can be told while the configuration does not lead to it.</summary>
    public DataLocation Unconfigured(DataLocation planned) =>
        WithCapabilities(planned) with
        {
            Inflow = Faults.Count > 0 ? LocationInflow.Open : LocationInflow.Closed,
            Settings = new Dictionary<string, string>(planned.Settings, StringComparer.Ordinal)
            {
                [LocationSettings.SharingUnknown] = "the hub's configuration, as it can be read now, does not lead to it",
            },
        };

    public Sink? SinkOf(DataLocation location) => _sinks.GetValueOrDefault(location.Kind);

    /// <summary>When it is the turn of a location to be erased from; one that no sink serves comes last.</summary>
    public ErasureStage StageOf(DataLocation location) => SinkOf(location)?.Description.Stage ?? ErasureStage.Logs;

    /// <summary>Locations whose sink is asked as each device arrives.</summary>
    public IEnumerable<DataLocation> PerDevice => All.Where(location => SinkOf(location) is { Description.IsShared: false });

    /// <summary>Locations that are read once for all devices.</summary>
    public IEnumerable<DataLocation> Shared => All.Where(location => SinkOf(location) is { Description.IsShared: true });

    /// <summary>Locations that no sink reads.</summary>
    public IEnumerable<DataLocation> Unserved => All.Where(location => SinkOf(location) is null);

    /// <summary>Resource IDs are of an entity or of what it is part of, depending on what leads to it.</summary>
    private static bool IsSamePlace(DataLocation one, DataLocation other) =>
        one.Kind == other.Kind
        && string.Equals(
            one.Place,
            other.Place,
            SinkCatalogue.Has(one.Kind, PlaceTraits.HasCase) ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase
        )
        && (
            one.ResourceId is not { } here
            || other.ResourceId is not { } there
            || $"{here}/".StartsWith($"{there}/", StringComparison.OrdinalIgnoreCase)
            || $"{there}/".StartsWith($"{here}/", StringComparison.OrdinalIgnoreCase)
        );

    private DataLocation WithCapabilities(DataLocation location) =>
        SinkOf(location) is { } sink
            ? location with
            {
                Capabilities = sink.Description.Capabilities,
                Verdict = null,
                Advice = null,
            }
            : location with
            {
                Verdict = location.Verdict ?? Verdict.Unknown,
            };
}
