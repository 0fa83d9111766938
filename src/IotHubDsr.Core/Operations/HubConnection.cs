using System.Collections.Concurrent;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>A connection to one hub and everything that works on it.</summary>
internal sealed class HubConnection(
    DsrContext context,
    AzureAccess access,
    HubClient hub,
    ArmReader? arm,
    ConnectOptions options,
    SinkCatalogue catalogue
)
{
    private readonly IReadOnlyList<Sink> _sinks = catalogue.Open(hub, access, access.Clock);

    private readonly ConcurrentDictionary<string, IEvidenceStore> _evidence = new(StringComparer.Ordinal);

    public DsrContext Context => context;

    public HubClient Hub => hub;

    public AzureAccess Access => access;

    /// <summary>The clock for everything that depends on time.</summary>
    public ServiceClock Clock => access.Clock;

    /// <summary>
    /// Reads the locations from the hub's configuration as it is now: one that was added since the connection was made must not be missed.
    /// </summary>
    public async Task<HubLocations> ReadLocationsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<LocationDraft> added = options.LocationFile is null
            ? []
            : await LocationFile.ReadAsync(options.LocationFile, catalogue.Kinds, access.Cloud, cancellationToken);
        DiscoveryResult discovered = await DiscoverAsync(added, cancellationToken);
        return new HubLocations(
            DedicatedContainers.Apply(catalogue.Kinds, discovered, options.DedicatedContainers, OperationNotices.Send),
            _sinks
        );
    }

    /// <summary>A store of requests, which remembers what it read last.</summary>
    public IEvidenceStore EvidenceAt(string? place, TimeProvider time) =>
        _evidence.GetOrAdd(place ?? context.RequestStore, key => EvidenceStores.Open(key, access, time));

    public void Close() => access.Dispose();

    private async Task<DiscoveryResult> DiscoverAsync(IReadOnlyList<LocationDraft> added, CancellationToken cancellationToken)
    {
        if (arm is null || context.ResourceId is null)
            return LocationDiscovery.ForConnectionString(catalogue.Kinds, catalogue.Sources, context.HubHostName, added);
        HubDescription hub = await new HubResource(arm, OperationNotices.Send).ReadHubAsync(context.ResourceId, cancellationToken);
        var discovery = new LocationDiscovery(catalogue.Kinds, catalogue.Sources, arm, access.Cloud, OperationNotices.Send);
        return await discovery.DiscoverAsync(hub, added, cancellationToken);
    }
}
