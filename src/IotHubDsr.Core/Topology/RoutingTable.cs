using System.Text.Json;

namespace IotHubDsr.Core.Topology;

/// <summary>An endpoint of a hub's routing.</summary>
/// <param name="Kind">The list that it stands in: <c>storageContainers</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Body">Its configuration.</param>
internal sealed record RoutingEndpoint(string Kind, string Name, JsonElement Body)
{
    /// <summary>How long what the hub has taken in is taken to be on its way to an endpoint that is healthy; the hub does not say.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMinutes(5);

    public string? Id => Body.Text("id");

    /// <summary>The parts of its connection string.</summary>
    public IReadOnlyDictionary<string, string> Connection => ServiceAddress.Parts(Body.Text("connectionString"));

    /// <summary>An entity of a messaging namespace that it leads to; null when its address does not tell it.</summary>
    /// <param name="kind">Kind of the place.</param>
    /// <param name="provider">Resource provider of the namespace.</param>
    /// <param name="type">Resource type of the entity.</param>
    public LocationDraft? ToEntity(string kind, string provider, string type)
    {
        IReadOnlyDictionary<string, string> parts = Connection;
        string? ns = ServiceAddress.FirstLabel(Body.Text("endpointUri") ?? parts.GetValueOrDefault("Endpoint"));
        string? entity = Body.Text("entityPath") ?? parts.GetValueOrDefault("EntityPath");
        return ns is null || entity is null
            ? null
            : LocationDraft.Of(kind, $"{ns}/{entity}", ServiceAddress.ResourceId(this, $"{provider}/namespaces/{ns}/{type}/{entity}")) with
            {
                FlushTime = Delay,
            };
    }
}

/// <summary>Something in the routing configuration that could not be read as what it should be.</summary>
/// <param name="Where">Its place in the configuration: <c>routing.endpoints.eventHubs</c>.</param>
/// <param name="Names">Names of endpoints and routes that stand in it.</param>
internal sealed record RoutingOddity(string Where, IReadOnlyList<string> Names);

/// <summary>
/// The routing of a hub, read so that nothing in it is lost: whatever is not an endpoint or a route of a known form becomes an
/// <see cref="RoutingOddity"/>.
/// </summary>
internal sealed class RoutingTable
{
    private static readonly string[] RouteMembers = ["name", "source", "condition", "endpointNames", "isEnabled", "dataSchema"];
    private static readonly string[] EnrichmentMembers = ["key", "value", "endpointNames"];

    private readonly List<Route> _routes = [];
    private readonly List<RoutingEndpoint> _endpoints = [];
    private readonly List<RoutingOddity> _oddities = [];
    private readonly List<string> _enriched = [];

    private RoutingTable() { }

    public IReadOnlyList<Route> Routes => _routes;

    public IReadOnlyList<RoutingEndpoint> Endpoints => _endpoints;

    public IReadOnlyList<RoutingOddity> Oddities => _oddities;

    /// <summary>Names that routes or enrichments lead to and that no endpoint has.</summary>
    public IEnumerable<string> Unresolved =>
        _routes
            .SelectMany(static route => route.Endpoints)
            .Concat(_enriched)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Where(name =>
                !name.Equals(Route.BuiltInEndpoint, StringComparison.OrdinalIgnoreCase)
                && !_endpoints.Exists(endpoint => endpoint.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            );

    public static RoutingTable Read(JsonElement? properties)
    {
        var table = new RoutingTable();
        if (properties.Prop("routing") is { } routing && table.IsObject(routing, "routing"))
        {
            foreach (JsonProperty part in routing.Members())
                table.ReadPart(part);
        }

        return table;
    }

    private void ReadPart(JsonProperty part)
    {
        string where = $"routing.{part.Name}";
        switch (part.Name.ToLowerInvariant())
        {
            case "endpoints" when IsObject(part.Value, where):
                foreach (JsonProperty kind in part.Value.Members())
                    ReadEndpoints(kind.Name, kind.Value, $"{where}.{kind.Name}");
                break;
            case "routes":
                foreach (JsonElement route in Objects(part.Value, where))
                    ReadRoute(route, isFallback: false);
                break;
            case "fallbackroute" when IsObject(part.Value, where):
                ReadRoute(part.Value, isFallback: true);
                break;
            case "enrichments":
                foreach (JsonElement enrichment in Objects(part.Value, where))
                {
                    _enriched.AddRange(EndpointNames(enrichment, where));
                    AddUnknownMembers(where, enrichment, EnrichmentMembers);
                }

                break;
            case "endpoints" or "fallbackroute":
                break;
            default:
                AddOddity(where, part.Value);
                break;
        }
    }

    private void ReadEndpoints(string kind, JsonElement items, string where)
    {
        foreach (JsonElement item in Objects(items, where))
        {
            if (item.Text("name") is { } name)
                _endpoints.Add(new RoutingEndpoint(kind, name, item));
            else
                AddOddity($"{where}: an endpoint without a name", item);
        }
    }

    private void ReadRoute(JsonElement route, bool isFallback)
    {
        string name = route.Text("name") ?? (isFallback ? "$fallback" : "without a name");
        string where = isFallback ? "fallback route" : $"route '{name}'";
        List<string> endpoints = EndpointNames(route, where);
        if (endpoints.Count == 0)
            AddOddity($"{where}: no endpoint is named", route);
        AddUnknownMembers(where, route, RouteMembers);
        _routes.Add(
            new Route
            {
                Name = name,
                IsFallback = isFallback,
                // What cannot be read is taken for enabled: that is the case in which data arrives.
                IsEnabled = ((JsonElement?)route).Flag("isEnabled", otherwise: true),
                Source = route.Text("source"),
                Condition = route.Text("condition"),
                DataSchema =
                    route.Text("dataSchema") is { } schema && !schema.Equals("None", StringComparison.OrdinalIgnoreCase) ? schema : null,
                Endpoints = endpoints,
            }
        );
    }

    private List<string> EndpointNames(JsonElement owner, string where)
    {
        JsonElement? names = owner.Prop("endpointNames");
        var read = new List<string>();
        foreach (
            JsonElement? name in names is { ValueKind: JsonValueKind.Array }
                ? names.Items().Select(static item => (JsonElement?)item)
                : [names]
        )
        {
            if (name.Text() is { } text)
                read.Add(text);
            else if (name is { ValueKind: not JsonValueKind.Null } odd)
                AddOddity($"{where}: endpointNames", odd, "endpointNames");
        }

        return read;
    }

    private IEnumerable<JsonElement> Objects(JsonElement list, string where)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            AddOddity(where, list);
            yield break;
        }

        foreach (JsonElement item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object)
                yield return item;
            else if (item.ValueKind != JsonValueKind.Null)
                AddOddity(where, item);
        }
    }

    private bool IsObject(JsonElement element, string where)
    {
        if (element.ValueKind == JsonValueKind.Object)
            return true;
        AddOddity(where, element);
        return false;
    }

    /// <summary>A member that came after this version was written can be one more way for messages.</summary>
    private void AddUnknownMembers(string where, JsonElement owner, string[] known)
    {
        foreach (JsonProperty member in UnknownProperties.LeadingAway(owner, known))
            AddOddity($"{where}: {member.Name}", member.Value);
    }

    /// <param name="where">Its place in the configuration.</param>
    /// <param name="element">What stands there.</param>
    /// <param name="within">Names of the properties that hold it, as far as they tell what its strings are.</param>
    private void AddOddity(string where, JsonElement element, params string[] within) =>
        _oddities.Add(new RoutingOddity(where, NamesIn(element, within)));

    /// <summary>
    /// Names of endpoints and routes anywhere in the element. Other strings are not passed on: they can be anything, keys included.
    /// </summary>
    internal static IReadOnlyList<string> NamesIn(JsonElement element, params string[] within) =>
        [
            .. element
                .Strings(within)
                .Where(static found => found.Path.Length == 0 || (Array.Exists(found.Path, IsName) && !IsSecret(found.Path[^1])))
                .Select(static found => LocationText.Quote(found.Text))
                .Distinct(StringComparer.Ordinal),
        ];

    private static bool IsName(string property) =>
        property.EndsWith("name", StringComparison.OrdinalIgnoreCase) || property.EndsWith("names", StringComparison.OrdinalIgnoreCase);

    private static bool IsSecret(string property) =>
        property.EndsWith("key", StringComparison.OrdinalIgnoreCase) || property.EndsWith("string", StringComparison.OrdinalIgnoreCase);
}
