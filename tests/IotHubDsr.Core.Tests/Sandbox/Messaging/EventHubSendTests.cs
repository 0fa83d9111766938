using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Producer;
using IotHubDsr.Sandbox.Messaging.EventHubs;

namespace IotHubDsr.Core.Tests.Sandbox.Messaging;

/// <summary>Sending events, and who may read beside whom.</summary>
public sealed class EventHubSendTests
{
    private const string Name = "sent";

    [Fact]
    public async Task Send_ABatch_StoresEachEventAsItWasSent()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        EventHub hub = session.Events.Add(Name, new EventHubOptions { Partitions = 4 });
        await using EventHubConnection connection = session.Connect(Name);
        await using EventHubProducerClient producer = MessagingSession.Producer(connection);
        using EventDataBatch batch = await producer.CreateBatchAsync(new CreateBatchOptions { PartitionKey = "dev1" });
        for (int number = 0; number < 3; number++)
        {
            Assert.True(
                batch.TryAdd(
                    new EventData($"body {number}")
                    {
                        MessageId = $"id {number}",
                        ContentType = "text/plain",
                        CorrelationId = "c",
                        Properties =
                        {
                            ["text"] = "it's",
                            ["number"] = 5L,
                            ["flag"] = true,
                        },
                    }
                )
            );
        }

        await producer.SendAsync(batch);
        List<EventData> events = await MessagingSession.ReadAllAsync(connection);

        Assert.Equal(["body 0", "body 1", "body 2"], events.Select(one => one.EventBody.ToString()));
        Assert.All(events, one =>
        {
            Assert.Equal(("dev1", "text/plain", "c"), (one.PartitionKey, one.ContentType, one.CorrelationId));
            Assert.Equal(
                ("it's", 5L, true),
                ((string)one.Properties["text"], (long)one.Properties["number"], (bool)one.Properties["flag"])
            );
        });
        Assert.Equal(["id 0", "id 1", "id 2"], events.Select(one => one.MessageId));
        Assert.Equal(3, hub.Partitions.Max(partition => partition.Count));
    }

    [Fact]
    public async Task Send_ToAPartition_ComesThere_AndWithoutOne_IsSpread()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        EventHub hub = session.Events.Add(Name, new EventHubOptions { Partitions = 4 });
        await using EventHubConnection connection = session.Connect(Name);
        await using EventHubProducerClient producer = MessagingSession.Producer(connection);

        await producer.SendAsync([new EventData("one")], new SendEventOptions { PartitionId = "3" });
        Assert.Equal([0, 0, 0, 1], hub.Partitions.Select(partition => partition.Count));
        for (int number = 0; number < 8; number++)
            await producer.SendAsync([new EventData("any")]);

        Assert.Equal([2, 2, 2, 3], hub.Partitions.Select(partition => partition.Count));
        Assert.Equal(9, session.Logged("send", Name).Count(request => request is { Mutating: true, Service: "eventhubs" }));
    }

    [Fact]
    public async Task Read_SixthReaderWithoutOwnerLevel_IsRefused()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        session.Events.Add(Name, new EventHubOptions { Partitions = 2, ConsumerGroups = ["other"] });
        await using EventHubConnection connection = session.Connect(Name);
        var readers = new List<PartitionReceiver>();
        try
        {
            for (int number = 0; number < 5; number++)
                readers.Add(await ReaderAsync(session, connection, "0", null));

            EventHubsException refused = await Assert.ThrowsAsync<EventHubsException>(() => ReaderAsync(session, connection, "0", null));
            Assert.Equal(EventHubsException.FailureReason.QuotaExceeded, refused.Reason);
            Assert.Equal(5, session.Events.Find(Name)!.Group("$Default").ReadersOf("0"));

            // Another partition, and another group, have places of their own.
            readers.Add(await ReaderAsync(session, connection, "1", null));
            readers.Add(await ReaderAsync(session, connection, "0", null, "other"));
            await readers[0].CloseAsync();
            readers.Add(await ReaderAsync(session, connection, "0", null));
        }
        finally
        {
            foreach (PartitionReceiver reader in readers)
                await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task Read_WithOwnerLevels_TheHigherEndsTheLowerAndRefusesThoseWithout()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        session.Events.Add(Name, new EventHubOptions { Partitions = 1 });
        await using EventHubConnection connection = session.Connect(Name);
        await using PartitionReceiver plain = await ReaderAsync(session, connection, "0", null);
        await using PartitionReceiver first = await ReaderAsync(session, connection, "0", 1);
        await AssertDisconnectedAsync(plain);

        EventHubsException refused = await Assert.ThrowsAsync<EventHubsException>(() => ReaderAsync(session, connection, "0", null));
        EventHubsException lower = await Assert.ThrowsAsync<EventHubsException>(() => ReaderAsync(session, connection, "0", 0));
        await using PartitionReceiver second = await ReaderAsync(session, connection, "0", 2);
        await AssertDisconnectedAsync(first);

        Assert.Equal(EventHubsException.FailureReason.ConsumerDisconnected, refused.Reason);
        Assert.Equal(EventHubsException.FailureReason.ConsumerDisconnected, lower.Reason);
    }

    [Fact]
    public async Task Read_UnknownGroupOrHub_IsNotFound()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        session.Events.Add(Name, new EventHubOptions { Partitions = 1 });
        await using EventHubConnection connection = session.Connect(Name);
        await using EventHubConnection missing = session.Connect("missing");

        EventHubsException noGroup = await Assert.ThrowsAsync<EventHubsException>(() =>
            ReaderAsync(session, connection, "0", null, "none")
        );
        EventHubsException noHub = await Assert.ThrowsAsync<EventHubsException>(() => ReaderAsync(session, missing, "0", null));
        await using EventHubConsumerClient consumer = MessagingSession.Consumer(missing);
        EventHubsException noProperties = await Assert.ThrowsAsync<EventHubsException>(() => consumer.GetEventHubPropertiesAsync());

        Assert.All([noGroup, noHub, noProperties], error => Assert.Equal(EventHubsException.FailureReason.ResourceNotFound, error.Reason));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ReaderAsync(session, connection, "1", null));
    }

    private static async Task<PartitionReceiver> ReaderAsync(
        MessagingSession session,
        EventHubConnection connection,
        string partition,
        long? ownerLevel,
        string group = "$Default"
    )
    {
        PartitionReceiver reader = MessagingSession.Receiver(
            connection,
            partition,
            EventPosition.Earliest,
            new() { OwnerLevel = ownerLevel, RetryOptions = MessagingSession.NoRetry() },
            group
        );
        try
        {
            // A link is attached with the first read.
            await reader.ReceiveBatchAsync(1, TimeSpan.FromMilliseconds(50));
            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    private static async Task AssertDisconnectedAsync(PartitionReceiver reader)
    {
        EventHubsException ended = await Assert.ThrowsAsync<EventHubsException>(() =>
            reader.ReceiveBatchAsync(1, MessagingSession.Patience)
        );
        Assert.Equal(EventHubsException.FailureReason.ConsumerDisconnected, ended.Reason);
    }
}
