using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.Messaging.Amqp;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.Messaging.ServiceBus;

namespace IotHubDsr.Sandbox.World;

/// <summary>What came into event hubs, queues and subscriptions before the sandbox started.</summary>
internal sealed class MessagingSeed(
    MessagingWorld world,
    WorldNames names,
    HubRegistry registry,
    Random random,
    DateTimeOffset baseTime,
    int scale,
    bool eventsToServiceBus
)
{
    private readonly MessageSeed _messages = new(registry, random);
    private readonly RoutedMessageEncoder _encoder = new();
    private readonly List<MessagingTruth> _truth = [];

    public IReadOnlyList<MessagingTruth> Fill()
    {
        // The built-in endpoint got telemetry while no route took it: the routes are younger than its retention.
        FillHub(
            WorldNames.BuiltInNamespace,
            WorldNames.HubName,
            TimeSpan.FromHours(-40),
            TimeSpan.FromHours(8),
            320,
            isTelemetryOnly: true
        );
        FillHub(WorldNames.EventsNamespace, WorldNames.AnalyticsHub, TimeSpan.FromDays(-4), TimeSpan.FromDays(3.9), 600);
        FillQueue();
        FillTopic();
        FillEvents();
        foreach (string category in MessagingEntities.LogCategories)
            FillLogs(category);

        return _truth;
    }

    private void FillHub(string space, string name, TimeSpan start, TimeSpan length, int count, bool isTelemetryOnly = false)
    {
        EventHub hub = world.EventHubs(space).Find(name)!;
        var tally = new MessageTally();
        foreach (RoutedMessage message in _messages.Make(baseTime + start, length, count * scale, isTelemetryOnly))
        {
            byte[] tail = _encoder.ForEventHubs(message);
            hub.PartitionFor(message.DeviceId).Append(tail, null, RoutedMessageEncoder.Annotations(message), message.Enqueued);
            tally.Count(message);
        }

        _truth.Add(tally.Truth(space, name, "routed"));
    }

    /// <summary>Some were set aside for later, some could not be processed, and some are a reminder of tomorrow.</summary>
    private void FillQueue()
    {
        BusQueue queue = world.ServiceBus(WorldNames.BusNamespace).Queue(WorldNames.AlertsQueue)!;
        var active = new MessageTally();
        var letters = new MessageTally();
        foreach ((int index, RoutedMessage message) in Alerts(TimeSpan.FromDays(-5), TimeSpan.FromDays(4.9), 90).Index())
        {
            var sent = new BusMessage(EncodedMessage.Read(_encoder.ForServiceBus(message, withSource: index % 5 > 0)));
            bool isScheduled = index % 17 == 3;
            if (isScheduled)
                sent.ScheduledFor = baseTime.AddDays(1).AddMinutes(index);

            queue.Seed(sent, message.Enqueued);
            bool isLetter = index % 11 == 7 && !isScheduled;
            bool isDeferred = index % 13 == 5 && !isScheduled && !isLetter;
            if (isLetter)
                queue.SettleSeeded(sent, Settlement.DeadLetter, [new("DeadLetterReason", "InvalidAlert")]);
            else if (isDeferred)
                queue.SettleSeeded(sent, Settlement.Defer, []);

            (isLetter ? letters : active).Count(message, isDeferred, isScheduled);
        }

        _truth.Add(active.Truth(WorldNames.BusNamespace, queue.Path, "routed"));
        _truth.Add(letters.Truth(WorldNames.BusNamespace, queue.DeadLetters!.Path, "routed"));
    }

    /// <summary>The hub could not deliver to the topic of late; what it holds is older.</summary>
    private void FillTopic()
    {
        BusTopic topic = world.ServiceBus(WorldNames.BusNamespace).Topic(WorldNames.AlertsTopic)!;
        var operations = new MessageTally();
        var audit = new MessageTally();
        var security = new MessageTally();
        foreach ((int index, RoutedMessage alert) in Alerts(TimeSpan.FromDays(-6), TimeSpan.FromDays(4.8), 60).Index())
        {
            bool isCritical = index % 4 == 1;
            RoutedMessage message = isCritical ? alert with { Properties = [.. alert.Properties, new("critical", "true")] } : alert;
            topic.Seed(new BusMessage(EncodedMessage.Read(_encoder.ForServiceBus(message))), message.Enqueued);
            operations.Count(message);
            audit.Count(message);
            if (isCritical)
                security.Count(message);
        }

        string Path(string subscription) => topic.Find(subscription)!.Queue.Path;
        _truth.Add(operations.Truth(WorldNames.BusNamespace, Path(MessagingEntities.Operations), "routed"));
        _truth.Add(security.Truth(WorldNames.BusNamespace, Path(MessagingEntities.Security), "routed"));
        _truth.Add(audit.Truth(WorldNames.BusNamespace, WorldNames.AuditQueue, "routed"));
    }

    private void FillEvents()
    {
        var delivery = new EventGridDelivery(world, names, random, eventsToServiceBus);
        var tally = new MessageTally();
        foreach (RoutedMessage message in _messages.Make(baseTime.AddDays(-2), TimeSpan.FromDays(1.9), 160 * scale))
        {
            if (delivery.Seed(message))
                tally.Count(message);
        }

        _truth.Add(tally.Truth(WorldNames.EventsNamespace, WorldNames.DeviceEventsHub, "eventGrid"));
        if (!eventsToServiceBus)
            return;

        string subscription = world
            .ServiceBus(WorldNames.BusNamespace)
            .Topic(WorldNames.DeviceEventsTopic)!
            .Find(MessagingEntities.Everything)!
            .Queue.Path;
        _truth.Add(tally.Truth(WorldNames.BusNamespace, WorldNames.DeviceEventsQueue, "eventGrid"));
        _truth.Add(tally.Truth(WorldNames.BusNamespace, subscription, "eventGrid"));
    }

    /// <summary>Azure Monitor puts several records into an event.</summary>
    private void FillLogs(string category)
    {
        const int events = 12;
        EventHub hub = world.EventHubs(WorldNames.EventsNamespace).Find(MessagingEntities.LogHub(category))!;
        string[] devices = [.. DeviceSeed.LookAlikes, .. DeviceSeed.Awkward, "th-002", "th-003"];
        var tally = new MessageTally();
        for (int index = 0; index < events; index++)
        {
            DateTimeOffset time = baseTime.AddHours(-20).AddMinutes(index * 90);
            string[] named = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => devices[random.Next(devices.Length)])];
            IEnumerable<string> records = named.Select(
                (device, place) =>
                    new LogRecord(
                        time.AddSeconds(place),
                        names.HubId.ToUpperInvariant(),
                        category,
                        category == "Connections" ? "deviceConnect" : "get"
                    )
                    {
                        Properties = [new(LogRecord.DeviceId, device), new("protocol", "Mqtt")],
                        Escaping = (LogEscaping)((index + place) % Enum.GetValues<LogEscaping>().Length),
                    }.ToLine()
            );
            byte[] tail = _encoder.Json(null, $$"""{"records":[{{string.Join(',', records)}}]}""", []);
            hub.PartitionFor(null).Append(tail, enqueued: time.AddMinutes(3));
            tally.Count(named);
        }

        _truth.Add(tally.Truth(WorldNames.EventsNamespace, hub.Name, "logs"));
    }

    /// <summary>The telemetry that the routes of alerts take.</summary>
    private IReadOnlyList<RoutedMessage> Alerts(TimeSpan start, TimeSpan length, int count)
    {
        var alert = KeyValuePair.Create(MessageSeed.Alert, "true");
        return
        [
            .. _messages
                .Make(baseTime + start, length, count * scale, isTelemetryOnly: true)
                .Select(message =>
                    message with
                    {
                        Properties = [.. message.Properties.Select(property => property.Key == MessageSeed.Alert ? alert : property)],
                    }
                ),
        ];
    }
}
