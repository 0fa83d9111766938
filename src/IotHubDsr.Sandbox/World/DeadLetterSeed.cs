using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Storage;

namespace IotHubDsr.Sandbox.World;

/// <summary>
/// Events that Event Grid could not deliver. A blob has those of several devices; another hub's subscription has the same container,
/// and one of its events came into a blob of this hub's.
/// </summary>
internal sealed class DeadLetterSeed(BlobStore blobs, WorldNames names, HubRegistry registry, Random random, DateTimeOffset baseTime)
{
    private const string Created = "DeviceCreated";
    private const string Deleted = "DeviceDeleted";
    private const string Connected = "DeviceConnected";
    private const string Telemetry = "DeviceTelemetry";

    private static readonly string[] Types = [Created, Telemetry, Connected, Deleted, Telemetry];

    private readonly TraceTally _tally = new();

    public IReadOnlyList<TraceTruth> Fill()
    {
        Blob[] all =
        [
            new("to-queue", 0, [.. Own("dev1", "th-002", "Dev1", "dev10", "it's")]),
            new("to-queue", 2, [.. Own("dev2", "dev1", "100%", "markup"), Other("dev1"), .. Own("dev1")]),
            new("to-queue", 19, [.. Own("dev10", "Dev1", "th-004"), Lure("th-001", "dev1")]),
            new("to-queue", 30, [.. Own("dev1", "dev1", "dev1", "dev1")]),
            new("to-function", 1, [.. Own("x'=(y)!*", "dev1", "dev10", "q?z", "dev1")]) { IsCloud = true },
            new("to-function", 28, [.. Own("dev1", "50%25"), Lure("th-001", "Dev1"), .. Own("semi;colon")])
            {
                IsCloud = true,
                IsIndented = true,
            },
            new("to-function", 29, [.. Own("th-003", "th-005")]) { IsCloud = true },
            new("fabrikam-to-queue", 2, [Other("dev1"), Other("fab-7")]),
            new("fabrikam-to-queue", 31, [Other("Dev1")]),
        ];
        BlobContainer container = blobs.GetOrAddAccount(WorldNames.UploadAccount).GetOrAddContainer(WorldNames.DeadLetterContainer);
        foreach ((int index, Blob? blob) in all.Index())
            Put(container, blob, index);

        return [_tally.Truth(WorldNames.DeadLetterContainer, all.Length)];
    }

    private static IEnumerable<Letter> Own(params string[] devices) => devices.Select(id => new Letter(id));

    private static Letter Other(string device) => new(device) { IsOfOtherHub = true };

    private static Letter Lure(string device, string mentioned) => new(device) { Mentioned = mentioned };

    private void Put(BlobContainer container, Blob blob, int index)
    {
        DateTimeOffset hour = baseTime.AddHours(-blob.HoursAgo);
        // Unlike other archives, this one pads no number with zeros.
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"{blob.Subscription.ToUpperInvariant()}/{hour.Year}/{hour.Month}/{hour.Day}/{hour.Hour}/{WorldNames.NextGuid(random)}.json"
        );
        var events = new JsonArray();
        foreach ((int place, Letter? letter) in blob.Letters.Index())
        {
            DateTimeOffset published = hour.AddDays(-1).AddSeconds(-random.Next(60, 3000));
            events.Add(Describe(letter, blob.IsCloud, Types[(index + place) % Types.Length], published, hour));
            Count(letter);
        }

        var seed = new BlobSeed { ContentType = "application/json", LastModified = hour };
        container.Put(name, Bytes(events, index % 2 == 1, blob.IsIndented), seed);
    }

    private void Count(Letter letter)
    {
        if (letter.IsOfOtherHub)
            _tally.CountOfOtherHub(letter.DeviceId);
        else
            _tally.CountNamed(letter.DeviceId);
    }

    private JsonObject Describe(Letter letter, bool isCloud, string type, DateTimeOffset published, DateTimeOffset lastAttempt)
    {
        string eventType = letter.Mentioned is null ? type : Telemetry;
        string source = (letter.IsOfOtherHub ? names.NeighbourId : names.HubId).ToUpperInvariant();
        JsonObject data = Data(letter, eventType, published);
        string module = data["moduleId"] is { } id ? $"/modules/{id}" : "";
        var described = new JsonObject { ["id"] = WorldNames.NextGuid(random) };
        described[isCloud ? "source" : "topic"] = source;
        described["subject"] = $"devices/{letter.DeviceId}{module}";
        described[isCloud ? "type" : "eventType"] = "Microsoft.Devices." + eventType;
        described[isCloud ? "time" : "eventTime"] = Text(published);
        described["data"] = data;
        described[isCloud ? "specversion" : "dataVersion"] = isCloud ? "1.0" : "";
        if (!isCloud)
            described["metadataVersion"] = "1";

        // CloudEvents has no capitals in the names of what extends an event.
        KeyValuePair<string, JsonNode?>[] reasons =
        [
            new("deadLetterReason", "MaxDeliveryAttemptsExceeded"),
            new("deliveryAttempts", 30),
            new("lastDeliveryOutcome", "NotFound"),
            new("publishTime", Text(published)),
            new("lastDeliveryAttemptTime", Text(lastAttempt)),
        ];
        foreach ((string? name, JsonNode? value) in reasons)
            described[isCloud ? name.ToLowerInvariant() : name] = value;

        return described;
    }

    private JsonObject Data(Letter letter, string type, DateTimeOffset time)
    {
        if (type == Telemetry)
            return TelemetryData(letter, time);

        var data = new JsonObject { ["hubName"] = letter.IsOfOtherHub ? WorldNames.NeighbourName : WorldNames.HubName };
        data["deviceId"] = letter.DeviceId;
        if (type == Connected)
        {
            data["deviceConnectionStateEventInfo"] = new JsonObject
            {
                ["sequenceNumber"] = random.Next(1, int.MaxValue).ToString("X32", CultureInfo.InvariantCulture),
            };
            if (letter is { DeviceId: "dev1", IsOfOtherHub: false })
                data["moduleId"] = "tracker";
        }
        else
        {
            data["twin"] = letter.IsOfOtherHub
                ? new JsonObject { ["deviceId"] = letter.DeviceId, ["status"] = "enabled" }
                : registry.Device(letter.DeviceId).ToTwinJson();
        }

        return data;
    }

    /// <summary>Telemetry names its device among the system properties and in the subject, and nowhere else.</summary>
    private JsonObject TelemetryData(Letter letter, DateTimeOffset time)
    {
        string body = letter.Mentioned is { } mentioned
            ? $$"""{"note":"swapped","deviceId":"{{mentioned}}"}"""
            : $$"""{"temperature":{{random.Next(15, 30)}}}""";
        return new JsonObject
        {
            ["body"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(body)),
            ["properties"] = letter.Mentioned is null ? [] : new JsonObject { ["replaces"] = $"devices/{letter.Mentioned}" },
            ["systemProperties"] = new JsonObject
            {
                ["iothub-connection-device-id"] = letter.DeviceId,
                ["iothub-connection-auth-method"] = """{"scope":"device","type":"sas","issuer":"iothub"}""",
                ["iothub-connection-auth-generation-id"] = letter.IsOfOtherHub
                    ? "638000000000000000"
                    : registry.Device(letter.DeviceId).GenerationId,
                ["iothub-enqueuedtime"] = Text(time),
                ["iothub-message-source"] = "Telemetry",
            },
        };
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("o", CultureInfo.InvariantCulture);

    private static ReadOnlyMemory<byte> Bytes(JsonArray events, bool isEscaped, bool isIndented)
    {
        JavaScriptEncoder encoder = isEscaped ? JavaScriptEncoder.Default : JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        var bytes = new ArrayBufferWriter<byte>();
        using (
            var writer = new Utf8JsonWriter(
                bytes,
                new JsonWriterOptions
                {
                    Encoder = encoder,
                    Indented = isIndented,
                    NewLine = "\n",
                }
            )
        )
        {
            events.WriteTo(writer);
        }

        return bytes.WrittenMemory;
    }

    private sealed record Blob(string Subscription, int HoursAgo, IReadOnlyList<Letter> Letters)
    {
        public bool IsCloud { get; init; }

        public bool IsIndented { get; init; }
    }

    private sealed record Letter(string DeviceId)
    {
        public bool IsOfOtherHub { get; init; }

        /// <summary>Another device that the event speaks of without being about it.</summary>
        public string? Mentioned { get; init; }
    }
}
