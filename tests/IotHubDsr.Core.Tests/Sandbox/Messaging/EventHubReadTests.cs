using System.Text;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sandbox.Messaging;

/// <summary>Event hubs as Microsoft's client reads them.</summary>
public sealed class EventHubReadTests
{
    private const string Name = "numbers";

    [Fact]
    public async Task Properties_OfHubAndPartition_AreTheirOwn()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        EventHub hub = session.Events.Add(Name, new EventHubOptions { Partitions = 32 });
        Fill(hub, "7", 3);
        await using EventHubConnection connection = session.Connect(Name);
        await using EventHubConsumerClient consumer = MessagingSession.Consumer(connection);

        EventHubProperties properties = await consumer.GetEventHubPropertiesAsync();
        PartitionProperties filled = await consumer.GetPartitionPropertiesAsync("7");
        PartitionProperties empty = await consumer.GetPartitionPropertiesAsync("31");

        Assert.Equal(
            (Name, 32, hub.CreatedAt.ToUnixTimeMilliseconds()),
            (properties.Name, properties.PartitionIds.Length, properties.CreatedOn.ToUnixTimeMilliseconds())
        );
        Assert.Equal(
            (false, 0, 2, "1024"),
            (filled.IsEmpty, filled.BeginningSequenceNumber, filled.LastEnqueuedSequenceNumber, filled.LastEnqueuedOffsetString)
        );
        Assert.Equal((true, -1), (empty.IsEmpty, empty.LastEnqueuedSequenceNumber));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => consumer.GetPartitionPropertiesAsync("32"));
    }

    public static TheoryData<string, int> Positions =>
        new()
        {
            { "earliest", 0 },
            { "sequence 4 inclusive", 4 },
            { "sequence 4", 5 },
            { "offset 2048 inclusive", 4 },
            { "offset 2048", 5 },
            { "time 6", 6 },
            { "time before all", 0 },
        };

    [Theory]
    [MemberData(nameof(Positions))]
    public async Task Read_FromEachPosition_BeginsThere(string from, int first)
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        EventHub hub = session.Events.Add(Name, new EventHubOptions { Partitions = 1 });
        DateTimeOffset start = session.Clock.GetUtcNow().AddHours(-1);
        for (int number = 0; number < 10; number++)
            hub.Partitions[0].Append(Tail($"{number}"), enqueued: start.AddMinutes(number));

        EventPosition position = from switch
        {
            "earliest" => EventPosition.Earliest,
            "sequence 4 inclusive" => EventPosition.FromSequenceNumber(4, isInclusive: true),
            "sequence 4" => EventPosition.FromSequenceNumber(4, isInclusive: false),
            "offset 2048 inclusive" => EventPosition.FromOffset("2048", isInclusive: true),
            "offset 2048" => EventPosition.FromOffset("2048", isInclusive: false),
            "time 6" => EventPosition.FromEnqueuedTime(start.AddMinutes(5).AddSeconds(1)),
            _ => EventPosition.FromEnqueuedTime(start.AddDays(-2)),
        };

        await using EventHubConnection connection = session.Connect(Name);
        List<EventData> events = await MessagingSession.ReadAsync(connection, "0", position);

        Assert.Equal(Enumerable.Range(first, 10 - first).Select(number => $"{number}"), events.Select(one => one.EventBody.ToString()));
        Assert.All(events, one => Assert.Equal($"{one.SequenceNumber * 512}", one.OffsetString));
        Assert.Equal(start.AddMinutes(first).ToUnixTimeMilliseconds(), events[0].EnqueuedTime.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task Read_FromLatest_SeesOnlyWhatComesThen()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        EventHub hub = session.Events.Add(Name, new EventHubOptions { Partitions = 1 });
        Fill(hub, "0", 5);
        await using EventHubConnection connection = session.Connect(Name);
        await using PartitionReceiver receiver = MessagingSession.Receiver(connection, "0", EventPosition.Latest);
        Assert.Empty(await receiver.ReceiveBatchAsync(10, TimeSpan.FromMilliseconds(200)));

        hub.Partitions[0].Append(Tail("late"));
        var events = (await receiver.ReceiveBatchAsync(10, MessagingSession.Patience)).ToList();

        Assert.Equal(("late", 5), (Assert.Single(events).EventBody.ToString(), events[0].SequenceNumber));
    }

    [Fact]
    public async Task Read_WithTracking_TellsOfTheLastEventWithEach()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        EventHub hub = session.Events.Add(Name, new EventHubOptions { Partitions = 1 });
        Fill(hub, "0", 5);
        await using EventHubConnection connection = session.Connect(Name);
        var options = new PartitionReceiverOptions { TrackLastEnqueuedEventProperties = true, RetryOptions = MessagingSession.NoRetry() };
        await using PartitionReceiver receiver = MessagingSession.Receiver(connection, "0", EventPosition.Earliest, options);

        Assert.Single(await receiver.ReceiveBatchAsync(1, MessagingSession.Patience));
        LastEnqueuedEventProperties last = receiver.ReadLastEnqueuedEventProperties();

        Assert.Equal((4, "2048"), (last.SequenceNumber, last.OffsetString));
        Assert.NotNull(last.EnqueuedTime);
        Assert.NotNull(last.LastReceivedTime);
    }

    [Fact]
    public async Task Read_EventLargerThanAFrame_ArrivesWhole()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        EventHub hub = session.Events.Add(Name, new EventHubOptions { Partitions = 1 });
        string text = string.Concat(Enumerable.Range(0, 40_000).Select(number => $"{number:D5}"));
        hub.Partitions[0].Append(Tail(text));
        hub.Partitions[0].Append(Tail("next"));
        await using EventHubConnection connection = session.Connect(Name);

        List<EventData> events = await MessagingSession.ReadAsync(connection, "0");

        Assert.Equal([text, "next"], events.Select(one => one.EventBody.ToString()));
    }

    [Fact]
    public async Task Read_AllPartitionsAtOnceOnOneConnection_LosesAndDoublesNothing()
    {
        const int count = 20_000;
        await using MessagingSession session = await MessagingSession.StartAsync();
        EventHub hub = session.Events.Add(Name, new EventHubOptions { Partitions = 32 });
        for (int number = 0; number < count; number++)
            hub.Partitions[number % 32].Append(Tail($"{number}"));

        await using EventHubConnection connection = session.Connect(Name);
        List<EventData>[] read = await Task.WhenAll(
            hub.Partitions.Select(partition => MessagingSession.ReadAsync(connection, partition.Id))
        );

        Assert.All(read, events =>
            Assert.Equal(Enumerable.Range(0, events.Count).Select(n => (long)n), events.Select(e => e.SequenceNumber))
        );
        Assert.Equal(Enumerable.Range(0, count), read.SelectMany(events => events).Select(e => int.Parse(e.EventBody.ToString())).Order());
    }

    [Fact]
    public async Task Retention_EndsEventsByTheWorldsClock_AlsoThoseThatAReaderHasNotReached()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        EventHub hub = session.Events.Add(Name, new EventHubOptions { Partitions = 1, Retention = TimeSpan.FromDays(1) });
        DateTimeOffset now = session.Clock.GetUtcNow();
        hub.Partitions[0].Append(Tail("old"), enqueued: now.AddHours(-20));
        hub.Partitions[0].Append(Tail("new"), enqueued: now.AddHours(-2));
        await using EventHubConnection connection = session.Connect(Name);
        Assert.Equal(2, (await MessagingSession.ReadAsync(connection, "0")).Count);

        session.Clock.Advance(TimeSpan.FromHours(5));
        EventData left = Assert.Single(await MessagingSession.ReadAsync(connection, "0", EventPosition.FromSequenceNumber(0)));
        session.Clock.Advance(TimeSpan.FromHours(20));
        await using EventHubConsumerClient consumer = MessagingSession.Consumer(connection);
        PartitionProperties empty = await consumer.GetPartitionPropertiesAsync("0");

        Assert.Equal(("new", 1), (left.EventBody.ToString(), left.SequenceNumber));
        Assert.Equal((true, 1), (empty.IsEmpty, empty.LastEnqueuedSequenceNumber));
    }

    [Fact]
    public async Task Retention_ThatIsRaised_KeepsEventsThatAreThere()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        EventHub hub = session.Events.Add(Name, new EventHubOptions { Partitions = 1, Retention = TimeSpan.FromDays(1) });
        Fill(hub, "0", 1);
        hub.Options = hub.Options with { Retention = TimeSpan.FromDays(7) };

        session.Clock.Advance(TimeSpan.FromDays(3));
        await using EventHubConnection connection = session.Connect(Name);

        Assert.Single(await MessagingSession.ReadAsync(connection, "0"));
    }

    private static void Fill(EventHub hub, string partition, int count)
    {
        for (int number = 0; number < count; number++)
            hub.Partition(partition).Append(Tail($"{number}"));
    }

    private static byte[] Tail(string body) =>
        new RoutedMessageEncoder().ForEventHubs(new RoutedMessage(default, "", "", Encoding.UTF8.GetBytes(body)));
}
