using System.Text;
using System.Text.Json;
using Azure.Core.Amqp;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>
/// A message that the hub routed to an event hub: what the hub noted stands in annotations, which no sender can set. An application
/// property that is called like one of them is the sender's.
/// </summary>
internal sealed class MessageRecord(RecordMatcher matcher, BodyTexts? bodies) : IRecordEncoder
{
    private const string Prefix = "iothub-";
    private const string Sender = "iothub-connection-device-id";
    private const string Generation = "iothub-connection-auth-generation-id";
    private const string Enqueued = "iothub-enqueuedtime";
    private const string Source = "iothub-message-source";
    private const string Telemetry = "Telemetry";

    private byte[] _text = new byte[256];

    /// <summary>Whether the hub, or one that passed its message on, tells the device in it.</summary>
    public static bool IsOne(AmqpAnnotatedMessage message)
    {
        if (message.MessageAnnotations.ContainsKey(Sender))
            return true;
        foreach (string name in message.MessageAnnotations.Keys)
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal))
                return true;
        }

        return message.ApplicationProperties.ContainsKey(Sender);
    }

    /// <summary>Shows the matcher the devices that the message names.</summary>
    public void Walk(in ReceivedEvent one)
    {
        matcher.Reset();
        IDictionary<string, object?> annotations = one.Message.MessageAnnotations!;
        if (annotations.TryGetValue(Sender, out object? device))
            AddSender(device);
        bool isNotice = IsNotice(annotations);
        if (one.Message.ApplicationProperties is { Count: > 0 } properties)
            WalkProperties(properties!, device is not null, isNotice);
        if (isNotice && one.Message.Properties.UserId is { } user)
            matcher.AddLikelySourceHub(user.Span);
        if (bodies is not null && one.Body is { } body)
            bodies.Read(body.Span);
    }

    /// <summary>What the message says of itself. Most messages are nobody's who is asked for, and are never asked.</summary>
    public static RecordFacts FactsOf(in ReceivedEvent one)
    {
        IDictionary<string, object?> annotations = one.Message.MessageAnnotations!;
        byte[] told =
            annotations.TryGetValue(Generation, out object? generation) && generation is string text ? Encoding.UTF8.GetBytes(text) : [];
        DateTimeOffset enqueued = annotations.TryGetValue(Enqueued, out object? at) ? TimeOf(at) ?? one.Enqueued : one.Enqueued;
        return new RecordFacts(enqueued, told);
    }

    public void WriteJson(ReadOnlySpan<byte> record, Utf8JsonWriter writer)
    {
        if (!EmbeddedJson.TryWrite(record, writer))
            writer.WriteBase64StringValue(record);
    }

    private void AddSender(object? device)
    {
        if (device is string { Length: > 0 } id)
            matcher.AddSender(Utf8(id), SenderSource.System);
        else
            matcher.AddUnreadableSender();
    }

    private void WalkProperties(IDictionary<string, object?> properties, bool isToldByHub, bool isNotice)
    {
        foreach ((string name, object? value) in properties)
        {
            if (value is not string text)
                continue;
            if (name is "deviceId" or "ConnectionDeviceId")
            {
                matcher.AddAttribution(Utf8(text));
            }
            else if (name is Sender && isToldByHub)
            {
                matcher.AddSender(Utf8(text), SenderSource.Property);
            }
            else if (name is Sender)
            {
                // Whoever passed the message on copied it, or the sender made it up.
                matcher.AddAttribution(Utf8(text));
                matcher.NeedsNoSender();
            }
            else if (name is "hubName" && isNotice)
            {
                matcher.AddSourceHub(Utf8(text));
            }
        }
    }

    /// <summary>Whether the hub itself wrote the message, its application properties included.</summary>
    private static bool IsNotice(IDictionary<string, object?> annotations) =>
        annotations.TryGetValue(Source, out object? source)
        && source is string text
        && !text.Equals(Telemetry, StringComparison.OrdinalIgnoreCase);

    private static DateTimeOffset? TimeOf(object? value) =>
        value switch
        {
            DateTimeOffset time => time,
            DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
            long milliseconds when Math.Abs(milliseconds) < 253_402_300_800_000 => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
            string text => EnqueuedTime.Parse(Encoding.UTF8.GetBytes(text)),
            _ => null,
        };

    /// <summary>Valid until the next call.</summary>
    private ReadOnlySpan<byte> Utf8(string text)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_text.Length < most)
            _text = new byte[most];
        return _text.AsSpan(0, Encoding.UTF8.GetBytes(text, _text));
    }
}
