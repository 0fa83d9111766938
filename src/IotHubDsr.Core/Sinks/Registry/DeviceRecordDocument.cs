using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;

namespace IotHubDsr.Core.Sinks.Registry;

/// <summary>
/// The documents of a device as its subject gets them: as the hub holds them, without what would let a reader of the export act as the
/// device.
/// </summary>
internal sealed class DeviceRecordDocument(string deviceId) : IDisposable
{
    private static readonly FrozenSet<string> Credentials = new[]
    {
        "symmetricKey",
        "primaryKey",
        "secondaryKey",
        "connectionString",
        "primaryConnectionString",
        "secondaryConnectionString",
        "sharedAccessKey",
        "sharedAccessSignature",
        "sasToken",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Utf8JsonWriter _writer = new(Stream.Null);

    /// <summary>Whether credentials were left out.</summary>
    public bool HasLeftOut { get; private set; }

    /// <summary>The record of an identity, valid until the next one.</summary>
    public ReadOnlyMemory<byte> Identity(string? moduleId, JsonElement identity) =>
        Write(moduleId, "identity", identity, withoutCredentials: true);

    /// <summary>The record of a twin, valid until the next one. What stands in a twin is the subject's, whatever it is called.</summary>
    public ReadOnlyMemory<byte> Twin(string? moduleId, JsonElement twin) => Write(moduleId, "twin", twin, withoutCredentials: false);

    public void Dispose() => _writer.Dispose();

    private ReadOnlyMemory<byte> Write(string? moduleId, string name, JsonElement value, bool withoutCredentials)
    {
        _line.ResetWrittenCount();
        _writer.Reset(_line);
        _writer.WriteStartObject();
        _writer.WriteString("deviceId"u8, deviceId);
        if (moduleId is not null)
            _writer.WriteString("moduleId"u8, moduleId);
        _writer.WritePropertyName(name);
        Copy(_writer, value, withoutCredentials);
        _writer.WriteEndObject();
        _writer.Flush();
        return _line.WrittenMemory;
    }

    private void Copy(Utf8JsonWriter writer, JsonElement value, bool withoutCredentials)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    string name = NameOf(property);
                    if (withoutCredentials && Credentials.Contains(name))
                    {
                        HasLeftOut |= HasContent(property.Value);
                        continue;
                    }

                    writer.WritePropertyName(name);
                    Copy(writer, property.Value, withoutCredentials);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in value.EnumerateArray())
                    Copy(writer, item, withoutCredentials);
                writer.WriteEndArray();
                break;
            default:
                // As it was received: decoding and encoding again would change numbers and fail on unpaired surrogates.
                writer.WriteRawValue(value.GetRawText(), skipInputValidation: true);
                break;
        }
    }

    private static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            // A device may name a property of its twin with half of a surrogate pair: its escaped form is shown instead.
            string text = property.ToString();
            return text[1..text.IndexOf("\":", StringComparison.Ordinal)];
        }
    }

    private static bool HasContent(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().Any(static property => HasContent(property.Value)),
            JsonValueKind.Null => false,
            _ => true,
        };
}
