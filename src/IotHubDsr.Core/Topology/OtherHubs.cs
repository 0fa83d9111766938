using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>
/// What the other hubs that the account can see write to the places of this one: device IDs are unique only within a hub, and names of
/// uploaded files, messages and events need not tell theirs. Hubs of subscriptions that the account cannot see remain unknown.
/// </summary>
internal sealed class OtherHubs
{
    private const string Endpoints = "routing.endpoints";

    private readonly List<HubWriter> _writers = [];
    private readonly List<string> _unread = [];

    private OtherHubs() { }

    /// <summary>Where no hub can be listed, as with a connection string alone.</summary>
    public static OtherHubs Unknown(string why)
    {
        var none = new OtherHubs();
        none._unread.Add(why);
        return none;
    }

    /// <summary>Lists the hubs of all subscriptions once. What cannot be read is a doubt about every place whose records tell no hub.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="context">What is read with.</param>
    /// <param name="sources">Where routing endpoints lead: those of another hub lead to the same kinds of place.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<OtherHubs> ReadAsync(
        HubDescription hub,
        DiscoveryContext context,
        IReadOnlyList<IEndpointPlaces> sources,
        CancellationToken cancellationToken
    )
    {
        var others = new OtherHubs();
        IReadOnlyList<string> visible = [];
        try
        {
            visible = await context.Subscriptions.ListAsync(cancellationToken);
        }
        catch (DsrException exception)
        {
            others._unread.Add(exception.Fault.Message);
        }

        string[] own = [hub.ResourceId.SubscriptionId];
        foreach (string subscription in own.Concat(visible).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            try
            {
                ArmCall listing = HubResource.ListCall(subscription, resourceGroup: null);
                await foreach (JsonElement other in context.Arm.ListAsync(listing, cancellationToken))
                    await others.AddAsync(other, hub, context, sources, cancellationToken);
            }
            catch (DsrException exception)
            {
                others._unread.Add(exception.Fault.Message);
            }
        }

        return others;
    }

    /// <summary>Adds to a location what other hubs write there.</summary>
    public LocationDraft Mark(PlaceKinds kinds, LocationDraft location)
    {
        PlaceDescription kind = kinds.Of(location.Kind);
        if (!kind.Is(PlaceTraits.MayBeDedicated))
            return location;

        LocationDraft[] reached = location.Sources is { } sources
            ? [.. sources.Where(source => kinds.Of(source.Kind).Is(PlaceTraits.MayBeDedicated))]
            : [location];
        HubWriter[] sharers = [.. _writers.Where(writer => Array.Exists(reached, place => writer.WritesTo(kinds, place) == true))];
        string[] doubts =
        [
            .. reached.Length > 0 ? _unread : [],
            .. _writers
                .Where(writer => Array.Exists(reached, place => writer.WritesTo(kinds, place) is null))
                .Select(static writer => writer.Doubt),
        ];
        var settings = new Dictionary<string, string>(location.Settings, StringComparer.Ordinal);
        if (sharers.Length > 0)
        {
            settings[LocationSettings.OtherHubs] = string.Join(
                '\n',
                Known(LocationSettings.OtherHubs).Concat(sharers.Select(static writer => writer.Setting)).Distinct(StringComparer.Ordinal)
            );
        }

        if (doubts.Length > 0 && kind.Is(PlaceTraits.LeavesHubOpen))
        {
            settings[LocationSettings.SharingUnknown] = string.Join(
                ' ',
                Known(LocationSettings.SharingUnknown).Concat(doubts).Distinct(StringComparer.Ordinal)
            );
        }

        return location with
        {
            Settings = settings,
            Ways = [.. location.Ways, .. sharers.Select(WayOf).DistinctBy(static way => way.Sentence, StringComparer.Ordinal)],
        };

        IEnumerable<string> Known(string key) => location.Settings.TryGetValue(key, out string? known) ? [known] : [];
    }

    private static DataWay WayOf(HubWriter writer) =>
        new()
        {
            Kind = DataWayKind.OtherHub,
            Name = writer.HubName,
            Note = writer.Way.Does,
            Target = writer.Way.To,
        };

    private async Task AddAsync(
        JsonElement other,
        HubDescription hub,
        DiscoveryContext context,
        IReadOnlyList<IEndpointPlaces> sources,
        CancellationToken cancellationToken
    )
    {
        if (hub.ResourceId.Names(other.Text("id")))
            return;
        string name = other.Text("name") ?? "without a name";
        bool hasId = ArmId.TryParse(other.Text("id"), out ArmId? id);
        JsonElement? properties = other.Prop("properties");
        if (properties is not { ValueKind: JsonValueKind.Object } && hasId)
        {
            // A listing may be shorter than the resource itself.
            properties = (
                await context.Arm.GetAsync(new ArmCall(id!.Path, HubResource.ApiVersion, $"the IoT hub {id.Name}"), cancellationToken)
            ).Prop("properties");
        }

        if (properties is not { ValueKind: JsonValueKind.Object } known)
        {
            _unread.Add($"the configuration of hub '{name}' cannot be read.");
            return;
        }

        _writers.AddRange(ContainerWriter.Of(name, known));
        HubDescription described = hub with { ResourceId = id ?? hub.ResourceId, Name = name, Properties = known };
        await AddEndpointsAsync(described, context, sources, cancellationToken);
    }

    /// <summary>What a hub routes to is found as for this hub, but for containers: to find their accounts takes rights in theirs.</summary>
    private async Task AddEndpointsAsync(
        HubDescription other,
        DiscoveryContext context,
        IReadOnlyList<IEndpointPlaces> sources,
        CancellationToken cancellationToken
    )
    {
        var table = RoutingTable.Read(other.Properties);
        foreach (RoutingEndpoint endpoint in table.Endpoints)
        {
            bool isContainer = endpoint.Kind.Equals(ContainerWriter.EndpointKind, StringComparison.OrdinalIgnoreCase);
            IEndpointPlaces? source = sources.FirstOrDefault(known =>
                known.EndpointKinds.Contains(endpoint.Kind, StringComparer.OrdinalIgnoreCase)
            );
            if (!isContainer && source is not null)
                _writers.Add(new EntityWriter(other.Name, await PlaceOfAsync(source, endpoint)));
        }

        if (table.Oddities.Any(static oddity => oddity.Where == "routing" || IsOfEndpoints(oddity.Where)))
            _writers.Add(new EntityWriter(other.Name, Place: null));

        async Task<LocationDraft?> PlaceOfAsync(IEndpointPlaces source, RoutingEndpoint endpoint)
        {
            try
            {
                return await source.FindAsync(endpoint, other, context, cancellationToken);
            }
            catch (DsrException)
            {
                return null;
            }
        }

        static bool IsOfEndpoints(string where) =>
            where.StartsWith(Endpoints, StringComparison.OrdinalIgnoreCase)
            && !where.StartsWith($"{Endpoints}.{ContainerWriter.EndpointKind}", StringComparison.OrdinalIgnoreCase);
    }
}
