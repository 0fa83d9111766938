using IotHubDsr.Sandbox.Messaging.Amqp;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

/// <summary>A link that sends messages to a queue or topic, one by one or in batches.</summary>
internal static class BusSender
{
    private const uint Credit = 1000;

    public static void Attach(BrokerLink broker, ReceivingAmqpLink link, IBusTarget target)
    {
        link.SetTotalLinkCredit(Credit, applyNow: true, updateAutoFlow: true);
        link.RegisterMessageListener(message =>
        {
            using (message)
            {
                Outcome outcome = Accept(broker, message, target);
                link.DisposeMessage(message, outcome, settled: true, batchable: false);
            }
        });
    }

    private static Outcome Accept(BrokerLink broker, AmqpMessage message, IBusTarget target)
    {
        try
        {
            if (broker.Broker.Faults.RefusalOf(broker.Connection, broker.Address, AmqpFaults.Transfer) is { } fault)
                throw fault;

            foreach (EncodedMessage sent in EncodedMessage.ReadAll(message))
                target.Take(new BusMessage(sent));
        }
        catch (MessagingRefusal refusal)
        {
            broker.Log("send", refusal.Status);
            return MessagingErrors.Rejected(refusal.Condition, refusal.Message);
        }
        catch (AmqpException exception)
        {
            broker.Log("send", 400);
            return MessagingErrors.Rejected(exception.Error.Condition.Value, exception.Message);
        }

        broker.Log("send", 202);
        return AmqpConstants.AcceptedOutcome;
    }
}
