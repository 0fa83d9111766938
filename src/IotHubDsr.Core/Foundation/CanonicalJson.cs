using System.Text.Json;

namespace IotHubDsr.Core.Foundation;

/// <summary>
/// The JSON Canonicalization Scheme (RFC 8785): one form of bytes for a document, so that a digest of it can be made and checked by
/// anybody. Members are sorted by UTF-16 code units, numbers are written as ECMAScript does, strings with the least escapes.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>The canonical form of a value that was read.</summary>
    /// <exception cref="JsonException">A member appears twice, a number is not finite, or a string is not valid Unicode.</exception>
    public static byte[] Write(JsonElement value) => CanonicalWriter.ToArray(writer => Write(value, writer));

    /// <summary>The digest of the canonical form.</summary>
    /// <exception cref="JsonException">As for <see cref="Write(JsonElement)"/>.</exception>
    public static string Digest(JsonElement value) => CanonicalWriter.Digest(writer => Write(value, writer));

    /// <summary>Whether these are the canonical bytes of a value that was read from them.</summary>
    /// <exception cref="JsonException">As for <see cref="Write(JsonElement)"/>.</exception>
    public static bool IsCanonical(ReadOnlyMemory<byte> bytes, JsonElement value) =>
        CanonicalWriter.IsWritten(bytes, writer => Write(value, writer));

    private static void Write(JsonElement value, CanonicalWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.StartObject();
                foreach (JsonProperty member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.Name(member.Name);
                    Write(member.Value, writer);
                }

                writer.EndObject();
                break;
            case JsonValueKind.Array:
                writer.StartArray();
                foreach (JsonElement item in value.EnumerateArray())
                    Write(item, writer);
                writer.EndArray();
                break;
            case JsonValueKind.String:
                writer.Text(value.GetString());
                break;
            case JsonValueKind.Number when value.TryGetInt64(out long whole):
                writer.Number(whole);
                break;
            case JsonValueKind.Number:
                writer.Number(value.GetDouble());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.Flag(value.GetBoolean());
                break;
            default:
                writer.Text(null);
                break;
        }
    }
}
