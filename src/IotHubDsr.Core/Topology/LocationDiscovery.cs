using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>From the configuration of a hub, and of what is attached to it, to the places where data of its devices can be.</summary>
/// <param name="kinds">The kinds of place.</param>
/// <param name="sources">What leads to places of these kinds, in the order of the kinds.</param>
/// <param name="arm">Reads Azure Resource Manager.</param>
/// <param name="cloud">The cloud that the hub is in.</param>
/// <param name="notify">Takes what is worth a line but changes nothing.</param>
internal sealed class LocationDiscovery(
    PlaceKinds kinds,
    IReadOnlyList<IPlaceSource> sources,
    ArmReader arm,
    Cloud cloud,
    Action<NoticeLevel, string> notify
)
{
    /// <summary>
    /// Lists every location. A part of the configuration that cannot be read is a location itself, and a fault; it never ends the rest.
    /// </summary>
    /// <param name="hub">The hub.</param>
    /// <param name="extra">Locations that the configuration cannot tell of, from a <see cref="LocationFile"/>.</param>
    /// <param name="cancellationToken">Ends the discovery.</param>
    public async Task<DiscoveryResult> DiscoverAsync(
        HubDescription hub,
        IReadOnlyList<LocationDraft> extra,
        CancellationToken cancellationToken
    )
    {
        var accounts = new StorageAccounts(arm, cloud, hub.ResourceId.SubscriptionId, notify);
        var context = new DiscoveryContext(arm, accounts, new Subscriptions(arm));
        Task<OtherHubs> otherHubs = OtherHubs.ReadAsync(hub, context, Of<IEndpointPlaces>(), cancellationToken);
        var events = new EventGridDiscovery(context, Of<IHandlerPlaces>(), Of<IDeadLetterPlaces>());
        Task<LocationSet>[] parts =
        [
            PartAsync("hub", () => new HubDiscovery(context, sources).FindAsync(hub, cancellationToken)),
            PartAsync("routing", () => new RoutingDiscovery(context, Of<IEndpointPlaces>(), notify).FindAsync(hub, cancellationToken)),
            PartAsync("events", () => events.FindAsync(hub, cancellationToken)),
            PartAsync("diagnostic settings", () => new DiagnosticsDiscovery(context, Of<ILogPlaces>()).FindAsync(hub, cancellationToken)),
            .. Of<IAttachedPlaces>()
                .Select(source =>
                    PartAsync(source.Part, () => AddedAsync(found => source.AddAsync(hub, context, found, cancellationToken)))
                ),
        ];

        var locations = new LocationSet();
        foreach (LocationSet part in await Task.WhenAll(parts))
            locations.Add(part);
        locations.Add(extra.Select(location => OfHub(kinds, location, hub.Name)));
        IReadOnlyList<LocationDraft> ways = locations.Ways;
        Task<LocationSet>[] onward =
        [
            .. Of<IOnwardPlaces>()
                .Select(source =>
                    PartAsync(source.Part, () => AddedAsync(found => source.AddAsync(ways, hub, context, found, cancellationToken)))
                ),
        ];
        foreach (LocationSet part in await Task.WhenAll(onward))
            locations.Add(part);
        locations.Add(accounts.Refusals);
        return locations.Build(kinds, await otherHubs);

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

        static async Task<LocationSet> AddedAsync(Func<LocationSet, Task> add)
        {
            var found = new LocationSet();
            await add(found);
            return found;
        }
    }

    /// <summary>The locations of a hub of which only the service API can be reached: that there may be others is one of them.</summary>
    public static DiscoveryResult ForConnectionString(
        PlaceKinds kinds,
        IReadOnlyList<IPlaceSource> sources,
        string hostName,
        IReadOnlyList<LocationDraft> extra
    )
    {
        string hubName = hostName.Split('.')[0];
        var locations = new LocationSet();
        locations.Add(sources.OfType<IServicePlaces>().Select(source => source.Of(hubName, resourceId: null)));
        locations.Add(
            new LocationDraft
            {
                Kind = PlaceKinds.Unread,
                Place = $"configuration of {hubName}",
                Ways =
                [
                    DataWay.Remark("the connection was made with a connection string alone, which does not open the hub's configuration"),
                ],
                Advice =
                    "Routing endpoints, event subscriptions, logs and provisioning services are unknown: connect by -Name or -ResourceId "
                    + "with a credential that has Reader on the hub to see them.",
            }
        );
        locations.Add(extra.Select(location => OfHub(kinds, location, hubName)));
        return locations.Build(kinds, OtherHubs.Unknown("a connection string alone does not let the hubs of the subscription be listed."));
    }

    /// <summary>
    /// Messages, events and rows of several hubs lie together: where nobody says whose are meant, they are those of the connected one.
    /// </summary>
    private static LocationDraft OfHub(PlaceKinds kinds, LocationDraft location, string hubName)
    {
        if (!kinds.Of(location.Kind).Is(PlaceTraits.MixesHubs) || location.Settings.ContainsKey(LocationSettings.HubName))
            return location;

        return location with
        {
            Settings = new Dictionary<string, string>(location.Settings, StringComparer.Ordinal) { [LocationSettings.HubName] = hubName },
        };
    }

    private T[] Of<T>()
        where T : IPlaceSource => [.. sources.OfType<T>()];
}
