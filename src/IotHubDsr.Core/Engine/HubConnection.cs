using IotHubDsr.Azure;
using IotHubDsr.Discovery;
using IotHubDsr.Hub;
using IotHubDsr.Stores;

namespace IotHubDsr.Engine;

/// <summary>A connection to one hub and everything that works on it.</summary>
internal sealed class HubConnection(
    DsrContext context, AzureAccess access, HubClient hub, ArmReader? arm, string? locationFile)
{
    private readonly IReadOnlyList<IDataStore> _stores = StoreCatalogue.For(hub, access, access.Clock);

    public DsrContext Context => context;

    public HubClient Hub => hub;

    public AzureAccess Access => access;

    /// <summary>What all that is decided by the time goes by.</summary>
    public ServiceClock Clock => access.Clock;

    /// <summary>
    /// Reads the locations from the hub's configuration as it is now: one that was added since the connection was made must not be missed.
    /// </summary>
    public async Task<HubLocations> ReadLocationsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<DataLocation> added = locationFile is null
            ? []
            : await LocationFile.ReadAsync(locationFile, cancellationToken).ConfigureAwait(false);
        if (arm is null || context.ResourceId is null)
            return new HubLocations(LocationDiscovery.ForConnectionString(context.HubHostName, added), _stores);

        HubDescription hub = await new HubResource(arm, OperationNotices.Send).ReadHubAsync(context.ResourceId, cancellationToken).ConfigureAwait(false);
        var discovery = new LocationDiscovery(arm, access.Cloud, OperationNotices.Send);
        return new HubLocations(await discovery.DiscoverAsync(hub, added, cancellationToken).ConfigureAwait(false), _stores);
    }

    public void Close() => access.Dispose();
}
