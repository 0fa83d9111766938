using System.Collections.Concurrent;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BlobIndexes;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>A connection to one hub and everything that works on it.</summary>
internal sealed class HubConnection(
    DsrContext context,
    AzureAccess access,
    HubClient hub,
    ArmReader? arm,
    ConnectOptions options,
    SinkCatalogue catalogue,
    HubResource? resource
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
        IndexStore? index = await FindIndexAsync(cancellationToken);
        IEnumerable<LocationDraft> kept = index is null
            ? []
            : catalogue.Sources.OfType<IStorePlaces>().Select(source => source.Of(index.Place));
        DiscoveryResult discovered = await DiscoverAsync([.. added, .. kept], cancellationToken);
        return new HubLocations(
            DedicatedContainers.Apply(catalogue.Kinds, discovered, options.DedicatedContainers, OperationNotices.Send),
            _sinks
        )
        {
            Index = index,
        };
    }

    /// <summary>
    /// The index of devices, which is kept beside the requests of the connection; null where these are in a container that the connection
    /// cannot reach.
    /// </summary>
    public IndexStore? Index
    {
        get
        {
            try
            {
                return new IndexStore(new IndexFiles(EvidenceAt(null, Clock)));
            }
            catch (DsrException)
            {
                return null;
            }
        }
    }

    /// <summary>A store of requests, which remembers what it read last.</summary>
    public IEvidenceStore EvidenceAt(string? place, TimeProvider time) =>
        _evidence.GetOrAdd(place ?? context.RequestStore, key => EvidenceStores.Open(key, access, time));

    /// <summary>
    /// The index, if there is one. Who cannot read the request store can read everything else, and does: erasures need the store anyway.
    /// </summary>
    private async Task<IndexStore?> FindIndexAsync(CancellationToken cancellationToken)
    {
        if (Index is not { } index)
            return null;
        try
        {
            return await index.ReadKeyAsync(cancellationToken) is null ? null : index;
        }
        catch (InvalidDataException)
        {
            // There is one, and it is of no use: its location says why.
            return index;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            string what = $"Whether there is a device index in {index.Place} cannot be told, so none is used: {Reason.Of(exception)}";
            OperationNotices.Send(NoticeLevel.Verbose, what);
            return null;
        }
    }

    public void Close() => access.Dispose();

    private async Task<DiscoveryResult> DiscoverAsync(IReadOnlyList<LocationDraft> added, CancellationToken cancellationToken)
    {
        if (arm is null || resource is null || context.ResourceId is null)
        {
            return await LocationDiscovery.ForConnectionStringAsync(
                catalogue.Kinds,
                catalogue.Sources,
                hub,
                access.Cloud,
                added,
                cancellationToken
            );
        }

        HubDescription described = await resource.ReadHubAsync(context.ResourceId, cancellationToken);
        var discovery = new LocationDiscovery(catalogue.Kinds, catalogue.Sources, arm, access.Cloud, OperationNotices.Send, hub);
        return await discovery.DiscoverAsync(described, added, cancellationToken);
    }
}
