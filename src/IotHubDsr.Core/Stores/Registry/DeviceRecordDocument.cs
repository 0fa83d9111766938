using System.Collections.Frozen;
using System.Text.Json;

namespace IotHubDsr.Stores.Registry;

/// <summary>
/// A device's record as its subject gets it: the documents as the hub holds them, without what would let a reader of the export act as
/// the device.
/// </summary>
internal sealed class DeviceRecordDocument(Stream output)
{
    private static readonly FrozenSet<string> Credentials = new[]
    {
        "symmetricKey", "primaryKey", "secondaryKey", "connectionString", "primaryConnectionString", "secondaryConnectionString",
        "sharedAccessKey", "sharedAccessSignature", "sasToken",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private bool _leftOut;

    /// <summary>Writes the document; true when credentials were left out of it.</summary>
    public async Task<bool> WriteAsync(DeviceRecord record, CancellationToken cancellationToken)
    {
        await using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("deviceId", record.Identity.DeviceId);
        writer.WritePropertyName("identity");
        Copy(writer, record.Identity.Json, withoutCredentials: true);
        if (record.Twin is { } twin)
        {
            writer.WritePropertyName("twin");
            Copy(writer, twin.Json, withoutCredentials: false);
        }

        writer.WriteStartArray("modules");
        foreach (ModuleRecord module in record.Modules)
            Write(writer, module);
        writer.WriteEndArray();
        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        return _leftOut;
    }

    private void Write(Utf8JsonWriter writer, ModuleRecord module)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("identity");
        Copy(writer, module.Identity.Json, withoutCredentials: true);
        if (module.Twin is { } twin)
        {
            writer.WritePropertyName("twin");
            Copy(writer, twin.Json, withoutCredentials: false);
        }

        writer.WriteEndObject();
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
                        _leftOut |= HasContent(property.Value);
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

    private static bool HasContent(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Any(static property => HasContent(property.Value)),
        JsonValueKind.Null => false,
        _ => true,
    };
}
