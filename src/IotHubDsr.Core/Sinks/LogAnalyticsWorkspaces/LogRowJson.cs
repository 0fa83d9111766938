using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>Writes rows as the JSON that archived logs are: one form for all that judges them.</summary>
internal sealed class LogRowJson
{
    // What judges a row looks into its texts: they stay as they are, so that none is longer than it was.
    private static readonly JsonWriterOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>The row, with the names of its members as archived logs have them; valid until the next.</summary>
    public ReadOnlySpan<byte> Write(LogRow row)
    {
        _buffer.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_buffer, s_plain);
        writer.WriteStartObject();
        bool isTold = row.Text("_ResourceId") is not null || row.Text("ResourceId") is not null;
        bool hasResource = isTold || row.Text("$resource") is not null;
        Write(row, writer, name => name switch
            {
                "Properties" => "properties",
                "AssociatedResourceId" when !hasResource => "_ResourceId",
                _ => name,
            });
        if (!isTold && row.Text("$resource") is { } resource)
            writer.WriteString("_ResourceId"u8, resource);
        writer.WriteEndObject();
        writer.Flush();
        return _buffer.WrittenSpan;
    }

    /// <summary>The members of a row that hold something, as the service names them.</summary>
    public static void Write(LogRow row, Utf8JsonWriter writer, Func<string, string> nameOf)
    {
        for (int column = 0; column < row.Columns.Count; column++)
        {
            string name = row.Columns[column].Name;
            if (name.StartsWith('$') || row.Text(column) is null)
                continue;
            writer.WritePropertyName(nameOf(name));
            if (row[column].ValueKind is JsonValueKind.String)
                writer.WriteStringValue(row.Text(column));
            else
                row[column].WriteTo(writer);
        }
    }
}
