using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>A session whose frames can meet a fault before they are handled.</summary>
internal sealed class BrokerSession(BrokerConnection connection, AmqpSessionSettings settings, AmqpBroker broker)
    : AmqpSession(connection, settings, broker)
{
    public override void ProcessFrame(Frame frame)
    {
        if (!broker.Faults.Any || !IsStruck(frame.Command))
            base.ProcessFrame(frame);
    }

    private bool IsStruck(Performative command) =>
        AmqpFaults.NameOf(command) is { } name && broker.Faults.Strikes(connection, AddressOf(command), name);

    private string AddressOf(Performative command)
    {
        if (command is Attach attach)
            return NodeAddress.Of(attach);

        // A disposition names deliveries instead of a link: of a session's links, which are one entity's, any tells it.
        AmqpLink? link =
            command is LinkPerformative { Handle: { } handle } && LinksByRemoteHandle.TryGetObject(handle, out AmqpLink found)
                ? found
                : Links.Values.FirstOrDefault();
        return link is not null && connection.Addresses.TryGetValue(link, out string? address) ? address : "";
    }
}
