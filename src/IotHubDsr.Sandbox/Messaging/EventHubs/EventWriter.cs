using IotHubDsr.Sandbox.Messaging.Amqp;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;

namespace IotHubDsr.Sandbox.Messaging.EventHubs;

/// <summary>A link that sends events, one by one or in batches.</summary>
internal static class EventWriter
{
    private const string PartitionKey = "x-opt-partition-key";
    private const string IdempotentCapability = "com.microsoft:idempotent-producer";
    private const uint Credit = 300;

    /// <summary>Annotations that the service sets itself, whatever a sender says.</summary>
    private static readonly string[] OwnAnnotations = ["x-opt-sequence-number", "x-opt-offset", "x-opt-enqueued-time", PartitionKey];

    public static void Attach(BrokerLink broker, ReceivingAmqpLink link, EventHub hub, EventPartition? partition)
    {
        if (link.Settings.DesiredCapabilities is { } desired && desired.Contains((AmqpSymbol)IdempotentCapability))
            throw MessagingErrors.NotSimulated("publishing without duplicates");

        link.SetTotalLinkCredit(Credit, applyNow: true, updateAutoFlow: true);
        link.RegisterMessageListener(message =>
        {
            using (message)
            {
                Outcome outcome = Accept(broker, message, hub, partition);
                link.DisposeMessage(message, outcome, settled: true, batchable: false);
            }
        });
    }

    private static Outcome Accept(BrokerLink broker, AmqpMessage message, EventHub hub, EventPartition? partition)
    {
        if (broker.Broker.Faults.RefusalOf(broker.Connection, broker.Address, AmqpFaults.Transfer) is { } fault)
        {
            broker.Log("send", fault.Status);
            return MessagingErrors.Rejected(fault.Condition, fault.Message);
        }

        try
        {
            string? batchKey = Key(message);
            // A batch is stored as a whole or not at all: all of it is read first.
            foreach (EncodedMessage sent in EncodedMessage.ReadAll(message))
            {
                string? key = batchKey ?? sent.Annotations.GetValueOrDefault(PartitionKey)?.ToString();
                IEnumerable<KeyValuePair<string, object?>> annotations = sent.Annotations.Where(pair => !OwnAnnotations.Contains(pair.Key));
                (partition ?? hub.PartitionFor(key)).Append(sent.Tail, key, [.. annotations]);
            }
        }
        catch (AmqpException exception)
        {
            broker.Log("send", 400);
            return MessagingErrors.Rejected(exception.Error.Condition.Value, exception.Message);
        }

        broker.Log("send", 202);
        return AmqpConstants.AcceptedOutcome;
    }

    private static string? Key(AmqpMessage message) =>
        message.MessageAnnotations?.Map.TryGetValue(PartitionKey, out object key) == true ? key?.ToString() : null;
}
