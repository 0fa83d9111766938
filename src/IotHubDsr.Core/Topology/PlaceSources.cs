using System.Collections.Concurrent;
using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Topology;

/// <summary>What discovery reads with, and what it has read once for all kinds of place.</summary>
/// <param name="Arm">Reads Azure Resource Manager.</param>
/// <param name="Accounts">The storage accounts.</param>
/// <param name="Subscriptions">The subscriptions that can be seen.</param>
internal sealed record DiscoveryContext(ArmReader Arm, StorageAccounts Accounts, Subscriptions Subscriptions)
{
    /// <summary>What tells in which consumer groups it reads.</summary>
    public IReadOnlyList<IGroupReaders> GroupReaders { get; init; } = [];

    /// <summary>Single resources.</summary>
    public ResourceReads Resources { get; } = new(Arm);

    /// <summary>The topics of Event Grid that take the hub's events.</summary>
    public ConcurrentBag<ArmId> SystemTopics { get; } = [];

    /// <summary>What reads from the hub without its knowing.</summary>
    public Consumers Consumers { get; } = new(Arm, Subscriptions);
}

/// <summary>
/// From a part of the configuration to places of a kind. A kind implements the interface of each part that can lead to it: what no kind takes
/// is an unknown sink.
/// </summary>
internal interface IPlaceSource;

/// <summary>
/// Places that every hub has, whose configuration need not be read: they are known also where a connection string alone opens the hub.
/// </summary>
internal interface IServicePlaces : IPlaceSource
{
    /// <summary>Whether the service has it in hubs with twins alone, which those of the basic tier are not.</summary>
    bool NeedsTwins => false;

    /// <summary>The place, as far as the name of the hub tells.</summary>
    LocationDraft Of(string hubName, string? resourceId);

    /// <summary>The place of a hub of which more is known; null when the hub has none.</summary>
    LocationDraft? Of(HubDescription hub) => Of(hub.Name, hub.ResourceId.ToString());
}

/// <summary>Places that this module keeps itself, in the request store of a connection.</summary>
internal interface IStorePlaces : IPlaceSource
{
    /// <param name="store">Full path or URI of the store.</param>
    LocationDraft Of(string store);
}

/// <summary>What places of jobs are found with.</summary>
/// <param name="HubName">Name of the hub.</param>
/// <param name="Cloud">The cloud that it is in.</param>
/// <param name="Accounts">The storage accounts; null where a connection string alone opens the hub.</param>
internal sealed record TransferContext(string HubName, Cloud Cloud, StorageAccounts? Accounts);

/// <summary>
/// Places that the hub's exports and imports of all devices write to or read from: the service API tells them, also where a connection
/// string alone opens the hub.
/// </summary>
internal interface ITransferPlaces : IPlaceSource
{
    Task AddAsync(IReadOnlyList<HubJob> transfers, TransferContext context, LocationSet locations, CancellationToken cancellationToken);
}

/// <summary>Places that a hub's own description tells of.</summary>
internal interface IHubPlaces : IPlaceSource
{
    Task AddAsync(HubDescription hub, DiscoveryContext context, LocationSet locations, CancellationToken cancellationToken);
}

/// <summary>Places that a routing endpoint leads to.</summary>
internal interface IEndpointPlaces : IPlaceSource
{
    /// <summary>The lists of the configuration in which endpoints stand that lead there.</summary>
    IReadOnlyCollection<string> EndpointKinds { get; }

    /// <summary>The place, without ways; null when its address is not of a form that can be read.</summary>
    Task<LocationDraft?> FindAsync(
        RoutingEndpoint endpoint,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    );
}

/// <summary>A reader of event hubs that is known.</summary>
/// <param name="Source">The event hub: its namespace and its name, or the hub and <c>events</c>.</param>
/// <param name="Group">The consumer group in which it reads.</param>
internal sealed record GroupUse(string Source, string Group);

/// <summary>Consumers that tell in which consumer groups they read: others are hints that somebody else reads there.</summary>
internal interface IGroupReaders : IPlaceSource
{
    /// <summary>What is known to read; what cannot be read is told elsewhere.</summary>
    Task<IReadOnlyList<GroupUse>> ListAsync(HubDescription hub, DiscoveryContext context, CancellationToken cancellationToken);
}

/// <summary>An output of a Stream Analytics job.</summary>
/// <param name="Type">The type of its data source, as the job names it.</param>
/// <param name="Properties">The properties of that.</param>
/// <param name="Column">The column that the job's query fills with the device ID; null when it does not tell.</param>
/// <param name="KeepsHubRecord">Whether its rows are JSON, and each has what the hub noted on its message (<c>IoTHub</c>).</param>
internal sealed record JobOutputFacts(string Type, JsonElement? Properties, string? Column, bool KeepsHubRecord)
{
    /// <summary>An entity of a namespace of Event Hubs or Service Bus; null when it does not tell which.</summary>
    /// <param name="kind">The kind of place.</param>
    /// <param name="member">The member that names the entity.</param>
    public LocationDraft? ToEntity(string kind, string member) =>
        KeepsHubRecord && Properties.Text("serviceBusNamespace") is { } space && Properties.Text(member) is { } entity
            ? LocationDraft.Of(kind, $"{space.ToLowerInvariant()}/{entity}", resourceId: null)
            : null;
}

/// <summary>Places that an output of a Stream Analytics job leads to, where what it writes can be read there.</summary>
internal interface IOutputPlaces : IPlaceSource
{
    /// <summary>The types of data source.</summary>
    IReadOnlyCollection<string> DatasourceTypes { get; }

    /// <summary>The place, without ways; null when it is not known where it is, or whose its rows are.</summary>
    Task<LocationDraft?> PlaceOfAsync(
        JobOutputFacts output,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    );
}

/// <summary>Places that an Event Grid subscription delivers to.</summary>
internal interface IHandlerPlaces : IPlaceSource
{
    /// <summary>The kind of place.</summary>
    string Kind { get; }

    /// <summary>The type of destination; null for those that no other kind takes.</summary>
    string? EndpointType { get; }

    /// <summary>What such a destination is called in a sentence.</summary>
    string NameOf(EventDestination destination);

    /// <summary>The place in the words of its service; null when the destination does not tell it.</summary>
    string? PlaceOf(EventDestination destination);
}

/// <summary>Places that undeliverable events are written to.</summary>
internal interface IDeadLetterPlaces : IPlaceSource
{
    Task AddAsync(
        EventSubscription subscription,
        JsonElement deadLetter,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    );
}

/// <summary>Places that a diagnostic setting sends logs to.</summary>
internal interface ILogPlaces : IPlaceSource
{
    /// <summary>The members of a setting that name such a place, and those that say more of it.</summary>
    IReadOnlyCollection<string> SettingMembers { get; }

    Task AddAsync(
        DiagnosticSetting setting,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    );
}

/// <summary>Places that are found by a reading of their own, because the hub does not know of them.</summary>
internal interface IAttachedPlaces : IPlaceSource
{
    /// <summary>What is read, in words.</summary>
    string Part { get; }

    Task AddAsync(HubDescription hub, DiscoveryContext context, LocationSet locations, CancellationToken cancellationToken);
}

/// <summary>Places that others lead on to, whatever leads to those: copies that a service makes of what it stores.</summary>
internal interface IOnwardPlaces : IPlaceSource
{
    /// <summary>What is read, in words.</summary>
    string Part { get; }

    /// <summary>Whether it looks at what the others have found, too.</summary>
    bool IsLast => false;

    /// <param name="found">All that was found otherwise, way by way.</param>
    /// <param name="hub">The hub.</param>
    /// <param name="context">What is read with.</param>
    /// <param name="locations">Takes further places, and more about those that were found.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task AddAsync(
        IReadOnlyList<LocationDraft> found,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    );
}
