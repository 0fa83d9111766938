using IotHubDsr.Sandbox.Messaging.Amqp;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace IotHubDsr.Sandbox.Messaging.EventHubs;

/// <summary>
/// A consumer group: who reads which partition in it. A reader with an owner level ends those with a lower one, or with none.
/// </summary>
internal sealed class ConsumerGroup(string name, DateTimeOffset createdAt)
{
    private const int MostReaders = 5;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<EventReader>> _readers = new(StringComparer.Ordinal);

    public string Name => name;

    public DateTimeOffset CreatedAt => createdAt;

    public void Admit(EventReader reader, string partition)
    {
        List<EventReader> ended = [];
        lock (_lock)
        {
            if (!_readers.TryGetValue(partition, out List<EventReader>? readers))
                _readers[partition] = readers = [];

            readers.RemoveAll(other => other.IsClosing);
            long? highest = readers.Max(other => other.OwnerLevel);
            if (highest is not null && (reader.OwnerLevel is null || reader.OwnerLevel < highest))
                throw Stolen(reader, highest.Value);

            if (reader.OwnerLevel is not null)
            {
                ended = [.. readers];
                readers.Clear();
            }
            else if (readers.Count >= MostReaders)
            {
                throw new MessagingRefusal(
                    400,
                    AmqpErrorCode.ResourceLimitExceeded.Value,
                    $"Exceeded the maximum number of allowed receivers per partition in a consumer group which is {MostReaders}. "
                        + $"List of connected receivers - {string.Join(", ", readers.Select(other => other.Name))}."
                );
            }

            readers.Add(reader);
        }

        foreach (EventReader other in ended)
        {
            string text =
                $"New receiver '{reader.Name}' with higher epoch of '{reader.OwnerLevel}' is created hence current receiver '{other.Name}' "
                + $"with epoch '{other.OwnerLevel ?? 0}' is getting disconnected.";
            other.End(new AmqpException(new Error { Condition = AmqpErrorCode.Stolen, Description = text }));
        }
    }

    public void Leave(EventReader reader, string partition)
    {
        lock (_lock)
        {
            if (_readers.TryGetValue(partition, out List<EventReader>? readers))
                readers.Remove(reader);
        }
    }

    public int ReadersOf(string partition)
    {
        lock (_lock)
            return _readers.TryGetValue(partition, out List<EventReader>? readers) ? readers.Count(reader => !reader.IsClosing) : 0;
    }

    private static MessagingRefusal Stolen(EventReader reader, long highest) =>
        new(
            409,
            AmqpErrorCode.Stolen.Value,
            reader.OwnerLevel is { } level
                ? $"Receiver '{reader.Name}' with epoch '{level}' cannot be created, as one with the higher epoch '{highest}' exists."
                : $"At least one receiver for the endpoint is created with epoch of '{highest}', and so non-epoch receiver is not allowed. "
                    + "Either reconnect with a higher epoch, or make sure all epoch receivers are closed or disconnected."
        );
}
