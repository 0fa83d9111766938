using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IotHubDsr.Sandbox.World;

/// <summary>The encodings of a storage endpoint.</summary>
internal enum RoutedEncoding
{
    Json,
    Avro,
    AvroDeflate,
}

/// <summary>Writes messages in the encoding of a storage endpoint.</summary>
internal static class RoutedFile
{
    private const int MessagesPerBlock = 32;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Escaped = new() { Encoder = JavaScriptEncoder.Default };

    public static ReadOnlyMemory<byte> Write(IReadOnlyList<RoutedMessage> messages, RoutedEncoding encoding) =>
        encoding switch
        {
            RoutedEncoding.Json => WriteLines(messages),
            _ => new AvroFileWriter(encoding == RoutedEncoding.AvroDeflate, MessagesPerBlock).Write(messages),
        };

    private static ReadOnlyMemory<byte> WriteLines(IReadOnlyList<RoutedMessage> messages)
    {
        var file = new ArrayBufferWriter<byte>(messages.Count * 512 + 1);
        using var plain = new Utf8JsonWriter(file, Plain);
        using var escaped = new Utf8JsonWriter(file, Escaped);
        foreach (RoutedMessage message in messages)
        {
            Utf8JsonWriter writer = message.IsEscaped ? escaped : plain;
            writer.Reset();
            WriteLine(writer, message);
            writer.Flush();
            file.Write("\n"u8);
        }

        return file.WrittenMemory;
    }

    private static void WriteLine(Utf8JsonWriter writer, RoutedMessage message)
    {
        writer.WriteStartObject();
        writer.WriteString("EnqueuedTimeUtc", message.EnqueuedText);
        WriteMap(writer, "Properties", message.Properties);
        WriteMap(writer, "SystemProperties", message.SystemProperties());
        writer.WritePropertyName("Body");
        if (message.IsJson)
            writer.WriteRawValue(message.Body.Span, skipInputValidation: true);
        else
            writer.WriteBase64StringValue(message.Body.Span);

        writer.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter writer, string name, IEnumerable<KeyValuePair<string, string>> map)
    {
        writer.WriteStartObject(name);
        foreach ((string? key, string? value) in map)
            writer.WriteString(key, value);

        writer.WriteEndObject();
    }
}
