using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.Messaging.Amqp;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.Messaging.ServiceBus;

namespace IotHubDsr.Sandbox.World;

/// <summary>The routing endpoints in messaging.</summary>
internal static class MessagingTargets
{
    public static IReadOnlyList<IMessageTarget> Of(MessagingWorld world)
    {
        ServiceBusNamespace bus = world.ServiceBus(WorldNames.BusNamespace);
        return
        [
            new EventHubTarget(HubEvents.BuiltInEndpoint, world.EventHubs(WorldNames.BuiltInNamespace).Find(WorldNames.HubName)!),
            new EventHubTarget("analytics-eventhub", world.EventHubs(WorldNames.EventsNamespace).Find(WorldNames.AnalyticsHub)!),
            new BusTarget("alerts-queue", bus.Target(WorldNames.AlertsQueue)!),
            new BusTarget("alerts-topic", bus.Target(WorldNames.AlertsTopic)!),
        ];
    }
}

/// <summary>An event hub. A device's messages are always in the same partition, yet no reader sees a partition key on them.</summary>
internal sealed class EventHubTarget(string endpoint, EventHub hub) : IMessageTarget
{
    private readonly Lock _lock = new();
    private readonly RoutedMessageEncoder _encoder = new();

    public string Endpoint => endpoint;

    public void Accept(RoutedMessage message)
    {
        byte[] tail;
        lock (_lock)
            tail = _encoder.ForEventHubs(message);

        hub.PartitionFor(message.DeviceId).Append(tail, null, RoutedMessageEncoder.Annotations(message), message.Enqueued);
    }
}

/// <summary>A queue or topic of Service Bus.</summary>
internal sealed class BusTarget(string endpoint, IBusTarget target) : IMessageTarget
{
    private readonly Lock _lock = new();
    private readonly RoutedMessageEncoder _encoder = new();

    public string Endpoint => endpoint;

    public void Accept(RoutedMessage message)
    {
        byte[] encoded;
        lock (_lock)
            encoded = _encoder.ForServiceBus(message);

        target.Take(new BusMessage(EncodedMessage.Read(encoded)));
    }
}
