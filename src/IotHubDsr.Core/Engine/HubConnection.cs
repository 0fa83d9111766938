using IotHubDsr.Azure;
using IotHubDsr.Discovery;
using IotHubDsr.Hub;
using IotHubDsr.Stores;

namespace IotHubDsr.Engine;

/// <summary>A connection to one hub and everything that works on it.</summary>
internal sealed class HubConnection(DsrContext context, AzureAccess access, HubClient hub, ArmReader? arm, string? locationFile)
{
    private readonly IReadOnlyList<IDataStore> _stores = StoreCatalogue.For(hub, access, TimeProvider.System);

    public DsrContext Context => context;

    public HubClient Hub => hub;

    /// <summary>
    /// Reads the locations from the hub's configuration as it is now: one that was added since the connection was made must not be missed.
    /// </summary>
    public async Task<HubLocations> ReadLocationsAsync(CancellationToken cancellationToken)
    {
        DiscoveryResult discovered;
        if (arm is not null && context.ResourceId is not null)
        {
            var resource = new HubResource(arm, OperationNotices.Send);
            HubDescription description = await resource.ReadHubAsync(context.ResourceId, cancellationToken).ConfigureAwait(false);
            var discovery = new LocationDiscovery(arm, access.Cloud, OperationNotices.Send);
            discovered = await discovery.DiscoverAsync(description, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            discovered = LocationDiscovery.ForConnectionString(context.HubHostName);
        }

        IReadOnlyList<DataLocation> added = locationFile is null
            ? []
            : await LocationFile.ReadAsync(locationFile, cancellationToken).ConfigureAwait(false);
        return new HubLocations(discovered, added, _stores);
    }

    public void Close() => access.Dispose();
}
