using System.Collections.Concurrent;
using IotHubDsr.Sandbox.Messaging.Amqp;
using Microsoft.Azure.Amqp;

namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

/// <summary>A namespace of queues and topics.</summary>
internal sealed class ServiceBusNamespace(string name, string resourceId, SandboxClock clock) : MessagingNamespace(name, resourceId)
{
    private const string SubscriptionsSegment = "/Subscriptions/";

    private readonly ConcurrentDictionary<string, BusQueue> _queues = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, BusTopic> _topics = new(StringComparer.OrdinalIgnoreCase);

    public override string Service => "servicebus";

    public override string Provider => "Microsoft.ServiceBus";

    public override IReadOnlyList<string> Audiences => Identity.Audiences.ServiceBus;

    public IEnumerable<BusQueue> Queues => _queues.Values.OrderBy(queue => queue.Path, StringComparer.Ordinal);

    public IEnumerable<BusTopic> Topics => _topics.Values.OrderBy(topic => topic.Path, StringComparer.Ordinal);

    public BusQueue AddQueue(string queue, BusQueueOptions options) => _queues[queue] = new BusQueue(queue, options, clock, Target);

    public BusTopic AddTopic(string topic, TimeSpan? timeToLive = null, TimeSpan? duplicateWindow = null) =>
        _topics[topic] = new BusTopic(topic, duplicateWindow, clock, Target) { TimeToLive = timeToLive };

    public BusQueue? Queue(string queue) => _queues.GetValueOrDefault(queue);

    public BusTopic? Topic(string topic) => _topics.GetValueOrDefault(topic);

    /// <summary>What receives at an address: a queue, a subscription, or a sub-queue of one. Case does not matter anywhere.</summary>
    public BusQueue? Receiver(string address)
    {
        foreach ((string suffix, Func<BusQueue, BusQueue?> of) in SubQueues)
        {
            if (address.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                return Main(address[..^suffix.Length]) is { } main ? of(main) : null;
        }

        return Main(address);
    }

    public IBusTarget? Target(string address) => (IBusTarget?)Queue(address) ?? Topic(address);

    public override string ResourceOf(string entity)
    {
        string path = WithoutSuffix(entity);
        int at = path.IndexOf(SubscriptionsSegment, StringComparison.OrdinalIgnoreCase);
        if (at >= 0)
            return $"{ResourceId}/topics/{path[..at]}/subscriptions/{path[(at + SubscriptionsSegment.Length)..]}";

        return path.Length == 0 ? ResourceId : $"{ResourceId}/{(Topic(path) is null ? "queues" : "topics")}/{path}";
    }

    public override Task AttachAsync(BrokerLink link)
    {
        string address = link.Address;
        if (address.EndsWith("/" + NodeAddress.Management, StringComparison.OrdinalIgnoreCase))
        {
            string entity = address[..^(NodeAddress.Management.Length + 1)];
            if (Receiver(entity) is null && Target(entity) is null)
                throw MessagingErrors.NotFound(this, entity);

            var management = new BusManagement(this, entity, Receiver(entity), Target(entity));
            RequestNode.Attach(link.Broker, link.Connection, link.Link, address, management.Answer);
            return Task.CompletedTask;
        }

        if (link.Link is ReceivingAmqpLink sender)
        {
            AttachSender(link, sender);
            return Task.CompletedTask;
        }

        BusQueue queue = Receiver(address)
            ?? throw (
                Topic(address) is null
                    ? MessagingErrors.NotFound(this, address)
                    : MessagingErrors.NotAllowed($"'{address}' is a topic, which cannot be received from.")
            );
        link.Require(this, address, MessagingRight.Listen);
        return BusReceiver.AttachAsync(link, (SendingAmqpLink)link.Link, queue);
    }

    private static readonly (string Suffix, Func<BusQueue, BusQueue?> Of)[] SubQueues =
    [
        ("/" + BusQueue.TransferSuffix, static queue => queue.TransferDeadLetters),
        ("/" + BusQueue.DeadLetterSuffix, static queue => queue.DeadLetters),
    ];

    private static string WithoutSuffix(string address)
    {
        foreach ((string suffix, _) in SubQueues)
        {
            if (address.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                return address[..^suffix.Length];
        }

        return address;
    }

    private void AttachSender(BrokerLink link, ReceivingAmqpLink sender)
    {
        IBusTarget target = Target(link.Address)
            ?? throw (
                Receiver(link.Address) is null
                    ? MessagingErrors.NotFound(this, link.Address)
                    : MessagingErrors.NotAllowed($"'{link.Address}' cannot be sent to.")
            );
        link.Require(this, link.Address, MessagingRight.Send);
        BusSender.Attach(link, sender, target);
    }

    private BusQueue? Main(string address)
    {
        int at = address.IndexOf(SubscriptionsSegment, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? Queue(address) : Topic(address[..at])?.Find(address[(at + SubscriptionsSegment.Length)..])?.Queue;
    }
}
