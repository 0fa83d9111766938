using System.Globalization;

namespace IotHubDsr.Sandbox.World;

/// <summary>A message as IoT Hub routes it.</summary>
internal sealed record RoutedMessage(DateTimeOffset Enqueued, string DeviceId, string GenerationId, ReadOnlyMemory<byte> Body)
{
    public const string TelemetrySource = "Telemetry";

    public const string AuthMethod = """{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}""";

    /// <summary>The application properties: a gateway names the device behind it here.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>> Properties { get; init; } = [];

    public string MessageSource { get; init; } = TelemetrySource;

    /// <summary>The hub that routes it: another one can route to the same place.</summary>
    public string HubName { get; init; } = WorldNames.HubName;

    /// <summary>The module of the device that sent it, or that it is about.</summary>
    public string? ModuleId { get; init; }

    /// <summary>Its ID, where the sender has set one.</summary>
    public string? MessageId { get; init; }

    /// <summary>Content type and encoding were both set by the sender; only then does a JSON file show the body as JSON.</summary>
    public bool IsJson { get; init; }

    /// <summary>The writer of this message escapes all but letters and digits in JSON strings, as some serializers do.</summary>
    public bool IsEscaped { get; init; }

    public string EnqueuedText => Enqueued.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);

    /// <summary>Every device that the message is attributed to, and how.</summary>
    public IEnumerable<string> AttributedDevices =>
        Properties
            .Where(property => property.Key is "deviceId" or "ConnectionDeviceId" && property.Value != DeviceId)
            .Select(property => property.Value)
            .Distinct(StringComparer.Ordinal);

    public List<KeyValuePair<string, string>> SystemProperties()
    {
        var properties = new List<KeyValuePair<string, string>>
        {
            new("connectionDeviceId", DeviceId),
            new("connectionAuthMethod", AuthMethod),
            new("connectionDeviceGenerationId", GenerationId),
            new("enqueuedTime", EnqueuedText),
            new("iothub-message-source", MessageSource),
        };
        if (ModuleId is not null)
            properties.Insert(1, new("connectionModuleId", ModuleId));

        if (IsJson)
        {
            properties.Insert(3, new("contentType", "application/json"));
            properties.Insert(4, new("contentEncoding", "utf-8"));
        }

        return properties;
    }
}
