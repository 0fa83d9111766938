using System.Text.Json;
using IotHubDsr.Core.Azure.Cosmos;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>What a document says of itself beside whose it is.</summary>
/// <param name="Address">Its partition key and ID.</param>
/// <param name="ETag">Its ETag.</param>
/// <param name="Rid">The service's own ID of it, which no other document has.</param>
/// <param name="HubName">Name of the hub that wrote it; null if it does not say.</param>
internal sealed record StoredDocument(DocumentAddress Address, string ETag, string Rid, string? HubName)
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 512 };

    /// <summary>
    /// Whether a hub wrote it, or Stream Analytics passed it on: it has what a hub notes, or a hub's name. Any other is some application's.
    /// </summary>
    public bool IsOfHub { get; private init; }

    /// <summary>
    /// What Stream Analytics passed on, which has what a hub notes and no hub's name: a job can read from several hubs. Null for any other.
    /// </summary>
    public PassedOn? PassedOn { get; private init; }

    /// <summary>Null when it is none that can be addressed.</summary>
    /// <param name="json">The document.</param>
    /// <param name="paths">The paths of the container's partition key.</param>
    public static StoredDocument? Read(ReadOnlyMemory<byte> json, IReadOnlyList<DocumentPath> paths)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json, Deep);
            JsonElement document = parsed.RootElement;
            return Text(document, "id") is { } id && Text(document, "_etag") is { } etag && Text(document, "_rid") is { } rid
                ? new StoredDocument(
                    new DocumentAddress(DocumentAddress.KeyOf(document, paths), id),
                    etag,
                    rid,
                    Text(document, "iothub-name")
                )
                {
                    IsOfHub =
                        Text(document, "iothub-name") is not null
                        || document.TryGetProperty("SystemProperties", out _)
                        || PassedOnIn(document) is not null,
                    PassedOn =
                        Text(document, "iothub-name") is null && !document.TryGetProperty("SystemProperties", out _)
                            ? PassedOnIn(document)
                            : null,
                }
                : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static PassedOn? PassedOnIn(JsonElement document) =>
        document.TryGetProperty("IoTHub", out JsonElement noted)
        && noted.ValueKind is JsonValueKind.Object
        && Text(noted, "ConnectionDeviceId") is { } deviceId
            ? new PassedOn(deviceId, Text(noted, "ConnectionDeviceGenerationId"))
            : null;

    private static string? Text(JsonElement document, string name) =>
        document.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}

/// <summary>Who sent what Stream Analytics passed on.</summary>
/// <param name="DeviceId">The device ID, which devices of other hubs can have as well.</param>
/// <param name="GenerationId">The generation ID, which no other device has; null if it does not tell.</param>
internal sealed record PassedOn(string DeviceId, string? GenerationId);

/// <summary>The documents of a page of a query.</summary>
internal static class DocumentPage
{
    /// <summary>Each document of the page as it stands there.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Split(byte[] page)
    {
        var documents = new List<ReadOnlyMemory<byte>>();
        var reader = new Utf8JsonReader(page, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            bool isList = reader.ValueTextEquals("Documents"u8);
            reader.Read();
            if (!isList || reader.TokenType is not JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
            {
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                documents.Add(page.AsMemory(start..(int)reader.BytesConsumed));
            }
        }

        return documents;
    }
}
