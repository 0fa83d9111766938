using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>From the configuration of a hub, and of what is attached to it, to the places where data of its devices can be.</summary>
/// <param name="arm">Reads Azure Resource Manager.</param>
/// <param name="cloud">The cloud that the hub is in.</param>
/// <param name="notify">Takes what is worth a line but changes nothing.</param>
internal sealed class LocationDiscovery(ArmReader arm, Cloud cloud, Action<NoticeLevel, string> notify)
{
    /// <summary>
    /// Lists every location. A part of the configuration that cannot be read is a location itself, and a fault; it never ends the rest.
    /// </summary>
    /// <param name="hub">The hub.</param>
    /// <param name="extra">Locations that the configuration cannot tell of, from a <see cref="LocationFile"/>.</param>
    /// <param name="cancellationToken">Ends the discovery.</param>
    public async Task<DiscoveryResult> DiscoverAsync(
        HubDescription hub,
        IReadOnlyList<DataLocation> extra,
        CancellationToken cancellationToken
    )
    {
        var accounts = new StorageAccounts(arm, cloud, hub.ResourceId.SubscriptionId, notify);
        var subscriptions = new Subscriptions(arm);
        Task<OtherHubs> otherHubs = OtherHubs.ReadAsync(arm, hub, subscriptions, cancellationToken);
        Task<LocationSet>[] parts =
        [
            PartAsync("hub", () => HubDiscovery.FindAsync(hub, accounts, cancellationToken)),
            PartAsync("routing", () => new RoutingDiscovery(arm, accounts, notify).FindAsync(hub, cancellationToken)),
            PartAsync("events", () => new EventGridDiscovery(arm, accounts).FindAsync(hub, cancellationToken)),
            PartAsync("diagnostic settings", () => new DiagnosticsDiscovery(arm, accounts).FindAsync(hub, cancellationToken)),
            PartAsync("provisioning services", () => new ProvisioningDiscovery(arm, subscriptions).FindAsync(hub, cancellationToken)),
        ];

        var locations = new LocationSet();
        foreach (LocationSet part in await Task.WhenAll(parts))
            locations.Add(part);
        locations.Add(accounts.Refusals);
        locations.Add(extra.Select(location => OfHub(location, hub.Name)));
        OtherHubs others = await otherHubs;
        return locations.Build(others);

        async Task<LocationSet> PartAsync(string part, Func<Task<LocationSet>> find)
        {
            try
            {
                return await find();
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                var unread = new LocationSet();
                unread.AddUnread(
                    $"{part} of {hub.Name}",
                    AzureFaults.Translate(exception, $"the {part} of {hub.Name}", "read", "Reader").Fault
                );
                return unread;
            }
        }
    }

    /// <summary>The locations of a hub of which only the service API can be reached: that there may be others is one of them.</summary>
    public static DiscoveryResult ForConnectionString(string hostName, IReadOnlyList<DataLocation> extra)
    {
        string hubName = hostName.Split('.')[0];
        var locations = new LocationSet();
        HubDiscovery.AddRegistry(locations, hubName, resourceId: null);
        HubDiscovery.AddCloudToDeviceQueue(locations, hubName, resourceId: null);
        locations.Add(
            new DataLocation
            {
                Id = "",
                Kind = LocationKinds.UnreadConfiguration,
                Place = $"configuration of {hubName}",
                Provenance = ["the connection was made with a connection string alone, which does not open the hub's configuration"],
                Advice =
                    "Routing endpoints, event subscriptions, logs and provisioning services are unknown: connect by -Name or -ResourceId "
                    + "with a credential that has Reader on the hub to see them.",
            }
        );
        locations.Add(extra.Select(location => OfHub(location, hubName)));
        return locations.Build(OtherHubs.Unknown("a connection string alone does not let the hubs of the subscription be listed."));
    }

    /// <summary>
    /// Messages, events and rows of several hubs lie together: where nobody says whose are meant, they are those of the connected one.
    /// </summary>
    private static DataLocation OfHub(DataLocation location, string hubName)
    {
        if (
            location.Kind is not (LocationKinds.RoutedBlobContainer or LocationKinds.DeadLetterContainer or LocationKinds.LogArchive)
            || location.Settings.ContainsKey(LocationSettings.HubName)
        )
        {
            return location;
        }

        return location with
        {
            Settings = new Dictionary<string, string>(location.Settings, StringComparer.Ordinal) { [LocationSettings.HubName] = hubName },
        };
    }
}
