using System.Text;
using IotHubDsr.Sandbox.Messaging.Amqp;

namespace IotHubDsr.Sandbox.World;

/// <summary>
/// Encodes messages as IoT Hub routes them to messaging. Event Hubs get the hub's own properties as annotations, where no sender can write;
/// Service Bus gets them among the application properties.
/// </summary>
internal sealed class RoutedMessageEncoder
{
    private const string DeviceIdName = "iothub-connection-device-id";
    private const string ModuleIdName = "iothub-connection-module-id";
    private const string AuthMethodName = "iothub-connection-auth-method";
    private const string GenerationName = "iothub-connection-auth-generation-id";
    private const string SourceName = "iothub-message-source";

    private readonly SectionWriter _writer = new();

    /// <summary>What is not telemetry has neither an authentication method nor a generation: no device has sent it.</summary>
    public static IReadOnlyList<KeyValuePair<string, object?>> Annotations(RoutedMessage message)
    {
        List<KeyValuePair<string, object?>> annotations = [new(DeviceIdName, message.DeviceId)];
        if (message.ModuleId is { } module)
            annotations.Add(new(ModuleIdName, module));

        if (message.MessageSource == RoutedMessage.TelemetrySource)
        {
            annotations.Add(new(AuthMethodName, RoutedMessage.AuthMethod));
            annotations.Add(new(GenerationName, message.GenerationId));
        }

        annotations.Add(new("iothub-enqueuedtime", message.Enqueued));
        annotations.Add(new(SourceName, message.MessageSource));
        return annotations;
    }

    /// <summary>The sender's part for Event Hubs.</summary>
    public byte[] ForEventHubs(RoutedMessage message) => Encode(message, message.Properties.Select(Entry));

    /// <summary>
    /// The message for Service Bus. What the device has set under a name of the hub's is replaced. Who left the source out, left it out.
    /// </summary>
    public byte[] ForServiceBus(RoutedMessage message, bool withSource = true)
    {
        var properties = message.Properties.ToDictionary(
            property => property.Key,
            object? (property) => property.Value,
            StringComparer.Ordinal
        );
        properties[DeviceIdName] = message.DeviceId;
        if (message.ModuleId is { } module)
            properties[ModuleIdName] = module;

        if (message.MessageSource == RoutedMessage.TelemetrySource)
        {
            properties[AuthMethodName] = RoutedMessage.AuthMethod;
            properties[GenerationName] = message.GenerationId;
        }

        if (withSource)
            properties[SourceName] = message.MessageSource;

        return Encode(message, properties);
    }

    /// <summary>A message with a body of JSON and properties that are texts.</summary>
    public byte[] Json(string? messageId, string body, IEnumerable<KeyValuePair<string, string>> properties)
    {
        _writer.Clear();
        WriteProperties(messageId, null, "application/json", "utf-8");
        WriteApplicationProperties(properties.Select(Entry));
        _writer.AddData(Encoding.UTF8.GetBytes(body));
        return _writer.ToArray();
    }

    private static KeyValuePair<string, object?> Entry(KeyValuePair<string, string> property) => new(property.Key, property.Value);

    private byte[] Encode(RoutedMessage message, IEnumerable<KeyValuePair<string, object?>> properties)
    {
        bool isTelemetry = message.MessageSource == RoutedMessage.TelemetrySource;
        _writer.Clear();
        WriteProperties(
            message.MessageId,
            isTelemetry ? null : Encoding.UTF8.GetBytes(message.HubName),
            message.IsJson ? "application/json" : null,
            message.IsJson ? "utf-8" : null
        );
        WriteApplicationProperties(properties);
        _writer.AddData(message.Body.Span);
        return _writer.ToArray();
    }

    private void WriteProperties(string? messageId, byte[]? userId, string? contentType, string? contentEncoding)
    {
        _writer.BeginList(SectionWriter.Properties);
        _writer.Value((object?)messageId);
        if (userId is null)
            _writer.Null();
        else
            _writer.Binary(userId);

        // To, subject, reply-to and correlation ID.
        for (int field = 0; field < 4; field++)
            _writer.Null();

        WriteSymbol(contentType);
        WriteSymbol(contentEncoding);
        _writer.End();
    }

    private void WriteSymbol(string? text)
    {
        if (text is null)
            _writer.Null();
        else
            _writer.Symbol(text);
    }

    private void WriteApplicationProperties(IEnumerable<KeyValuePair<string, object?>> properties)
    {
        _writer.BeginMap(SectionWriter.ApplicationProperties);
        foreach ((string name, object? value) in properties)
        {
            _writer.Value(name);
            _writer.Value(value);
        }

        _writer.End();
    }
}
