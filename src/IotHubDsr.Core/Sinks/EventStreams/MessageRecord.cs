using System.Text;
using System.Text.Json;
using Azure.Core.Amqp;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>Where a hub notes what it knows of a message that it routes.</summary>
internal enum HubNotes
{
    /// <summary>In annotations, which no sender can set: an application property that is called like one of them is the sender's.</summary>
    Annotations,

    /// <summary>Among the application properties, where a sender's property of the same name may stand instead.</summary>
    Properties,
}

/// <summary>A message that the hub routed to an event hub or to Service Bus.</summary>
internal sealed class MessageRecord(RecordMatcher matcher, BodyTexts? bodies, HubNotes notes) : IRecordEncoder
{
    private const string Prefix = "iothub-";
    private const string Sender = "iothub-connection-device-id";
    private const string Generation = "iothub-connection-auth-generation-id";
    private const string Enqueued = "iothub-enqueuedtime";
    private const string Source = "iothub-message-source";
    private const string Telemetry = "Telemetry";

    private byte[] _text = new byte[256];

    /// <summary>Whether the hub, or one that passed its message on, tells the device in it.</summary>
    public bool IsOne(AmqpAnnotatedMessage message)
    {
        if (notes is HubNotes.Properties)
            return message.ApplicationProperties.ContainsKey(Sender);
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
        IDictionary<string, object?> noted = NotesOf(one.Message);
        if (noted.TryGetValue(Sender, out object? device))
            AddSender(device);
        bool isNotice = IsNotice(noted);
        if (one.Message.ApplicationProperties is { Count: > 0 } properties)
            WalkProperties(properties!, device is not null, isNotice);
        if (isNotice && one.Message.Properties.UserId is { } user)
            matcher.AddLikelySourceHub(user.Span);
        if (bodies is not null && one.Body is { } body)
            bodies.Read(body.Span);
    }

    /// <summary>What the message says of itself. Most messages are nobody's who is asked for, and are never asked.</summary>
    public RecordFacts FactsOf(in ReceivedEvent one)
    {
        IDictionary<string, object?> noted = NotesOf(one.Message);
        byte[] told =
            noted.TryGetValue(Generation, out object? generation) && generation is string text ? Encoding.UTF8.GetBytes(text) : [];

        // The hub notes the time in annotations only: a property of that name is the sender's.
        bool hasTime = notes is HubNotes.Annotations && noted.ContainsKey(Enqueued);
        DateTimeOffset? stored = one.HidesArrival ? null : one.Enqueued;
        return new RecordFacts(hasTime ? TimeOf(noted[Enqueued]) ?? stored : stored, told);
    }

    public void WriteJson(ReadOnlySpan<byte> record, Utf8JsonWriter writer)
    {
        if (!EmbeddedJson.TryWrite(record, writer))
            writer.WriteBase64StringValue(record);
    }

    private IDictionary<string, object?> NotesOf(AmqpAnnotatedMessage message) =>
        notes is HubNotes.Annotations ? message.MessageAnnotations! : message.ApplicationProperties!;

    private void AddSender(object? device)
    {
        if (device is string { Length: > 0 } id)
            matcher.AddSender(Utf8(id), notes is HubNotes.Annotations ? SenderSource.System : SenderSource.Property);
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
                if (notes is HubNotes.Annotations)
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
                // Where a sender can have written both properties, no name proves that a message is another hub's.
                if (notes is HubNotes.Annotations)
                    matcher.AddSourceHub(Utf8(text));
                else
                    matcher.AddLikelySourceHub(Utf8(text));
            }
        }
    }

    /// <summary>Whether the hub itself wrote the message, its application properties included.</summary>
    private static bool IsNotice(IDictionary<string, object?> noted) =>
        noted.TryGetValue(Source, out object? source)
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
