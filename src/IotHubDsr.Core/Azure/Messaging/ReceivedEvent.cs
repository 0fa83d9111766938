using Azure.Core.Amqp;

namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>An event as its partition gave it, or a message as its queue did.</summary>
/// <param name="SequenceNumber">Its number in the partition.</param>
/// <param name="Enqueued">When the service stored it: from then on its retention or its time to live counts.</param>
/// <param name="Message">What the sender, and services before, put into it.</param>
internal readonly record struct ReceivedEvent(long SequenceNumber, DateTimeOffset Enqueued, AmqpAnnotatedMessage Message)
{
    /// <summary>Whether <see cref="Enqueued"/> lies ahead, and nothing tells when the service was given it.</summary>
    public bool HidesArrival { get; init; }

    /// <summary>The body as bytes, and a text as its bytes; null where it is any other AMQP value, which no hub sends.</summary>
    public ReadOnlyMemory<byte>? Body
    {
        get
        {
            if (Message.Body.TryGetValue(out object? value))
                return value is string text ? System.Text.Encoding.UTF8.GetBytes(text) : null;
            if (!Message.Body.TryGetData(out IEnumerable<ReadOnlyMemory<byte>>? sections) || sections is null)
                return null;
            ReadOnlyMemory<byte> whole = default;
            foreach (ReadOnlyMemory<byte> section in sections)
                whole = whole.IsEmpty ? section : (byte[])[.. whole.Span, .. section.Span];
            return whole;
        }
    }
}
