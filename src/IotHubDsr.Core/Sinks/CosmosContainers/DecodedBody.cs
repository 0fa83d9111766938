using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>
/// The body of a message that the hub wrote as base64, which it does where the sender did not declare it as JSON in UTF-8: whoever asks for
/// their data cannot be expected to decode it.
/// </summary>
internal static class DecodedBody
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 512 };

    /// <summary>Writes it as a member, if there is one.</summary>
    public static void Write(ReadOnlySpan<byte> document, Utf8JsonWriter writer)
    {
        if (Decode(document) is not { } body || !Utf8.IsValid(body))
            return;
        writer.WritePropertyName("decodedBody"u8);
        if (!EmbeddedJson.TryWrite(body, writer))
            writer.WriteStringValue(body);
    }

    private static byte[]? Decode(ReadOnlySpan<byte> document)
    {
        var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = Deep.MaxDepth });
        try
        {
            using var parsed = JsonDocument.ParseValue(ref reader);
            JsonElement root = parsed.RootElement;
            if (
                !root.TryGetProperty("Body", out JsonElement body)
                || body.ValueKind is not JsonValueKind.String
                || IsJson(root.Prop("SystemProperties"))
            )
            {
                return null;
            }

            return Base64.IsValid(body.GetString()) && body.TryGetBytesFromBase64(out byte[]? bytes) ? bytes : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether the body stands in the document as it was sent. Type and encoding can come in one value.</summary>
    private static bool IsJson(JsonElement? system)
    {
        string type = system.Text("iothub-content-type") ?? system.Text("contentType") ?? "";
        string encoding = $"{type} {system.Text("iothub-content-encoding") ?? system.Text("contentEncoding")}";
        return type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)
            && encoding.Contains("utf-8", StringComparison.OrdinalIgnoreCase);
    }
}
