using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Topology;

/// <summary>From the configuration of a hub, and of what is attached to it, to the places where data of its devices can be.</summary>
/// <param name="kinds">The kinds of place.</param>
/// <param name="sources">What leads to places of these kinds, in the order of the kinds.</param>
/// <param name="arm">Reads Azure Resource Manager.</param>
/// <param name="cloud">The cloud that the hub is in.</param>
/// <param name="notify">Takes what is worth a line but changes nothing.</param>
/// <param name="service">The hub's service API, which alone tells of its jobs.</param>
internal sealed class LocationDiscovery(
    PlaceKinds kinds,
    IReadOnlyList<IPlaceSource> sources,
    ArmReader arm,
    Cloud cloud,
    Action<NoticeLevel, string> notify,
    HubClient? service = null
)
{
    /// <summary>What is read of the hub's jobs, in words.</summary>
    private const string Transfers = "export and import jobs";

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
        var context = new DiscoveryContext(arm, accounts, new Subscriptions(arm)) { GroupReaders = Of<IGroupReaders>() };
        Task<OtherHubs> otherHubs = OtherHubs.ReadAsync(hub, context, Of<IEndpointPlaces>(), cancellationToken);
        var events = new EventGridDiscovery(context, Of<IHandlerPlaces>(), Of<IDeadLetterPlaces>());
        Task<LocationSet>[] parts =
        [
            PartAsync("hub", () => new HubDiscovery(context, sources).FindAsync(hub, cancellationToken)),
            PartAsync("routing", () => new RoutingDiscovery(context, Of<IEndpointPlaces>(), notify).FindAsync(hub, cancellationToken)),
            PartAsync("events", () => events.FindAsync(hub, cancellationToken)),
            PartAsync("diagnostic settings", () => new DiagnosticsDiscovery(context, Of<ILogPlaces>()).FindAsync(hub, cancellationToken)),
            PartAsync(Transfers, () => TransfersAsync(service, sources, new(hub.Name, cloud, accounts), cancellationToken)),
            .. Of<IAttachedPlaces>()
                .Select(source =>
                    PartAsync(source.Part, () => AddedAsync(found => source.AddAsync(hub, context, found, cancellationToken)))
                ),
        ];

        var locations = new LocationSet();
        foreach (LocationSet part in await Task.WhenAll(parts))
            locations.Add(part);
        locations.Add(extra.Select(location => OfHub(kinds, location, hub.Name)));
        var attached = new AttachedDiagnostics(context, Of<ILogPlaces>());
        locations.Add(await AttachedAsync());
        await AddOnwardAsync(locations);

        // What is found on the way onward has settings of its own, and what these lead to is followed in turn; each resource is asked once.
        while (await AttachedAsync() is { Ways.Count: > 0 } logs)
        {
            await AddOnwardAsync(logs);
            locations.Add(logs);
        }

        locations.Add(accounts.Refusals);
        return locations.Build(kinds, await otherHubs);

        Task<LocationSet> AttachedAsync() =>
            PartAsync(AttachedDiagnostics.Part, () => attached.FindAsync(locations.Ways, hub, cancellationToken));

        async Task AddOnwardAsync(LocationSet places)
        {
            foreach (
                IGrouping<bool, IOnwardPlaces> turn in Of<IOnwardPlaces>()
                    .GroupBy(static source => source.IsLast)
                    .OrderBy(static turn => turn.Key)
            )
            {
                IReadOnlyList<LocationDraft> ways = places.Ways;
                Task<LocationSet>[] onward =
                [
                    .. turn.Select(source =>
                        PartAsync(source.Part, () => AddedAsync(found => source.AddAsync(ways, hub, context, found, cancellationToken)))
                    ),
                ];
                foreach (LocationSet part in await Task.WhenAll(onward))
                    places.Add(part);
            }
        }

        Task<LocationSet> PartAsync(string part, Func<Task<LocationSet>> find) => ReadAsync(part, hub.Name, find, cancellationToken);

        static async Task<LocationSet> AddedAsync(Func<LocationSet, Task> add)
        {
            var found = new LocationSet();
            await add(found);
            return found;
        }
    }

    /// <summary>
    /// As <see cref="ForConnectionString(PlaceKinds, IReadOnlyList{IPlaceSource}, string, IReadOnlyList{LocationDraft}, bool, LocationSet?)"/>,
    /// with what the service API tells.
    /// </summary>
    public static async Task<DiscoveryResult> ForConnectionStringAsync(
        PlaceKinds kinds,
        IReadOnlyList<IPlaceSource> sources,
        HubClient service,
        Cloud cloud,
        IReadOnlyList<LocationDraft> extra,
        CancellationToken cancellationToken
    )
    {
        string hubName = service.HostName.Split('.')[0];
        LocationSet told = await ReadAsync(
            Transfers,
            hubName,
            () => TransfersAsync(service, sources, new(hubName, cloud, Accounts: null), cancellationToken),
            cancellationToken
        );
        return ForConnectionString(kinds, sources, service.HostName, extra, isBasic: !service.SupportsTwins, told);
    }

    /// <summary>The locations of a hub of which only the service API can be reached: that there may be others is one of them.</summary>
    public static DiscoveryResult ForConnectionString(
        PlaceKinds kinds,
        IReadOnlyList<IPlaceSource> sources,
        string hostName,
        IReadOnlyList<LocationDraft> extra,
        bool isBasic = false,
        LocationSet? told = null
    )
    {
        string hubName = hostName.Split('.')[0];
        var locations = new LocationSet();
        locations.Add(
            sources
                .OfType<IServicePlaces>()
                .Where(source => !(source.NeedsTwins && isBasic))
                .Select(source => source.Of(hubName, resourceId: null))
        );
        if (told is not null)
            locations.Add(told);
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

    private static async Task<LocationSet> TransfersAsync(
        HubClient? service,
        IReadOnlyList<IPlaceSource> sources,
        TransferContext context,
        CancellationToken cancellationToken
    )
    {
        var locations = new LocationSet();
        if (service is null)
            return locations;
        IReadOnlyList<HubJob> transfers = await service.Jobs.ListTransfersAsync(cancellationToken);
        foreach (ITransferPlaces source in sources.OfType<ITransferPlaces>())
            await source.AddAsync(transfers, context, locations, cancellationToken);
        return locations;
    }

    /// <summary>Reads a part of what there is; why it cannot be read is a location, and ends nothing else.</summary>
    private static async Task<LocationSet> ReadAsync(
        string part,
        string hubName,
        Func<Task<LocationSet>> find,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await find();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var unread = new LocationSet();
            unread.AddUnread($"{part} of {hubName}", AzureFaults.Translate(exception, $"the {part} of {hubName}", "read", "Reader").Fault);
            return unread;
        }
    }

    private T[] Of<T>()
        where T : IPlaceSource => [.. sources.OfType<T>()];
}
