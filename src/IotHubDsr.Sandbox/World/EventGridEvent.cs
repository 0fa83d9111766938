using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.World;

/// <summary>An event of Event Grid about a device, from the message of the hub that it tells of.</summary>
internal sealed record EventGridEvent(string Id, string Type, string DeviceId, DateTimeOffset Time, JsonObject Data, string Subject)
{
    private const string Prefix = "Microsoft.Devices.";

    /// <summary>The event of a message; null when Event Grid tells nothing of it.</summary>
    public static EventGridEvent? Of(RoutedMessage message, string id)
    {
        string? type = (message.MessageSource, message.Properties.FirstOrDefault(property => property.Key == "opType").Value) switch
        {
            (RoutedMessage.TelemetrySource, _) => "DeviceTelemetry",
            ("deviceLifecycleEvents", "createDeviceIdentity") => "DeviceCreated",
            ("deviceLifecycleEvents", "deleteDeviceIdentity") => "DeviceDeleted",
            _ => null,
        };
        if (type is null || (message.ModuleId is not null && type != "DeviceTelemetry"))
            return null;

        JsonObject data = type == "DeviceTelemetry" ? Telemetry(message) : Lifecycle(message);
        // A module's events have it behind its device, without a word between.
        string subject = $"devices/{message.DeviceId}" + (message.ModuleId is { } module ? $"/{module}" : "");
        return new EventGridEvent(id, type, message.DeviceId, message.Enqueued, data, subject);
    }

    /// <summary>In the schema of Event Grid itself.</summary>
    public JsonObject ToEventGridSchema(string hubId) =>
        new()
        {
            ["id"] = Id,
            ["topic"] = hubId.ToUpperInvariant(),
            ["subject"] = Subject,
            ["eventType"] = Prefix + Type,
            ["data"] = Data.DeepClone(),
            ["dataVersion"] = "",
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
    private static JsonObject Telemetry(RoutedMessage message)
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

    private static JsonObject Lifecycle(RoutedMessage message) =>
        new()
        {
            ["twin"] = JsonNode.Parse(Encoding.UTF8.GetString(message.Body.Span)),
            ["hubName"] = WorldNames.HubName,
            ["deviceId"] = message.DeviceId,
        };

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
