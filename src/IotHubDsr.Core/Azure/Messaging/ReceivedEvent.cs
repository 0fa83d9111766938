using Azure.Core.Amqp;

namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>An event as its partition gave it.</summary>
/// <param name="SequenceNumber">Its number in the partition.</param>
/// <param name="Enqueued">When Event Hubs stored it: from then on its retention counts.</param>
/// <param name="Message">What the sender, and services before, put into it.</param>
internal readonly record struct ReceivedEvent(long SequenceNumber, DateTimeOffset Enqueued, AmqpAnnotatedMessage Message)
{
    /// <summary>The body as bytes; null where it is an AMQP value, which no hub sends.</summary>
    public ReadOnlyMemory<byte>? Body
    {
        get
        {
            if (!Message.Body.TryGetData(out IEnumerable<ReadOnlyMemory<byte>>? sections) || sections is null)
                return null;
            ReadOnlyMemory<byte> whole = default;
            foreach (ReadOnlyMemory<byte> section in sections)
                whole = whole.IsEmpty ? section : (byte[])[.. whole.Span, .. section.Span];
            return whole;
        }
    }
}
