using System.Buffers;
using System.Text.Json;

namespace IotHubDsr.Core.Topology;

/// <summary>Adds to a document what a newer version of the same document tells in addition.</summary>
internal static class JsonMerge
{
    /// <summary>
    /// Everything of <paramref name="known"/> as it is, with the members that only <paramref name="more"/> has. Items of lists belong
    /// together when they have the same <c>name</c>.
    /// </summary>
    public static JsonElement Add(JsonElement known, JsonElement more)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, known, more);
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement known, JsonElement more)
    {
        switch (known.ValueKind, more.ValueKind)
        {
            case (JsonValueKind.Null, _):
                more.WriteTo(writer);
                break;
            case (JsonValueKind.Object, JsonValueKind.Object):
                WriteObject(writer, known, more);
                break;
            case (JsonValueKind.Array, JsonValueKind.Array):
                WriteArray(writer, known, more);
                break;
            default:
                known.WriteTo(writer);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement known, JsonElement more)
    {
        writer.WriteStartObject();
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty property in known.EnumerateObject())
        {
            if (!written.Add(property.Name))
                continue;
            writer.WritePropertyName(property.Name);
            if (more.TryGetProperty(property.Name, out JsonElement other))
                Write(writer, property.Value, other);
            else
                property.Value.WriteTo(writer);
        }

        foreach (JsonProperty property in more.EnumerateObject())
        {
            if (written.Add(property.Name))
                property.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter writer, JsonElement known, JsonElement more)
    {
        List<JsonElement> others = [.. more.EnumerateArray()];
        writer.WriteStartArray();
        foreach (JsonElement item in known.EnumerateArray())
        {
            int twin = item.Text("name") is { } name ? others.FindIndex(other => other.Text("name") == name) : -1;
            if (twin < 0)
            {
                item.WriteTo(writer);
                continue;
            }

            Write(writer, item, others[twin]);
            others.RemoveAt(twin);
        }

        // Items without a name cannot be matched; the list as it is known remains.
        foreach (JsonElement item in others.Where(static other => other.Text("name") is not null))
            item.WriteTo(writer);
        writer.WriteEndArray();
    }
}
