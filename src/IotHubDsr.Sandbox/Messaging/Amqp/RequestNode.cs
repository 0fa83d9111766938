using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>A request to a node: its application properties and its body.</summary>
internal sealed record ManagementRequest(BrokerConnection Connection, string Address, AmqpMessage Message)
{
    public string Operation => Text("operation") ?? "";

    public AmqpMap Body => Message.ValueBody?.Value as AmqpMap ?? new AmqpMap();

    /// <summary>The link on which a receiver got the messages that the request is about.</summary>
    public string? AssociatedLink => Text("associated-link-name");

    public string? Text(string property) =>
        Message.ApplicationProperties.Map.TryGetValue(property, out object value) ? value?.ToString() : null;

    public T? Field<T>(string name) => Body.TryGetValue(new MapKey(name), out T value) ? value : default;
}

/// <summary>A node that answers requests: two links of a client, one for each direction.</summary>
internal static class RequestNode
{
    private const uint Credit = 100;

    public static void Attach(
        AmqpBroker broker,
        BrokerConnection connection,
        AmqpLink link,
        string address,
        Func<ManagementRequest, AmqpMessage> handle
    )
    {
        if (link is SendingAmqpLink answers)
        {
            connection.Replies.Add(address, answers);
            return;
        }

        var requests = (ReceivingAmqpLink)link;
        requests.SetTotalLinkCredit(Credit, applyNow: true, updateAutoFlow: true);
        requests.RegisterMessageListener(message =>
        {
            Task answered = AnswerAsync(broker, requests, new ManagementRequest(connection, address, message), handle);
            if (answered.IsCompleted)
                answered.GetAwaiter().GetResult();
        });
    }

    /// <summary>Answers one request, at once unless a fault delays it.</summary>
    private static async Task AnswerAsync(
        AmqpBroker broker,
        ReceivingAmqpLink requests,
        ManagementRequest request,
        Func<ManagementRequest, AmqpMessage> handle
    )
    {
        (BrokerConnection connection, string address, AmqpMessage message) = request;
        using (message)
        {
            requests.DisposeMessage(message, AmqpConstants.AcceptedOutcome, settled: true, batchable: false);
            await broker.Faults.DelayAsync(connection, address, request.Operation);
            AmqpMessage reply = Run(broker, request, handle);
            if (!broker.Faults.LosesAnswer(connection, address, request.Operation))
                connection.Replies.Answer(address, requests.Session, message, reply);
        }
    }

    private static AmqpMessage Run(AmqpBroker broker, ManagementRequest request, Func<ManagementRequest, AmqpMessage> handle)
    {
        AmqpMessage reply;
        try
        {
            reply = broker.Faults.Refusal(request.Connection, request.Address, request.Operation) is { } fault
                ? AmqpReply.Of(fault)
                : handle(request);
        }
        catch (MessagingRefusal refusal)
        {
            reply = AmqpReply.Of(refusal);
        }
        catch (AmqpException exception)
        {
            reply = AmqpReply.Of(400, exception.Message, null, exception.Error.Condition.Value);
        }

        broker.Log.Add(request.Connection, request.Operation, request.Address, (int)reply.ApplicationProperties.Map["status-code"]);
        return reply;
    }
}
