using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Messaging.EventHubs;
using Azure.Messaging.ServiceBus;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.World;
using Microsoft.Extensions.Time.Testing;

namespace IotHubDsr.Core.Tests.Sandbox.Messaging;

/// <summary>What the seeded world has in messaging, read by Microsoft's clients and compared with what it says it has.</summary>
public sealed class MessagingWorldTests
{
    private const string DeviceId = "iothub-connection-device-id";
    private static readonly DateTimeOffset s_start = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Fact]
    public async Task Truth_OfRoutedEventHubs_IsWhatAReaderCounts()
    {
        await using MessagingSession session = await MessagingSession.StartAsync(hasData: true);
        MessagingTruth truth = Truth(session, WorldNames.EventsNamespace, WorldNames.AnalyticsHub);
        await using EventHubConnection connection = session.Connect(WorldNames.AnalyticsHub);

        List<EventData> events = await MessagingSession.ReadAllAsync(connection);

        Assert.Equal(truth.Messages, events.Count);
        AssertCounts(session, truth, events.Select(one => ((string)one.SystemProperties[DeviceId], Leaf(one.Properties))));
        Assert.All(events, one => Assert.Null(one.PartitionKey));
        // The sender's property of that name is another device's, and says nothing.
        Assert.Contains(events, one =>
            one.Properties.TryGetValue(DeviceId, out object? claimed) && (string)claimed != (string)one.SystemProperties[DeviceId]
        );
        Assert.Contains(events, one => (string?)one.SystemProperties.GetValueOrDefault("iothub-connection-module-id") == "tracker");
        EventData telemetry = events.First(one => (string)one.SystemProperties["iothub-message-source"] == "Telemetry");
        Assert.IsType<DateTimeOffset>(new DateTimeOffset((DateTime)telemetry.SystemProperties["iothub-enqueuedtime"]));
        Assert.True(telemetry.SystemProperties.ContainsKey("iothub-connection-auth-generation-id"));
        foreach (string source in (string[])["twinChangeEvents", "deviceLifecycleEvents"])
        {
            EventData told = events.First(one => (string)one.SystemProperties["iothub-message-source"] == source);
            Assert.False(told.SystemProperties.ContainsKey("iothub-connection-auth-generation-id"));
            Assert.False(told.SystemProperties.ContainsKey("iothub-connection-auth-method"));
            Assert.Equal(told.SystemProperties[DeviceId], told.Properties["deviceId"]);
        }
    }

    [Fact]
    public async Task Truth_OfServiceBus_IsWhatAReaderCounts()
    {
        await using MessagingSession session = await MessagingSession.StartAsync(hasData: true);
        await using ServiceBusClient client = session.BusClient();
        var truths = session.Server.World.Truth.Messaging.Where(truth => truth.Namespace == WorldNames.BusNamespace).ToList();
        Assert.Equal(5, truths.Count);
        foreach (MessagingTruth truth in truths)
        {
            await using ServiceBusReceiver receiver = Receiver(client, truth.Entity);
            List<ServiceBusReceivedMessage> messages = await MessagingSession.PeekAllAsync(receiver);

            Assert.Equal(truth.Messages, messages.Count);
            AssertCounts(
                session,
                truth,
                messages.Select(one => ((string)one.ApplicationProperties[DeviceId], Leaf(one.ApplicationProperties)))
            );
            Assert.Equal(
                truth.Devices.Values.Sum(device => device.Scheduled),
                messages.Count(message => message.State == ServiceBusMessageState.Scheduled)
            );
            Assert.Equal(
                truth.Devices.Values.Sum(device => device.Deferred),
                messages.Count(message => message.State == ServiceBusMessageState.Deferred)
            );
            Assert.True(truth.Messages > 0 && truth.Devices.Count > 3);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Truth_OfEventGrid_IsWhatAReaderOfEnvelopesCounts(bool toServiceBus)
    {
        await using MessagingSession session = await MessagingSession.StartAsync(hasData: true, eventsToServiceBus: toServiceBus);
        await using EventHubConnection connection = session.Connect(WorldNames.DeviceEventsHub);
        MessagingTruth truth = Truth(session, WorldNames.EventsNamespace, WorldNames.DeviceEventsHub);

        var envelopes = (await MessagingSession.ReadAllAsync(connection))
            .Select(one => JsonNode.Parse(one.EventBody.ToMemory().Span)![0]!)
            .ToList();
        AssertCounts(session, truth, envelopes.Select(one => (DeviceOf(one), LeafOf(one))));
        Assert.All(envelopes, one => Assert.Equal(session.Server.World.Names.HubId.ToUpperInvariant(), (string)one["topic"]!));
        Assert.Contains(envelopes, one => (string)one["subject"]! == "devices/dev1/tracker");
        if (!toServiceBus)
            return;

        await using ServiceBusClient client = session.BusClient();
        foreach (string entity in (string[])[WorldNames.DeviceEventsQueue, $"{WorldNames.DeviceEventsTopic}/Subscriptions/everything"])
        {
            await using ServiceBusReceiver receiver = Receiver(client, entity);
            List<ServiceBusReceivedMessage> messages = await MessagingSession.PeekAllAsync(receiver);
            AssertCounts(
                session,
                Truth(session, WorldNames.BusNamespace, entity),
                messages.Select(one => JsonNode.Parse(one.Body.ToMemory().Span)!).Select(one => (DeviceOf(one), LeafOf(one)))
            );
            // Headers tell of the subscription, and only the body of the device.
            Assert.All(messages, one => Assert.Equal(one.MessageId, (string)JsonNode.Parse(one.Body.ToMemory().Span)!["id"]!));
            Assert.All(messages, one =>
                Assert.All(one.ApplicationProperties.Keys, key => Assert.StartsWith("aeg-", key, StringComparison.Ordinal))
            );
        }
    }

    [Fact]
    public async Task Truth_OfResourceLogs_IsWhatAReaderOfRecordsCounts()
    {
        await using MessagingSession session = await MessagingSession.StartAsync(hasData: true);
        foreach (string category in MessagingEntities.LogCategories)
        {
            string hub = MessagingEntities.LogHub(category);
            await using EventHubConnection connection = session.Connect(hub);
            IEnumerable<JsonNode?> records = (await MessagingSession.ReadAllAsync(connection)).SelectMany(one =>
                JsonNode.Parse(one.EventBody.ToMemory().Span)!["records"]!.AsArray()
            );

            IEnumerable<(string, string?)> named = records.Select(record =>
                ((string)JsonNode.Parse((string)record!["properties"]!)!["deviceId"]!, (string?)null)
            );
            AssertCounts(session, Truth(session, WorldNames.EventsNamespace, hub), named);
        }
    }

    [Fact]
    public async Task Truth_OfTheBuiltInEndpoint_IsTelemetryWithinItsRetention()
    {
        await using MessagingSession session = await MessagingSession.StartAsync(hasData: true);
        MessagingTruth truth = Truth(session, WorldNames.BuiltInNamespace, WorldNames.HubName);
        EventHub hub = session.Server.World.Messaging.EventHubs(WorldNames.BuiltInNamespace).Find(WorldNames.HubName)!;

        Assert.Equal(truth.Messages, hub.Partitions.Sum(partition => partition.Count));
        session.Clock.Advance(TimeSpan.FromHours(20));
        Assert.Equal(0, hub.Partitions.Sum(partition => partition.Count));
    }

    [Fact]
    public void Seed_MakesEqualWorlds()
    {
        SandboxWorld first = WorldBuilder.Build(new() { Time = new FakeTimeProvider(s_start) });
        SandboxWorld second = WorldBuilder.Build(new() { Time = new FakeTimeProvider(s_start) });

        Assert.Equal(Text(first), Text(second));
        Assert.Equal(Bytes(first), Bytes(second));
    }

    private static string Text(SandboxWorld world) => JsonSerializer.Serialize(world.Truth);

    private static byte[] Bytes(SandboxWorld world) =>
        [
            .. world
                .Messaging.EventHubs(WorldNames.EventsNamespace)
                .Hubs.SelectMany(hub => hub.Partitions)
                .SelectMany(partition =>
                {
                    var events = new StoredEvent[1000];
                    long from = 0;
                    int count = partition.Read(ref from, events);
                    return events.Take(count).SelectMany(one => one.Head.Concat(one.Tail));
                }),
        ];

    private static MessagingTruth Truth(MessagingSession session, string space, string entity) =>
        session.Server.World.Truth.Messaging.Single(truth =>
            truth.Namespace == space && truth.Entity.Equals(entity, StringComparison.OrdinalIgnoreCase)
        );

    private static void AssertCounts(MessagingSession session, MessagingTruth truth, IEnumerable<(string Device, string? Leaf)> records)
    {
        var read = records.ToList();
        foreach (string device in session.Server.World.Truth.Devices)
        {
            DeviceMessages expected = truth.Devices.GetValueOrDefault(device, new DeviceMessages(0, 0, 0, 0));
            Assert.Equal(expected.Direct, read.Count(record => record.Device == device));
            Assert.Equal(expected.Attributed, read.Count(record => record.Leaf == device && record.Device != device));
        }

        Assert.True(truth.Devices["dev1"].Direct > 0);
    }

    private static string? Leaf(IEnumerable<KeyValuePair<string, object>> properties) =>
        properties
            .Where(property => property.Key is "deviceId" or "ConnectionDeviceId")
            .Select(property => (string)property.Value)
            .FirstOrDefault();

    private static string? Leaf(IReadOnlyDictionary<string, object> properties) => Leaf(properties.AsEnumerable());

    private static string DeviceOf(JsonNode envelope) =>
        (string)(envelope["data"]!["deviceId"] ?? envelope["data"]!["systemProperties"]![DeviceId])!;

    private static string? LeafOf(JsonNode envelope) =>
        envelope["data"]!["properties"] is JsonObject properties
            ? (string?)(properties["deviceId"] ?? properties["ConnectionDeviceId"])
            : null;

    private static ServiceBusReceiver Receiver(ServiceBusClient client, string entity)
    {
        bool isLetters = entity.EndsWith("/$deadletterqueue", StringComparison.Ordinal);
        string path = isLetters ? entity[..^"/$deadletterqueue".Length] : entity;
        string[] parts = path.Split("/Subscriptions/");
        var options = new ServiceBusReceiverOptions { SubQueue = isLetters ? SubQueue.DeadLetter : SubQueue.None };
        return parts.Length == 1 ? client.CreateReceiver(path, options) : client.CreateReceiver(parts[0], parts[1], options);
    }
}
