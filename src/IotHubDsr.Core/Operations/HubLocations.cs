using IotHubDsr.Core.Sinks;
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

    /// <summary>Parts of the configuration that could not be read.</summary>
    public IReadOnlyList<Fault> Faults { get; }

    public IReadOnlyList<DataLocation> All { get; }

    public Sink? SinkOf(DataLocation location) => _sinks.GetValueOrDefault(location.Kind);

    /// <summary>When it is the turn of a location to be erased from; one that no sink serves comes last.</summary>
    public ErasureStage StageOf(DataLocation location) => SinkOf(location)?.Description.Stage ?? ErasureStage.Logs;

    /// <summary>Locations whose sink is asked as each device arrives.</summary>
    public IEnumerable<DataLocation> PerDevice => All.Where(location => SinkOf(location) is { Description.IsShared: false });

    /// <summary>Locations that are read once for all devices.</summary>
    public IEnumerable<DataLocation> Shared => All.Where(location => SinkOf(location) is { Description.IsShared: true });

    /// <summary>Locations that no sink reads.</summary>
    public IEnumerable<DataLocation> Unserved => All.Where(location => SinkOf(location) is null);

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
