using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Transaction;
using Microsoft.Azure.Amqp.Transport;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>What the listener asks about connections, sessions and links: finds the node of a link and checks the right to it.</summary>
internal sealed class AmqpBroker(MessagingWorld world, MessagingAuthorizer authorizer, AmqpFaults faults, AmqpLog log) : IRuntimeProvider
{
    private const ulong MaxMessageSize = 1024 * 1024;

    public MessagingAuthorizer Authorizer => authorizer;

    public AmqpFaults Faults => faults;

    public AmqpLog Log => log;

    public MessagingNamespace? Find(string host) => world.Find(host);

    public AmqpConnection CreateConnection(
        TransportBase transport,
        ProtocolHeader protocolHeader,
        bool isInitiator,
        AmqpSettings amqpSettings,
        AmqpConnectionSettings connectionSettings
    ) => new BrokerConnection(transport, protocolHeader, amqpSettings, connectionSettings, this);

    public AmqpSession CreateSession(AmqpConnection connection, AmqpSessionSettings settings) =>
        new BrokerSession((BrokerConnection)connection, settings, this);

    public AmqpLink CreateLink(AmqpSession session, AmqpLinkSettings settings)
    {
        settings.MaxMessageSize = MaxMessageSize;
        var connection = (BrokerConnection)session.Connection;
        AmqpLink link = settings.Role == true ? new ReceivingAmqpLink(session, settings) : new SendingAmqpLink(session, settings);
        connection.Addresses[link] = NodeAddress.Of(settings);
        link.SafeAddClosed((_, _) => connection.Addresses.TryRemove(link, out string? _));
        return link;
    }

    public IAsyncResult BeginOpenLink(AmqpLink link, TimeSpan timeout, AsyncCallback callback, object state) =>
        TaskToAsyncResult.Begin(AttachAsync(link), callback, state);

    public void EndOpenLink(IAsyncResult result) => TaskToAsyncResult.End(result);

    private async Task AttachAsync(AmqpLink link)
    {
        var connection = (BrokerConnection)link.Session.Connection;
        string address = connection.Addresses.GetValueOrDefault(link, "");
        MessagingNamespace owner = connection.Namespace ?? throw MessagingErrors.NoNamespace(connection.HostName);
        try
        {
            if (faults.RefusalOf(connection, address, AmqpFaults.Attach) is { } fault)
                throw fault;

            if (link.Settings.Target is Coordinator)
                throw MessagingErrors.NotSimulated("transactions");

            if (NodeAddress.IsSame(address, NodeAddress.TokenStore))
                RequestNode.Attach(this, connection, link, address, request => TokenStore.Put(request, this, owner));
            else
                await owner.AttachAsync(new BrokerLink(this, connection, link, address));
        }
        catch (MessagingRefusal refusal)
        {
            log.Add(connection, "attach", address, refusal.Status);
            throw refusal.ToLinkError();
        }

        log.Add(connection, "attach", address, 200);
    }
}

/// <summary>A link that a client wants to attach to a node of a namespace.</summary>
internal sealed record BrokerLink(AmqpBroker Broker, BrokerConnection Connection, AmqpLink Link, string Address)
{
    /// <summary>Fails unless a token of the connection gives the right; closes the link when none does any more.</summary>
    public void Require(MessagingNamespace owner, string entity, MessagingRight right) =>
        Connection.Claims.Require(owner, Link, entity, right);

    /// <summary>A property of the link, whatever its type.</summary>
    public object? Property(string name) =>
        Link.Settings.Properties is { } properties && properties.TryGetValue(name, out object value) ? value : null;

    public void Log(string operation, int status = 200) => Broker.Log.Add(Connection, operation, Address, status);
}
