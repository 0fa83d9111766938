using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IotHubDsr.Sandbox.World;

/// <summary>Where a document names its device: both have been seen.</summary>
internal enum SystemPropertyNames
{
    /// <summary><c>iothub-connection-device-id</c>, as in Event Hubs.</summary>
    Prefixed,

    /// <summary><c>connectionDeviceId</c>, as in storage.</summary>
    Plain,
}

/// <summary>Writes a message as the document that the hub makes of it.</summary>
internal static class RoutedDocument
{
    private const string AuthMethod = """{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}""";

    private static readonly JsonWriterOptions s_unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonElement Write(
        RoutedMessage message,
        CosmosEndpoint endpoint,
        string id,
        SystemPropertyNames names = SystemPropertyNames.Prefixed,
        string? moduleId = null
    )
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, s_unescaped))
        {
            string key = endpoint.PartitionKeyOf(WorldNames.HubName, message.DeviceId, message.Enqueued);
            writer.WriteStartObject();
            writer.WriteString("id", id);
            writer.WriteString(endpoint.PartitionKeyName, key);
            WriteMap(writer, "Properties", message.Properties);
            WriteMap(
                writer,
                "SystemProperties",
                names == SystemPropertyNames.Plain ? message.SystemProperties() : Prefixed(message, moduleId)
            );
            writer.WriteString("iothub-name", WorldNames.HubName);
            writer.WritePropertyName("Body");
            if (message.IsJson)
                writer.WriteRawValue(message.Body.Span, skipInputValidation: true);
            else
                writer.WriteBase64StringValue(message.Body.Span);

            writer.WriteEndObject();
        }

        return JsonDocument.Parse(bytes.WrittenMemory).RootElement;
    }

    private static IEnumerable<KeyValuePair<string, string>> Prefixed(RoutedMessage message, string? moduleId)
    {
        yield return new("iothub-connection-device-id", message.DeviceId);
        if (moduleId is not null)
            yield return new("iothub-connection-module-id", moduleId);

        yield return new("iothub-connection-auth-method", AuthMethod);
        yield return new("iothub-connection-auth-generation-id", message.GenerationId);
        // Type and encoding come in one value here.
        if (message.IsJson)
            yield return new("iothub-content-type", "application/json;charset=utf-8");

        yield return new("iothub-enqueuedtime", message.EnqueuedText);
        yield return new("iothub-message-source", message.MessageSource);
    }

    private static void WriteMap(Utf8JsonWriter writer, string name, IEnumerable<KeyValuePair<string, string>> map)
    {
        writer.WriteStartObject(name);
        foreach ((string key, string value) in map)
            writer.WriteString(key, value);

        writer.WriteEndObject();
    }
}
