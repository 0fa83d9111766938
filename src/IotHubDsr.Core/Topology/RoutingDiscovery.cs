using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>Where a hub's routing sends messages, has sent them, or cannot send them at present.</summary>
internal sealed class RoutingDiscovery(DiscoveryContext context, IReadOnlyList<IEndpointPlaces> sources, Action<NoticeLevel, string> notify)
{
    private const string UnknownFormat =
        "Messages are laid out in a payload format that this version does not know: the owner of the endpoint looks for the device in "
        + "them.";

    public async Task<LocationSet> FindAsync(HubDescription hub, CancellationToken cancellationToken)
    {
        var locations = new LocationSet();
        var table = RoutingTable.Read(hub.Properties);
        List<EndpointHealth>? health = await HealthAsync(hub, locations, cancellationToken);
        foreach (RoutingEndpoint endpoint in table.Endpoints)
        {
            IEndpointPlaces? source = sources.FirstOrDefault(known =>
                known.EndpointKinds.Contains(endpoint.Kind, StringComparer.OrdinalIgnoreCase)
            );
            LocationDraft? place = source is null ? null : await source.FindAsync(endpoint, hub, context, cancellationToken);
            AddEndpoint(endpoint, place, table, health?.FindAll(state => state.IsOf(endpoint)), locations);
            if (place is not null)
            {
                UnknownProperties.AddMembers(
                    locations,
                    $"routing endpoint '{endpoint.Name}'",
                    endpoint.Body,
                    UnknownProperties.RoutingEndpointMembers
                );
            }
        }

        foreach (string name in table.Unresolved)
        {
            DataWay[] ways = [.. table.Routes.Where(route => route.LeadsTo(name)).Select(route => route.To(name))];
            locations.AddUnknown(
                name,
                [.. ways, DataWay.Remark($"unresolved: '{name}' is not among the endpoints that the hub's configuration shows")]
            );
        }

        foreach (RoutingOddity oddity in table.Oddities)
        {
            string names =
                oddity.Names.Count == 0 ? "" : $"; names in it: {string.Join(", ", oddity.Names.Select(static name => $"'{name}'"))}";
            locations.AddUnknown(oddity.Where, $"{oddity.Where} is not of a form that this version can read{names}");
        }

        AddUnlisted(health ?? [], table, locations);
        return locations;
    }

    private static void AddEndpoint(
        RoutingEndpoint endpoint,
        LocationDraft? place,
        RoutingTable table,
        List<EndpointHealth>? health,
        LocationSet locations
    )
    {
        Route[] ways = [.. table.Routes.Where(route => route.LeadsTo(endpoint.Name))];
        DataWay[] why =
        [
            .. ways.Length > 0
                ? ways.Select(route => route.To(endpoint.Name))
                : [new DataWay { Kind = DataWayKind.UnroutedEndpoint, Name = endpoint.Name }],
            .. (health ?? []).Where(static state => state.IsTroubled).Select(state => DataWay.Remark(state.InWords(endpoint.Name))),
        ];
        if (place is null)
        {
            locations.AddUnknown(
                endpoint.Name,
                [
                    .. why,
                    DataWay.Remark(
                        $"endpoint '{endpoint.Name}' of kind '{endpoint.Kind}': its address is not of a form that this version can read"
                    ),
                ]
            );
            return;
        }

        // A troubled endpoint gets what the hub still holds for it even after its last route is gone; where the hub does not say, it may be
        // one.
        bool isTroubled = health?.Exists(static state => state.IsTroubled) ?? true;
        locations.Add(
            place with
            {
                Ways = why,
                RecordsDeletion = Array.Exists(ways, static route => route.RecordsDeletion),
                Inflow =
                    isTroubled ? LocationInflow.Queued
                    : Array.Exists(ways, static route => route.IsLive) ? LocationInflow.Open
                    : LocationInflow.Closed,
            }
        );

        if (endpoint.Body.Text("messagePayloadFormat") is { } format && !format.Equals("None", StringComparison.OrdinalIgnoreCase))
            locations.Add(Unreadable(endpoint, place, $"endpoint '{endpoint.Name}' writes messages in the payload format '{format}'"));
        foreach (Route route in ways.Where(static route => route.DataSchema is not null))
        {
            locations.Add(
                Unreadable(endpoint, place, $"{route.To(endpoint.Name).Sentence} writes messages in the schema '{route.DataSchema}'")
            );
        }
    }

    private static LocationDraft Unreadable(RoutingEndpoint endpoint, LocationDraft place, string why) =>
        new()
        {
            Kind = PlaceKinds.Unknown,
            Place = $"{place.Place} (format of {endpoint.Name})",
            ResourceId = place.ResourceId,
            Ways = [DataWay.Remark(why)],
            Advice = UnknownFormat,
        };

    /// <summary>The health of the endpoints; null when the hub does not tell it.</summary>
    private async Task<List<EndpointHealth>?> HealthAsync(HubDescription hub, LocationSet locations, CancellationToken cancellationToken)
    {
        var health = new List<EndpointHealth>();
        var call = new ArmCall(
            $"{hub.ResourceId.Path}/routingEndpointsHealth",
            HubResource.ApiVersion,
            $"the health of the endpoints of {hub.Name}"
        );
        try
        {
            await foreach (JsonElement state in context.Arm.ListAsync(call, cancellationToken))
            {
                if (EndpointHealth.Read(state) is { } read)
                    health.Add(read);
                else
                    notify(NoticeLevel.Verbose, $"The hub {hub.Name} reports the health of an endpoint without naming it.");
            }
        }
        catch (DsrException exception)
        {
            locations.AddUnread($"endpoint health of {hub.Name}", exception.Fault);
            return null;
        }

        return health;
    }

    private void AddUnlisted(List<EndpointHealth> health, RoutingTable table, LocationSet locations)
    {
        foreach (EndpointHealth state in health)
        {
            bool isListed = state.IsBuiltIn || table.Endpoints.Any(state.IsOf);
            if (isListed || table.Unresolved.Contains(state.EndpointId, StringComparer.OrdinalIgnoreCase))
                continue;

            // Versions of the service do not agree on what identifies an endpoint here: a healthy stranger is likely to be listed under
            // another name.
            if (state.IsTroubled)
            {
                locations.AddUnknown(state.EndpointId, $"{state.InWords(state.EndpointId)}; the hub's configuration does not list it");
            }
            else
            {
                notify(
                    NoticeLevel.Verbose,
                    $"The hub reports the health of '{state.EndpointId}', which its configuration does not list under that name."
                );
            }
        }
    }
}
