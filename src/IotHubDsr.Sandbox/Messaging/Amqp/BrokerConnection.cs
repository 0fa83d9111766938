using System.Collections.Concurrent;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Transport;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>A client's connection: the namespace that it has opened, what its tokens allow, and its links.</summary>
internal sealed class BrokerConnection : AmqpConnection
{
    private readonly AmqpBroker _broker;

    public BrokerConnection(
        TransportBase transport,
        ProtocolHeader header,
        AmqpSettings amqp,
        AmqpConnectionSettings settings,
        AmqpBroker broker
    )
        : base(transport, header, isInitiator: false, amqp, settings)
    {
        _broker = broker;
        SessionFactory = broker;
        Claims = new ConnectionClaims(broker.Authorizer);
        Replies = new ReplyLinks();
        Opening += OnOpening;
        Closed += (_, _) => Claims.Dispose();
    }

    /// <summary>
    /// The namespace that open.hostname names: the only thing that tells it, as the connection goes to an IP address. Without one, every
    /// link is refused.
    /// </summary>
    public MessagingNamespace? Namespace { get; private set; }

    public string HostName => Settings.RemoteHostName ?? "";

    public ConnectionClaims Claims { get; }

    public ReplyLinks Replies { get; }

    /// <summary>Links by the handle of the client, with the address that each is attached to: what faults go by.</summary>
    public ConcurrentDictionary<AmqpLink, string> Addresses { get; } = new();

    private void OnOpening(object? sender, OpenEventArgs args)
    {
        string host = ((Open)args.Command).HostName ?? "";
        Namespace = _broker.Find(host);
        if (_broker.Faults.Strikes(this, "", AmqpFaults.Open))
            throw new AmqpException(AmqpErrorCode.ConnectionForced, "An injected fault of the sandbox.");

        _broker.Log.Add(this, "open", "", Namespace is null ? 404 : 200);
    }
}
