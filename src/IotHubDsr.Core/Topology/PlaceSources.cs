using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>What discovery reads with, and what it has read once for all kinds of place.</summary>
/// <param name="Arm">Reads Azure Resource Manager.</param>
/// <param name="Accounts">The storage accounts.</param>
/// <param name="Subscriptions">The subscriptions that can be seen.</param>
internal sealed record DiscoveryContext(ArmReader Arm, StorageAccounts Accounts, Subscriptions Subscriptions)
{
    /// <summary>Single resources.</summary>
    public ResourceReads Resources { get; } = new(Arm);
}

/// <summary>
/// From a part of the configuration to places of a kind. A kind implements the interface of each part that can lead to it: what no kind takes
/// is an unknown sink.
/// </summary>
internal interface IPlaceSource;

/// <summary>Places that every hub has, whose configuration need not be read.</summary>
internal interface IServicePlaces : IPlaceSource
{
    LocationDraft Of(string hubName, string? resourceId);

    /// <summary>Whether a hub has it.</summary>
    bool IsIn(HubDescription hub) => true;
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
