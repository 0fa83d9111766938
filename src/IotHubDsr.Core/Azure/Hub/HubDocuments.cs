using System.Globalization;
using System.Text;
using System.Text.Json;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>
/// A document as the hub sent it. Only what the product acts on is read out of it: what is exported is the document, so nothing that
/// the service adds is lost.
/// </summary>
/// <param name="Json">The whole document.</param>
internal abstract record HubDocument(JsonElement Json)
{
    /// <summary>Its size in bytes as it was received.</summary>
    public int Bytes { get; } = Encoding.UTF8.GetByteCount(Json.GetRawText());

    /// <summary>Never the document itself: an identity holds keys.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>A time; the hub's way to say "never" is the year 1.</summary>
    protected static DateTimeOffset? Time(JsonElement json, string name) =>
        DateTimeOffset.TryParse(
            json.Text(name),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out DateTimeOffset time
        )
        && time.Year > 1
            ? time
            : null;
}

/// <summary>A device in the registry.</summary>
/// <param name="Json">The whole document; it holds the device's keys.</param>
/// <param name="DeviceId">ID, case-sensitive.</param>
/// <param name="GenerationId">Differs between two devices that had the same ID one after the other.</param>
/// <param name="ETag">ETag of the identity, without quotes.</param>
internal sealed record DeviceIdentity(JsonElement Json, string DeviceId, string GenerationId, string ETag) : HubDocument(Json)
{
    /// <summary>Messages that wait for the device; null when the hub did not say.</summary>
    public long? CloudToDeviceMessageCount { get; } = Json.Count("cloudToDeviceMessageCount");

    /// <summary><c>enabled</c> or <c>disabled</c>.</summary>
    public string? Status { get; } = Json.Text("status");

    /// <summary>When the device last connected or sent; null when it never did. It lags by minutes.</summary>
    public DateTimeOffset? LastActivityTime { get; } = Time(Json, "lastActivityTime");

    public bool IsEdge { get; } =
        Json.TryGetProperty("capabilities", out JsonElement capabilities)
        && capabilities.ValueKind == JsonValueKind.Object
        && capabilities.TryGetProperty("iotEdge", out JsonElement edge)
        && edge.ValueKind == JsonValueKind.True;

    /// <summary>Null when the document is not that of this device.</summary>
    public static DeviceIdentity? Read(JsonElement json, string deviceId) =>
        json.Text("deviceId") == deviceId
        && json.Text("generationId") is { Length: > 0 } generationId
        && json.Text("etag") is { Length: > 0 } etag
            ? new DeviceIdentity(json, deviceId, generationId, etag.Trim('"'))
            : null;
}

/// <summary>A module of a device in the registry.</summary>
/// <param name="Json">The whole document; it holds the module's keys.</param>
/// <param name="ModuleId">ID, case-sensitive.</param>
/// <param name="ETag">ETag of the module's identity, without quotes.</param>
internal sealed record ModuleIdentity(JsonElement Json, string ModuleId, string? ETag) : HubDocument(Json)
{
    /// <summary>Null when the document is not that of a module of this device.</summary>
    public static ModuleIdentity? Read(JsonElement json, string deviceId) =>
        json.Text("deviceId") == deviceId && json.Text("moduleId") is { Length: > 0 } moduleId
            ? new ModuleIdentity(json, moduleId, json.Text("etag")?.Trim('"'))
            : null;
}

/// <summary>The twin of a device or of a module.</summary>
/// <param name="Json">The whole document.</param>
/// <param name="ETag">ETag of the twin, which is not that of the identity.</param>
internal sealed record Twin(JsonElement Json, string? ETag) : HubDocument(Json)
{
    /// <summary>Null when the document is not the twin of this device or module.</summary>
    public static Twin? Read(JsonElement json, string deviceId, string? moduleId) =>
        json.Text("deviceId") == deviceId && (moduleId is null || json.Text("moduleId") == moduleId)
            ? new Twin(json, json.Text("etag")?.Trim('"'))
            : null;
}

/// <summary>How many devices the registry has.</summary>
internal sealed record HubStatistics(long Devices, long EnabledDevices, long DisabledDevices, long? ConnectedDevices);
