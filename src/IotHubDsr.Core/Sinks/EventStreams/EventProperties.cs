using System.Globalization;
using System.Text.Json;
using Azure.Core.Amqp;

namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>What stands beside the body of an event: what services noted, and what its sender set.</summary>
internal static class EventProperties
{
    public static void Write(AmqpAnnotatedMessage message, Utf8JsonWriter writer)
    {
        writer.WriteStartObject("systemProperties"u8);
        AmqpMessageProperties sent = message.Properties;
        Write(writer, "message_id", sent.MessageId?.ToString());
        Write(writer, "user_id", sent.UserId is { } user ? UserOf(user) : null);
        Write(writer, "to", sent.To?.ToString());
        Write(writer, "subject", sent.Subject);
        Write(writer, "reply_to", sent.ReplyTo?.ToString());
        Write(writer, "correlation_id", sent.CorrelationId?.ToString());
        Write(writer, "content_type", sent.ContentType);
        Write(writer, "content_encoding", sent.ContentEncoding);
        Write(writer, "creation_time", sent.CreationTime);
        Write(writer, "group_id", sent.GroupId);
        foreach ((string name, object? value) in message.MessageAnnotations!)
            Write(writer, name, value);
        writer.WriteEndObject();
        writer.WriteStartObject("properties"u8);
        foreach ((string name, object? value) in message.ApplicationProperties!)
            Write(writer, name, value);
        writer.WriteEndObject();
    }

    private static object UserOf(ReadOnlyMemory<byte> user) =>
        System.Text.Unicode.Utf8.IsValid(user.Span) ? System.Text.Encoding.UTF8.GetString(user.Span) : user.ToArray();

    private static void Write(Utf8JsonWriter writer, string name, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case string text:
                writer.WriteString(name, text);
                break;
            case bool flag:
                writer.WriteBoolean(name, flag);
                break;
            case byte or sbyte or short or ushort or int or uint or long:
                writer.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ulong large:
                writer.WriteNumber(name, large);
                break;
            case float or double when double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture)):
                writer.WriteNumber(name, Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
            case decimal exact:
                writer.WriteNumber(name, exact);
                break;
            case DateTime time:
                writer.WriteString(name, DateTime.SpecifyKind(time, DateTimeKind.Utc));
                break;
            case DateTimeOffset time:
                writer.WriteString(name, time.UtcDateTime);
                break;
            case byte[] bytes:
                writer.WriteBase64String(name, bytes);
                break;
            default:
                writer.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
