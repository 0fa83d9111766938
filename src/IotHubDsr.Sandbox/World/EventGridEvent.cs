using System.Globalization;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.World;

/// <summary>An event of a hub in Event Grid's own schema.</summary>
/// <param name="Type">Without the provider: <c>DeviceDeleted</c>.</param>
/// <param name="DeviceId">The device that it is about.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Data">What is said of it.</param>
internal sealed record EventGridEvent(string Type, string DeviceId, DateTimeOffset Time, JsonObject Data)
{
    public const string Created = "DeviceCreated";
    public const string Deleted = "DeviceDeleted";
    public const string Connected = "DeviceConnected";
    public const string Telemetry = "DeviceTelemetry";

    /// <summary>Follows the device in the subject, without a word before it.</summary>
    public string? ModuleId { get; init; }

    public JsonObject Describe(string id, string topic) =>
        new()
        {
            ["id"] = id,
            ["topic"] = topic,
            ["subject"] = ModuleId is null ? $"devices/{DeviceId}" : $"devices/{DeviceId}/{ModuleId}",
            ["eventType"] = "Microsoft.Devices." + Type,
            ["eventTime"] = Text(Time),
            ["data"] = Data,
            ["dataVersion"] = Type == Telemetry ? "" : "1",
            ["metadataVersion"] = "1",
        };

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("o", CultureInfo.InvariantCulture);
}
