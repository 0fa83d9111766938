using System.Text.Json;
using System.Xml;

namespace IotHubDsr.Core.Topology;

/// <summary>The places inside a hub, and what its own description tells of others.</summary>
internal sealed class HubDiscovery(DiscoveryContext context, IReadOnlyList<IPlaceSource> sources)
{
    public async Task<LocationSet> FindAsync(HubDescription hub, CancellationToken cancellationToken)
    {
        var locations = new LocationSet();
        foreach (IPlaceSource source in sources)
        {
            if (source is IServicePlaces service && !(service.NeedsTwins && hub.IsBasic) && service.Of(hub) is { } place)
                locations.Add(place);
            if (source is IHubPlaces described)
                await described.AddAsync(hub, context, locations, cancellationToken);
        }

        UnknownProperties.Add(locations, hub);
        if (hub.Unshown is { } unread)
            locations.AddUnread($"newer kinds of endpoint of {hub.Name}", unread);
        return locations;
    }

    /// <summary>A place that the hub itself keeps.</summary>
    /// <param name="kind">Kind of the place.</param>
    /// <param name="hubName">Name of the hub.</param>
    /// <param name="resourceId">Resource ID of the hub, if known.</param>
    /// <param name="why">Why data is there.</param>
    public static LocationDraft Kept(string kind, string hubName, string? resourceId, string why) =>
        new()
        {
            Kind = kind,
            Place = hubName,
            ResourceId = resourceId,
            Ways = [new DataWay { Kind = DataWayKind.Hub, Note = why }],
        };

    /// <summary>A duration as the service writes it; null for what is none.</summary>
    public static TimeSpan? Duration(string? iso8601)
    {
        try
        {
            return iso8601 is not null && XmlConvert.ToTimeSpan(iso8601) is var span && span > TimeSpan.Zero ? span : null;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>The names in an element that cannot be read, for a sentence about it.</summary>
    public static string NamesIn(JsonElement element) =>
        RoutingTable.NamesIn(element) is { Count: > 0 } names
            ? $"; names in it: {string.Join(", ", names.Select(static name => $"'{name}'"))}"
            : "";
}
