using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.Messaging.Amqp;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.Messaging.ServiceBus;

namespace IotHubDsr.Sandbox.World;

/// <summary>
/// Event subscriptions whose handlers are in messaging: what the hub tells comes there in an envelope. To an event hub, an event of Event
/// Grid's own schema goes as an array of one, and has no partition key.
/// </summary>
internal sealed class EventGridDelivery
{
    public const string ToEventHub = "to-eventhub";
    public const string ToQueue = "to-bus-queue";
    public const string ToTopic = "to-bus-topic";

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private readonly RoutedMessageEncoder _encoder = new();
    private readonly string _hubId;
    private readonly Random _random;
    private readonly EventHub _hub;
    private readonly IBusTarget? _queue;
    private readonly IBusTarget? _topic;

    public EventGridDelivery(MessagingWorld world, WorldNames names, Random random, bool includesServiceBus)
    {
        _hubId = names.HubId;
        _random = random;
        _hub = world.EventHubs(WorldNames.EventsNamespace).Find(WorldNames.DeviceEventsHub)!;
        if (!includesServiceBus)
            return;

        ServiceBusNamespace bus = world.ServiceBus(WorldNames.BusNamespace);
        _queue = bus.Target(WorldNames.DeviceEventsQueue);
        _topic = bus.Target(WorldNames.DeviceEventsTopic);
    }

    public void Accept(RoutedMessage message) => Deliver(message, message.Enqueued, isSeed: false);

    /// <summary>As it was delivered in the past; false when Event Grid tells nothing of such a message.</summary>
    public bool Seed(RoutedMessage message) => Deliver(message, message.Enqueued, isSeed: true);

    private bool Deliver(RoutedMessage message, DateTimeOffset time, bool isSeed)
    {
        lock (_lock)
        {
            if (EventGridEvent.Of(message, WorldNames.NextGuid(_random)) is not { } told)
                return false;

            JsonNode document = told.ToEventGridSchema(_hubId.ToUpperInvariant());
            _hub.PartitionFor(null)
                .Append(_encoder.Json(null, Text(new JsonArray(document.DeepClone())), told.Headers(ToEventHub)), enqueued: time);
            Send(_queue, ToQueue, Text(document));
            Send(_topic, ToTopic, Text(told.ToCloudEvent(_hubId)));

            void Send(IBusTarget? target, string subscription, string body)
            {
                var sent = new BusMessage(EncodedMessage.Read(_encoder.Json(told.Id, body, told.Headers(subscription))));
                switch (target)
                {
                    case BusQueue queue when isSeed:
                        queue.Seed(sent, time);
                        break;
                    case BusTopic topic when isSeed:
                        topic.Seed(sent, time);
                        break;
                    default:
                        target?.Take(sent);
                        break;
                }
            }
        }

        return true;
    }

    private static string Text(JsonNode document) => document.ToJsonString(Relaxed);
}
