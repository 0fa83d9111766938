using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.World;

/// <summary>An event of Event Grid about a device, from the message of the hub that it tells of.</summary>
internal sealed record EventGridEvent(string Id, string Type, string DeviceId, DateTimeOffset Time, JsonObject Data, string Subject)
{
    public const string Created = "DeviceCreated";
    public const string Deleted = "DeviceDeleted";
    public const string Connected = "DeviceConnected";
    public const string Telemetry = "DeviceTelemetry";

    private const string Prefix = "Microsoft.Devices.";

    /// <summary>The event of a message; null when Event Grid tells nothing of it.</summary>
    public static EventGridEvent? Of(RoutedMessage message, string id)
    {
        string? type = (message.MessageSource, message.Properties.FirstOrDefault(property => property.Key == "opType").Value) switch
        {
            (RoutedMessage.TelemetrySource, _) => Telemetry,
            ("deviceLifecycleEvents", "createDeviceIdentity") => Created,
            ("deviceLifecycleEvents", "deleteDeviceIdentity") => Deleted,
            _ => null,
        };
        if (type is null || (message.ModuleId is not null && type != Telemetry))
            return null;

        JsonObject data = type == Telemetry ? TelemetryOf(message) : LifecycleOf(message);
        return new EventGridEvent(id, type, message.DeviceId, message.Enqueued, data, SubjectOf(message.DeviceId, message.ModuleId));
    }

    /// <summary>A module's events have it behind its device, without a word between.</summary>
    public static string SubjectOf(string deviceId, string? moduleId = null) =>
        moduleId is null ? $"devices/{deviceId}" : $"devices/{deviceId}/{moduleId}";

    /// <summary>In the schema of Event Grid itself.</summary>
    /// <param name="topic">The resource ID of the hub, as the service writes it now.</param>
    public JsonObject ToEventGridSchema(string topic) =>
        new()
        {
            ["id"] = Id,
            ["topic"] = topic,
            ["subject"] = Subject,
            ["eventType"] = Prefix + Type,
            ["data"] = Data.DeepClone(),
            ["dataVersion"] = Type == Telemetry ? "" : "1",
            ["metadataVersion"] = "1",
            ["eventTime"] = Text(Time),
        };

    public JsonObject ToCloudEvent(string hubId) =>
        new()
        {
            ["specversion"] = "1.0",
            ["id"] = Id,
            ["source"] = hubId.ToUpperInvariant(),
            ["subject"] = Subject,
            ["type"] = Prefix + Type,
            ["time"] = Text(Time),
            ["data"] = Data.DeepClone(),
        };

    /// <summary>The properties that Event Grid puts beside an event it delivers to messaging. None of them names the device.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers(string subscription) =>
        [
            new("aeg-subscription-name", subscription.ToUpperInvariant()),
            new("aeg-delivery-count", "0"),
            new("aeg-data-version", ""),
            new("aeg-metadata-version", "1"),
            new("aeg-event-type", "Notification"),
            new("aeg-output-event-id", Id),
        ];

    /// <summary>Telemetry names its device among the system properties and in the subject, and nowhere else.</summary>
    private static JsonObject TelemetryOf(RoutedMessage message)
    {
        var properties = new JsonObject();
        foreach ((string name, string value) in message.Properties)
            properties[name] = value;

        var system = new JsonObject
        {
            ["iothub-connection-device-id"] = message.DeviceId,
            ["iothub-connection-auth-method"] = RoutedMessage.AuthMethod,
            ["iothub-connection-auth-generation-id"] = message.GenerationId,
            ["iothub-enqueuedtime"] = Text(message.Enqueued),
            ["iothub-message-source"] = RoutedMessage.TelemetrySource,
        };
        if (message.ModuleId is { } module)
            system["iothub-connection-module-id"] = module;

        if (message.IsJson)
        {
            system["iothub-content-type"] = "application/json";
            system["iothub-content-encoding"] = "utf-8";
        }

        return new JsonObject
        {
            ["properties"] = properties,
            ["systemProperties"] = system,
            ["body"] = message.IsJson ? JsonNode.Parse(message.Body.Span) : Convert.ToBase64String(message.Body.Span),
        };
    }

    private static JsonObject LifecycleOf(RoutedMessage message) =>
        new()
        {
            ["twin"] = JsonNode.Parse(Encoding.UTF8.GetString(message.Body.Span)),
            ["hubName"] = WorldNames.HubName,
            ["deviceId"] = message.DeviceId,
        };

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
