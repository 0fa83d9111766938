using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>The locations of a hub, each with the store that serves it, if there is one.</summary>
internal sealed class HubLocations
{
    private readonly Dictionary<string, IDataStore> _stores = new(StringComparer.Ordinal);

    public HubLocations(DiscoveryResult discovered, IReadOnlyList<IDataStore> stores)
    {
        foreach (IDataStore store in stores)
        {
            foreach (string kind in store.Kinds)
                _stores.Add(kind, store);
        }

        Faults = discovered.Faults;
        All = discovered.Locations.Select(WithCapabilities).ToList();
    }

    /// <summary>Parts of the configuration that could not be read.</summary>
    public IReadOnlyList<Fault> Faults { get; }

    public IReadOnlyList<DataLocation> All { get; }

    public IDataStore? StoreOf(DataLocation location) => _stores.GetValueOrDefault(location.Kind);

    /// <summary>When it is the turn of a location to be erased from; one that no store serves comes last.</summary>
    public ErasureStage StageOf(DataLocation location) => StoreOf(location)?.StageOf(location.Kind) ?? ErasureStage.Logs;

    /// <summary>Locations whose store is asked as each device arrives.</summary>
    public IEnumerable<DataLocation> PerDevice => All.Where(location => StoreOf(location) is { IsShared: false });

    /// <summary>Locations that are read once for all devices.</summary>
    public IEnumerable<DataLocation> Shared => All.Where(location => StoreOf(location) is { IsShared: true });

    /// <summary>Locations that no store reads.</summary>
    public IEnumerable<DataLocation> Unserved => All.Where(location => StoreOf(location) is null);

    private DataLocation WithCapabilities(DataLocation location) =>
        StoreOf(location) is { } store
            ? location with
            {
                Capabilities = store.Capabilities,
                Verdict = null,
                Advice = null,
            }
            : location with
            {
                Verdict = location.Verdict ?? Verdict.Unknown,
            };
}
