using System.Collections.Concurrent;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>
/// The links on which a connection waits for answers. A request names the target of one of them; a client that gives its link no target
/// gets the answer on the link of the same node and session.
/// </summary>
internal sealed class ReplyLinks
{
    private readonly ConcurrentDictionary<(string Node, string ReplyTo), SendingAmqpLink> _links = new();

    public void Add(string node, SendingAmqpLink link)
    {
        (string, string) key = (node.ToLowerInvariant(), (link.Settings.Target as Target)?.Address?.ToString() ?? link.Name);
        _links[key] = link;
        link.SafeAddClosed((_, _) => _links.TryRemove(KeyValuePair.Create(key, link)));
    }

    public void Answer(string node, AmqpSession session, AmqpMessage request, AmqpMessage reply)
    {
        reply.Properties.CorrelationId = request.Properties.MessageId;
        reply.Settled = true;
        string name = node.ToLowerInvariant();
        if (!_links.TryGetValue((name, request.Properties.ReplyTo?.ToString() ?? ""), out SendingAmqpLink? link))
            link = _links.FirstOrDefault(pair => pair.Key.Node == name && pair.Value.Session == session).Value;

        // Without a link nobody waits for the answer: the client has closed it in the meantime.
        link?.SendMessageNoWait(reply, AmqpConstants.EmptyBinary, AmqpConstants.NullBinary);
    }
}
