using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>
/// Microsoft.EventHub: namespaces, event hubs, consumer groups, rules; and the consumer groups of the hub's built-in endpoint, which are
/// Microsoft.Devices'.
/// </summary>
internal sealed class EventHubResources(WorldNames names, MessagingWorld world) : IArmProvider
{
    private const int PageSize = 3;
    private const string Hubs = "eventhubs";
    private const string Groups = "consumergroups";

    private readonly MessagingDocuments _documents = new("Microsoft.EventHub");

    private string Any => $"{names.EventHubsId}/{Hubs}/any";

    private string BuiltIn => $"{names.HubId}/eventHubEndpoints/events/ConsumerGroups";

    public IReadOnlyList<(string Method, string Path)> Types =>
        [
            ("GET", names.EventHubsId),
            ("GET", Any),
            ("GET", $"{Any}/{Groups}/any"),
            ("GET", $"{names.EventHubsId}/{MessagingDocuments.Rules}/any"),
            ("POST", $"{names.EventHubsId}/{MessagingDocuments.Rules}/any/{MessagingDocuments.ListKeys}"),
            ("GET", $"{Any}/{MessagingDocuments.Rules}/any"),
            ("POST", $"{Any}/{MessagingDocuments.Rules}/any/{MessagingDocuments.ListKeys}"),
            ("GET", $"{BuiltIn}/any"),
        ];

    public JsonNode? Find(string method, ArmPath path, string apiVersion)
    {
        if (method == "GET" && Below(path, BuiltIn) is [var group])
            return BuiltInHub.HasGroup(group) ? BuiltInGroup(BuiltInHub.Group(group)) : null;

        if (Owner(path, out string[] rest) is not { } space)
            return null;

        if (rest is [] && method == "GET")
            return _documents.Namespace(space, CreatedAt(space));

        if (_documents.RuleOrKeys(method, space, space.ResourceId, "", rest) is { } rule)
            return rule;

        if (rest is not [var kind, var name, .. var below] || !MessagingDocuments.Same(kind, Hubs) || space.Find(name) is not { } hub)
            return null;

        if (_documents.RuleOrKeys(method, space, IdOf(space, hub), hub.Name, below, Hubs) is { } ofHub)
            return ofHub;

        return (method, below) switch
        {
            ("GET", []) => Describe(space, hub, apiVersion),
            ("GET", [var groups, var one]) when MessagingDocuments.Same(groups, Groups) && hub.HasGroup(one) => Describe(
                space,
                hub,
                hub.Group(one)
            ),
            _ => null,
        };
    }

    public (IReadOnlyList<JsonNode> Items, int PageSize)? List(ArmPath path, string apiVersion)
    {
        if (Below(path, BuiltIn) is [])
            return ([.. BuiltInHub.ConsumerGroups.Select(name => BuiltInGroup(BuiltInHub.Group(name)))], PageSize);

        if (path.IsListOfScope && MessagingDocuments.Same($"{path.Provider}/{path.Type}", _documents.Type()))
            return ([.. Owned.Select(one => _documents.Namespace(one, CreatedAt(one)))], PageSize);

        if (Owner(path, out string[] rest) is not { } space)
            return null;

        return rest switch
        {
            [var hubs] when MessagingDocuments.Same(hubs, Hubs) => (
                [.. space.Hubs.Select(hub => Describe(space, hub, apiVersion))],
                PageSize
            ),
            [var rules] when MessagingDocuments.Same(rules, MessagingDocuments.Rules) => (
                _documents.RulesOf(space, space.ResourceId, ""),
                PageSize
            ),
            [var hubs, var name, var groups]
                when MessagingDocuments.Same(hubs, Hubs) && MessagingDocuments.Same(groups, Groups) && space.Find(name) is { } hub => (
                [.. hub.ConsumerGroups.Select(group => Describe(space, hub, hub.Group(group)))],
                PageSize
            ),
            [var hubs, var name, var rules]
                when MessagingDocuments.Same(hubs, Hubs)
                    && MessagingDocuments.Same(rules, MessagingDocuments.Rules)
                    && space.Find(name) is { } hub => (_documents.RulesOf(space, IdOf(space, hub), hub.Name, Hubs), PageSize),
            _ => null,
        };
    }

    private IEnumerable<EventHubsNamespace> Owned =>
        world.Namespaces.OfType<EventHubsNamespace>().Where(space => space.ResourceId.Length > 0);

    private EventHub BuiltInHub => world.EventHubs(WorldNames.BuiltInNamespace).Find(WorldNames.HubName)!;

    private static string IdOf(EventHubsNamespace space, EventHub hub) => $"{space.ResourceId}/{Hubs}/{hub.Name}";

    private static DateTimeOffset CreatedAt(EventHubsNamespace space) =>
        space.Hubs.Select(hub => hub.CreatedAt).DefaultIfEmpty(DateTimeOffset.UnixEpoch).Min();

    private static string[]? Below(ArmPath path, string id) =>
        MessagingDocuments.Same(path.Text, id) ? []
        : path.Text.StartsWith(id + "/", StringComparison.OrdinalIgnoreCase) ? path.Text[(id.Length + 1)..].Split('/')
        : null;

    private EventHubsNamespace? Owner(ArmPath path, out string[] rest)
    {
        foreach (EventHubsNamespace space in Owned)
        {
            if (Below(path, space.ResourceId) is { } below)
            {
                rest = below;
                return space;
            }
        }

        rest = [];
        return null;
    }

    private JsonObject Describe(EventHubsNamespace space, EventHub hub, string apiVersion)
    {
        bool isCompacted = hub.Options.CleanupPolicy == "Compact";
        // For ever is the largest number where keys are compacted, and -1 where nothing else ends it.
        long hours =
            isCompacted ? long.MaxValue
            : hub.Options.Retention is { } kept ? (long)kept.TotalHours
            : -1;
        var properties = new JsonObject
        {
            ["messageRetentionInDays"] = hours is -1 or long.MaxValue ? hours : (hours + 23) / 24,
            ["partitionCount"] = hub.Partitions.Count,
            ["partitionIds"] = new JsonArray([.. hub.Partitions.Select(partition => (JsonNode)partition.Id)]),
            ["status"] = "Active",
            ["createdAt"] = MessagingDocuments.Text(hub.CreatedAt),
            ["updatedAt"] = MessagingDocuments.Text(hub.CreatedAt),
        };
        if (ArmApiVersions.IsAtLeast(apiVersion, ArmApiVersions.RetentionOfEventHubs))
        {
            var retention = new JsonObject { ["cleanupPolicy"] = hub.Options.CleanupPolicy, ["retentionTimeInHours"] = hours };
            if (hub.Options.TombstoneRetentionHours is { } tombstones)
                retention["tombstoneRetentionTimeInHours"] = tombstones;

            if (hub.Options.MinCompactionLagMinutes is { } lag)
                retention["minCompactionLagTimeInMinutes"] = lag;

            properties["retentionDescription"] = retention;
        }

        if (hub.Options.Capture is { } capture)
            properties["captureDescription"] = capture.DeepClone();

        return _documents.Resource(space.ResourceId, Hubs, hub.Name, properties, Hubs);
    }

    private JsonObject Describe(EventHubsNamespace space, EventHub hub, ConsumerGroup group) =>
        _documents.Resource(IdOf(space, hub), Groups, group.Name, DatesOf(group), Hubs, Groups);

    private JsonObject BuiltInGroup(ConsumerGroup group) =>
        new()
        {
            ["id"] = $"{BuiltIn}/{group.Name}",
            ["name"] = group.Name,
            ["type"] = "Microsoft.Devices/IotHubs/EventHubEndpoints/ConsumerGroups",
            ["etag"] = null,
            ["properties"] = new JsonObject { ["created"] = group.CreatedAt.UtcDateTime.ToString("R"), ["name"] = group.Name },
        };

    private static JsonObject DatesOf(ConsumerGroup group) =>
        new() { ["createdAt"] = MessagingDocuments.Text(group.CreatedAt), ["updatedAt"] = MessagingDocuments.Text(group.CreatedAt) };
}
