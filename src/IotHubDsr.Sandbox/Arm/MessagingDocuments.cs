using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>
/// What namespaces of Event Hubs and of Service Bus have in common in Resource Manager: their own document, rules, and keys.
/// </summary>
internal sealed class MessagingDocuments(string provider)
{
    public const string Rules = "authorizationRules";
    public const string ListKeys = "listKeys";

    public string Type(params string[] types) => $"{provider}/namespaces" + string.Concat(types.Select(type => "/" + type));

    /// <summary>A resource of a namespace, whose ID is that of its parent, its type and its name.</summary>
    public JsonObject Resource(string parent, string kind, string name, JsonObject properties, params string[] types) =>
        new()
        {
            ["id"] = $"{parent}/{kind}/{name}",
            ["name"] = name,
            ["type"] = Type(types),
            ["location"] = WorldNames.Location,
            ["properties"] = properties,
        };

    public JsonObject Namespace(MessagingNamespace space, DateTimeOffset created) =>
        new()
        {
            ["id"] = space.ResourceId,
            ["name"] = space.Name,
            ["type"] = Type(),
            ["location"] = WorldNames.Location,
            ["tags"] = new JsonObject(),
            ["sku"] = new JsonObject
            {
                ["name"] = space.Sku,
                ["tier"] = space.Sku,
                ["capacity"] = 1,
            },
            ["properties"] = new JsonObject
            {
                ["minimumTlsVersion"] = "1.2",
                ["publicNetworkAccess"] = "Enabled",
                ["disableLocalAuth"] = false,
                ["zoneRedundant"] = false,
                ["provisioningState"] = "Succeeded",
                ["status"] = "Active",
                ["createdAt"] = Text(created),
                ["updatedAt"] = Text(created),
                ["serviceBusEndpoint"] = $"https://{space.HostName}:443/",
            },
        };

    public IReadOnlyList<JsonNode> RulesOf(MessagingNamespace space, string parent, string entity, params string[] types) =>
        [.. space.Rules.Where(rule => Same(rule.Entity, entity)).Select(rule => Rule(rule, parent, types))];

    /// <summary>The rule at a path below its namespace or entity, or its keys.</summary>
    public JsonNode? RuleOrKeys(string method, MessagingNamespace space, string parent, string entity, string[] rest, params string[] types)
    {
        if (rest is not [var collection, var name, .. var action] || !Same(collection, Rules))
            return null;

        MessagingRule? rule = space.Rules.FirstOrDefault(rule => Same(rule.Entity, entity) && Same(rule.Name, name));
        return (method, action) switch
        {
            _ when rule is null => null,
            ("GET", []) => Rule(rule, parent, types),
            ("POST", [var listKeys]) when Same(listKeys, ListKeys) => Keys(space, rule),
            _ => null,
        };
    }

    public static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    public static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);

    /// <summary>A duration; for ever is the longest there is.</summary>
    public static string Text(TimeSpan? duration) => XmlConvert.ToString(duration ?? TimeSpan.MaxValue);

    private JsonObject Rule(MessagingRule rule, string parent, string[] types)
    {
        IEnumerable<JsonNode> rights = Enum.GetValues<MessagingRight>()
            .Where(right => right != MessagingRight.None && rule.Rights.HasFlag(right))
            .Select(right => (JsonNode)right.ToString());
        var properties = new JsonObject { ["rights"] = new JsonArray([.. rights]) };
        return Resource(parent, Rules, rule.Name, properties, [.. types, Rules]);
    }

    private static JsonObject Keys(MessagingNamespace space, MessagingRule rule)
    {
        string path = rule.Entity.Length == 0 ? "" : $";EntityPath={rule.Entity}";
        string Connection(string key) => $"Endpoint=sb://{space.HostName}/;SharedAccessKeyName={rule.Name};SharedAccessKey={key}{path}";
        return new JsonObject
        {
            ["primaryConnectionString"] = Connection(rule.PrimaryKey),
            ["secondaryConnectionString"] = Connection(rule.SecondaryKey),
            ["primaryKey"] = rule.PrimaryKey,
            ["secondaryKey"] = rule.SecondaryKey,
            ["keyName"] = rule.Name,
        };
    }
}
