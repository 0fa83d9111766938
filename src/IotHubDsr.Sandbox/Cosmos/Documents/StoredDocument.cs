using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IotHubDsr.Sandbox.Cosmos.Documents;

/// <summary>Where a document is in its container, and what was noted when it was written.</summary>
internal sealed record DocumentPlace(
    long Number,
    int Range,
    string EffectiveKey,
    long SequenceNumber,
    long Timestamp,
    IReadOnlyList<string> UniqueTexts
);

/// <summary>A document as it is stored: what was sent, and the properties of the service.</summary>
internal sealed class StoredDocument
{
    private static readonly string[] s_systemProperties = ["_rid", "_self", "_etag", "_attachments", "_ts"];
    private static readonly JsonWriterOptions s_unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private StoredDocument(string id, PartitionKeyValue key, DocumentPlace place, JsonElement content, string etag, int size)
    {
        (Id, Key, Place, Content, ETag, Size) = (id, key, place, content, etag, size);
        TimeToLive =
            content.ValueKind == JsonValueKind.Object
            && content.TryGetProperty("ttl", out JsonElement ttl)
            && ttl.ValueKind == JsonValueKind.Number
            && ttl.TryGetInt32(out int seconds)
                ? seconds
                : null;
    }

    /// <summary>The order in which documents were made: replacing one does not move it.</summary>
    public static IComparer<StoredDocument> ByNumber { get; } =
        Comparer<StoredDocument>.Create((left, right) => left.Number.CompareTo(right.Number));

    public string Id { get; }

    public PartitionKeyValue Key { get; }

    public DocumentPlace Place { get; }

    public JsonElement Content { get; }

    public string ETag { get; }

    /// <summary>Bytes of the content.</summary>
    public int Size { get; }

    public long Number => Place.Number;

    private int? TimeToLive { get; }

    public static StoredDocument Create(JsonElement sent, string id, PartitionKeyValue key, CosmosContainer container, DocumentPlace place)
    {
        string rid = ResourceId.OfDocument(container.Rid, place.Number);
        string etag = string.Create(
            CultureInfo.InvariantCulture,
            $"\"{place.SequenceNumber:x8}-0000-0d00-0000-{(uint)place.Timestamp:x8}0000\""
        );
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, s_unescaped))
        {
            writer.WriteStartObject();
            foreach (JsonProperty property in sent.EnumerateObject().Where(one => !s_systemProperties.Contains(one.Name)))
                property.WriteTo(writer);

            writer.WriteString("_rid", rid);
            writer.WriteString("_self", $"{container.Self}docs/{rid}/");
            writer.WriteString("_etag", etag);
            writer.WriteString("_attachments", "attachments/");
            writer.WriteNumber("_ts", place.Timestamp);
            writer.WriteEndObject();
        }

        // The document lives as long as what it was parsed from, which is never given back to a pool.
        JsonElement content = JsonDocument.Parse(bytes.WrittenMemory).RootElement;
        return new(id, key, place, content, etag, bytes.WrittenCount);
    }

    /// <summary>Stands for a position among the documents of a range.</summary>
    public static StoredDocument Bound(long number) => new("", new([]), new(number, 0, "", 0, 0, []), default, "", 0);

    public bool IsExpiredAt(long now, int? defaultTimeToLive) =>
        defaultTimeToLive is { } fallback && (TimeToLive ?? fallback) is var seconds and > 0 && Place.Timestamp + seconds <= now;
}
