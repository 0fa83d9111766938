using Azure.Messaging.ServiceBus;
using IotHubDsr.Sandbox.Messaging.ServiceBus;

namespace IotHubDsr.Core.Tests.Sandbox.Messaging;

/// <summary>Peeking: what shows, in which pages, and that nothing is touched. Scheduling, as only peeking shows it.</summary>
public sealed class ServiceBusPeekTests
{
    private const string Name = "work";

    [Fact]
    public async Task Peek_ShowsEveryState_AndChangesNone()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue queue = session.Bus.AddQueue(Name, new BusQueueOptions());
        await using ServiceBusClient client = session.BusClient();
        await using ServiceBusSender sender = client.CreateSender(Name);
        await using ServiceBusReceiver receiver = client.CreateReceiver(Name);
        await sender.SendMessageAsync(new ServiceBusMessage("deferred"));
        await receiver.DeferMessageAsync(await receiver.ReceiveMessageAsync(MessagingSession.Patience));
        await sender.SendMessageAsync(new ServiceBusMessage("locked"));
        await receiver.ReceiveMessageAsync(MessagingSession.Patience);
        await sender.SendMessageAsync(new ServiceBusMessage("active"));
        await sender.SendMessageAsync(new ServiceBusMessage("expired") { TimeToLive = TimeSpan.FromMinutes(1) });
        await sender.ScheduleMessageAsync(new ServiceBusMessage("scheduled"), session.Clock.GetUtcNow().AddDays(2));
        await receiver.CloseAsync();
        session.Clock.Advance(TimeSpan.FromSeconds(50));
        var before = queue.Messages.Select(message => (message.Sequence, message.State, message.IsLocked, message.Deliveries)).ToList();

        await using ServiceBusReceiver peeker = client.CreateReceiver(Name);
        List<ServiceBusReceivedMessage> peeked = await MessagingSession.PeekAllAsync(peeker);
        session.Clock.Advance(TimeSpan.FromMinutes(5));
        List<ServiceBusReceivedMessage> later = await MessagingSession.PeekAllAsync(peeker);

        Assert.Equal(["deferred", "locked", "active", "expired", "scheduled"], peeked.Select(message => message.Body.ToString()));
        Assert.Equal([1, 0, 0, 0, 2], peeked.Select(message => (int)message.State));
        Assert.Equal(
            before,
            [
                (1, BusMessageState.Deferred, false, 1),
                (2, 0, true, 0),
                (3, 0, false, 0),
                (4, 0, false, 0),
                (5, BusMessageState.Scheduled, false, 0),
            ]
        );
        Assert.Equal(5, later.Count);
        Assert.Empty(session.Logged("receive-locked", "$management"));
        Assert.DoesNotContain(session.Logged("com.microsoft:peek-message"), request => request.Mutating);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(500)]
    public async Task Peek_PartitionedEntity_HasShortPagesAndLosesNothing(int page)
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        session.Bus.AddQueue(Name, new BusQueueOptions { Partitions = 4 });
        await using ServiceBusClient client = session.BusClient();
        await using ServiceBusSender sender = client.CreateSender(Name);
        await sender.SendMessagesAsync(Enumerable.Range(0, 236).Select(number => new ServiceBusMessage($"{number}")));
        await using ServiceBusReceiver receiver = client.CreateReceiver(Name);
        var pages = new List<IReadOnlyList<ServiceBusReceivedMessage>>();
        long from = 0;
        while (await receiver.PeekMessagesAsync(page, from) is { Count: > 0 } peeked)
        {
            pages.Add(peeked);
            from = peeked[^1].SequenceNumber + 1;
        }

        Assert.Equal(Enumerable.Range(0, 236), pages.SelectMany(one => one).Select(one => int.Parse(one.Body.ToString())).Order());
        Assert.Equal([0, 1, 2, 3], pages.SelectMany(one => one).Select(one => one.SequenceNumber >> 48).Distinct());
        Assert.All(pages, one => Assert.Single(one.Select(message => message.SequenceNumber >> 48).Distinct()));
        Assert.True(page == 1 || pages.Take(pages.Count - 1).Any(one => one.Count < page));
    }

    [Fact]
    public async Task Peek_LargeMessages_ComeInSmallerPages()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        session.Bus.AddQueue(Name, new BusQueueOptions());
        await using ServiceBusClient client = session.BusClient();
        await using ServiceBusSender sender = client.CreateSender(Name);
        for (int number = 0; number < 6; number++)
            await sender.SendMessageAsync(new ServiceBusMessage(new byte[100_000]));

        await using ServiceBusReceiver receiver = client.CreateReceiver(Name);

        Assert.Equal(2, (await receiver.PeekMessagesAsync(6)).Count);
        Assert.Equal(6, (await MessagingSession.PeekAllAsync(receiver)).Count);
    }

    [Fact]
    public async Task Schedule_ThenCancel_RemovesAllOrNone()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue queue = session.Bus.AddQueue(Name, new BusQueueOptions());
        await using ServiceBusClient client = session.BusClient();
        await using ServiceBusSender sender = client.CreateSender(Name);
        IReadOnlyList<long> numbers = await sender.ScheduleMessagesAsync(
            [new ServiceBusMessage("a"), new ServiceBusMessage("b")],
            session.Clock.GetUtcNow().AddHours(1)
        );

        ServiceBusException unknown = await Assert.ThrowsAsync<ServiceBusException>(() =>
            sender.CancelScheduledMessagesAsync([numbers[0], 99])
        );
        Assert.Equal(2, queue.Messages.Count);
        await sender.CancelScheduledMessageAsync(numbers[0]);
        Assert.Equal([numbers[1]], queue.Messages.Select(message => message.Sequence));
        ServiceBusException twice = await Assert.ThrowsAsync<ServiceBusException>(() => sender.CancelScheduledMessageAsync(numbers[0]));

        Assert.Equal(ServiceBusFailureReason.MessageNotFound, unknown.Reason);
        Assert.Equal(ServiceBusFailureReason.MessageNotFound, twice.Reason);
    }

    [Fact]
    public async Task Schedule_InItsTime_IsEnqueuedWithANewNumber()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        session.Bus.AddQueue(Name, new BusQueueOptions());
        await using ServiceBusClient client = session.BusClient();
        await using ServiceBusSender sender = client.CreateSender(Name);
        DateTimeOffset due = session.Clock.GetUtcNow().AddHours(1);
        long number = await sender.ScheduleMessageAsync(new ServiceBusMessage("later"), due);
        await sender.SendMessageAsync(new ServiceBusMessage("now"));

        session.Clock.Advance(TimeSpan.FromHours(2));
        await using ServiceBusReceiver receiver = client.CreateReceiver(Name);
        List<ServiceBusReceivedMessage> peeked = await MessagingSession.PeekAllAsync(receiver);

        Assert.Equal(["now", "later"], peeked.Select(message => message.Body.ToString()));
        Assert.Equal((number + 2, ServiceBusMessageState.Active), (peeked[1].SequenceNumber, peeked[1].State));
        Assert.Equal(due.ToUnixTimeMilliseconds(), peeked[1].EnqueuedTime.ToUnixTimeMilliseconds());
        await Assert.ThrowsAsync<ServiceBusException>(() => sender.CancelScheduledMessageAsync(number));
    }

    [Fact]
    public async Task Schedule_ToATopic_ShowsInNoSubscriptionBeforeItsTime()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue subscription = session.Bus.AddTopic("news").Add("all", new BusQueueOptions()).Queue;
        await using ServiceBusClient client = session.BusClient();
        await using ServiceBusSender sender = client.CreateSender("news");
        DateTimeOffset due = session.Clock.GetUtcNow().AddHours(1);
        await sender.ScheduleMessageAsync(new ServiceBusMessage("kept") { MessageId = "kept" }, due);
        long cancelled = await sender.ScheduleMessageAsync(new ServiceBusMessage("cancelled"), due);
        await using ServiceBusReceiver receiver = client.CreateReceiver("news", "all");
        Assert.Null(await receiver.PeekMessageAsync());

        await sender.CancelScheduledMessageAsync(cancelled);
        session.Clock.Advance(TimeSpan.FromHours(2));

        Assert.Equal(["kept"], subscription.Messages.Select(message => message.MessageId));
    }
}
