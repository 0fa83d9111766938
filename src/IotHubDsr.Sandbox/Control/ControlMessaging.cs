using System.Globalization;
using System.Security.Cryptography;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.Messaging.Amqp;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.Messaging.ServiceBus;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Control;

/// <summary>Event hubs and queues by the back door: a test fills them past the simulated service, and sees what they hold.</summary>
internal sealed class ControlMessaging(MessagingWorld world)
{
    /// <summary>Bodies are drawn from so many: a million of them would be memory for nothing.</summary>
    private const int Bodies = 1024;

    /// <summary>Fills an event hub, which is made when it is not there.</summary>
    public void Generate(string space, string name, EventsRequest request)
    {
        EventHubsNamespace owner = world.EventHubs(space);
        EventHub hub = owner.Find(name)
            ?? owner.Add(name, new EventHubOptions { Partitions = request.Partitions, Retention = TimeSpan.FromDays(7) });
        byte[][] tails = Tails(request.BodyBytes);
        DateTimeOffset start = world.Clock.GetUtcNow();
        IReadOnlyList<KeyValuePair<string, object?>>[] annotations =
        [
            .. Enumerable
                .Range(0, request.Devices)
                .Select(device => RoutedMessageEncoder.Annotations(Message(request.DevicePrefix, device, start))),
        ];
        for (int partition = 0; partition < hub.Partitions.Count; partition++)
        {
            // Devices are spread, and each is in one partition.
            int first = partition;
            hub.Partitions[partition]
                .AppendAll(
                    Enumerable
                        .Range(0, (request.Count + hub.Partitions.Count - 1 - first) / hub.Partitions.Count)
                        .Select(index =>
                        {
                            int number = (index * hub.Partitions.Count) + first;
                            return new NewEvent(tails[number % Bodies], annotations[number % request.Devices], start);
                        })
                );
        }
    }

    /// <summary>Fills a queue or, by its topic, subscriptions.</summary>
    public void Generate(string space, string path, MessagesRequest request)
    {
        ServiceBusNamespace owner = world.ServiceBus(space);
        IBusTarget target = owner.Target(path) ?? throw new ArgumentException($"There is no queue or topic '{path}' in '{space}'.");
        var encoder = new RoutedMessageEncoder();
        DateTimeOffset start = world.Clock.GetUtcNow();
        for (int index = 0; index < request.Count; index++)
        {
            RoutedMessage message = Message(request.DevicePrefix, index % request.Devices, start) with
            {
                Body = Body(request.BodyBytes, index % Bodies),
                MessageId = index.ToString(CultureInfo.InvariantCulture),
            };
            target.Take(new BusMessage(EncodedMessage.Read(encoder.ForServiceBus(message))));
        }
    }

    public IReadOnlyList<MessagingState> States() =>
        [
            .. world.Namespaces.SelectMany(space =>
                space switch
                {
                    EventHubsNamespace events => events.Hubs.Select(hub => StateOf(events, hub)),
                    ServiceBusNamespace bus => bus
                        .Queues.Concat(bus.Topics.SelectMany(topic => topic.Subscriptions.Select(subscription => subscription.Queue)))
                        .SelectMany(queue => (BusQueue[])[queue, queue.DeadLetters!, queue.TransferDeadLetters!])
                        .Select(queue => StateOf(bus, queue)),
                    _ => [],
                }
            ),
        ];

    private static MessagingState StateOf(EventHubsNamespace space, EventHub hub) =>
        new(space.Name, hub.Name, hub.Partitions.Sum(partition => partition.Count), 0, 0, 0, 0);

    private static MessagingState StateOf(ServiceBusNamespace space, BusQueue queue)
    {
        IReadOnlyList<BusMessage> messages = queue.Messages;
        int In(BusMessageState state) => messages.Count(message => message.State == state);
        return new MessagingState(
            space.Name,
            queue.Path,
            In(BusMessageState.Active),
            messages.Count(message => message.IsLocked),
            In(BusMessageState.Deferred),
            In(BusMessageState.Scheduled),
            messages.Count == 0 ? 0 : messages.Max(message => message.Deliveries)
        );
    }

    private static RoutedMessage Message(string prefix, int device, DateTimeOffset time) =>
        new(time, string.Create(CultureInfo.InvariantCulture, $"{prefix}{device}"), "638000000000000000", ReadOnlyMemory<byte>.Empty);

    private static byte[][] Tails(int bytes)
    {
        var encoder = new RoutedMessageEncoder();
        var message = new RoutedMessage(default, "", "", ReadOnlyMemory<byte>.Empty);
        return [.. Enumerable.Range(0, Bodies).Select(index => encoder.ForEventHubs(message with { Body = Body(bytes, index) }))];
    }

    /// <summary>Text that differs from body to body.</summary>
    private static byte[] Body(int bytes, int number)
    {
        byte[] body = new byte[bytes];
        byte[] digest = SHA256.HashData(BitConverter.GetBytes(number));
        for (int index = 0; index < bytes; index++)
            body[index] = (byte)('a' + ((digest[index % digest.Length] + index) % 26));

        return body;
    }
}
