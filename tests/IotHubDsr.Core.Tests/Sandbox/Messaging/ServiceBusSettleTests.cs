using Azure.Messaging.ServiceBus;
using IotHubDsr.Sandbox.Messaging.ServiceBus;

namespace IotHubDsr.Core.Tests.Sandbox.Messaging;

/// <summary>Receiving under lock, and each way to settle, as Microsoft's client does it.</summary>
public sealed class ServiceBusSettleTests
{
    private const string Name = "work";

    [Fact]
    public async Task Send_ThenReceiveAndComplete_KeepsWhatWasSentAndRemovesIt()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue queue = session.Bus.AddQueue(Name, new BusQueueOptions());
        await using ServiceBusClient client = session.BusClient();
        await using ServiceBusSender sender = client.CreateSender(Name);
        await using ServiceBusReceiver receiver = client.CreateReceiver(Name);

        await sender.SendMessageAsync(
            new ServiceBusMessage("body")
            {
                MessageId = "m1",
                Subject = "alert",
                ContentType = "text/plain",
                CorrelationId = "c1",
                TimeToLive = TimeSpan.FromHours(1),
                ApplicationProperties = { ["deviceId"] = "it's", ["number"] = 5L },
            }
        );
        ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(MessagingSession.Patience);

        Assert.Equal(
            ("body", "m1", "alert", "text/plain"),
            (message.Body.ToString(), message.MessageId, message.Subject, message.ContentType)
        );
        Assert.Equal(("it's", 5L), ((string)message.ApplicationProperties["deviceId"], (long)message.ApplicationProperties["number"]));
        Assert.Equal((1, 1L, 1L), (message.DeliveryCount, message.SequenceNumber, message.EnqueuedSequenceNumber));
        Assert.Equal(TimeSpan.FromHours(1), message.TimeToLive);
        Assert.InRange(message.LockedUntil, session.Clock.GetUtcNow(), session.Clock.GetUtcNow().AddMinutes(1));
        await receiver.CompleteMessageAsync(message);
        Assert.Empty(queue.Messages);
        Assert.Single(session.Logged("complete", Name));
    }

    [Fact]
    public async Task Send_ABatch_IsReceivedInOrder()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        session.Bus.AddQueue(Name, new BusQueueOptions());
        await using ServiceBusClient client = session.BusClient();
        await using ServiceBusSender sender = client.CreateSender(Name);
        using ServiceBusMessageBatch batch = await sender.CreateMessageBatchAsync();
        for (int number = 0; number < 30; number++)
            Assert.True(batch.TryAddMessage(new ServiceBusMessage($"{number}")));

        await sender.SendMessagesAsync(batch);
        await using ServiceBusReceiver receiver = client.CreateReceiver(
            Name,
            new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete }
        );
        var received = new List<string>();
        while (received.Count < 30)
        {
            IReadOnlyList<ServiceBusReceivedMessage> some = await receiver.ReceiveMessagesAsync(30, MessagingSession.Patience);
            received.AddRange(some.Select(message => message.Body.ToString()));
        }

        Assert.Equal(Enumerable.Range(0, 30).Select(number => $"{number}"), received);
        Assert.Empty(session.Bus.Queue(Name)!.Messages);
    }

    [Fact]
    public async Task Abandon_RaisesTheDeliveryCountInPlace_UntilItIsADeadLetter()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue queue = session.Bus.AddQueue(Name, new BusQueueOptions { MaxDeliveryCount = 3 });
        await using ServiceBusClient client = session.BusClient();
        await SendAsync(client, "a", "b");
        await using ServiceBusReceiver receiver = client.CreateReceiver(Name);
        var counts = new List<int>();
        for (int attempt = 0; attempt < 3; attempt++)
        {
            ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(MessagingSession.Patience);
            Assert.Equal("a", message.Body.ToString());
            counts.Add(message.DeliveryCount);
            await receiver.AbandonMessageAsync(message, new Dictionary<string, object> { ["attempt"] = attempt });
        }

        await using ServiceBusReceiver letters = client.CreateReceiver(
            Name,
            new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }
        );
        ServiceBusReceivedMessage letter = await letters.PeekMessageAsync();

        Assert.Equal([1, 2, 3], counts);
        Assert.Equal(["b"], queue.Messages.Select(message => message.MessageId));
        Assert.Equal(("a", "MaxDeliveryCountExceeded", Name), (letter.Body.ToString(), letter.DeadLetterReason, letter.DeadLetterSource));
        Assert.Equal(2, letter.ApplicationProperties["attempt"]);
    }

    [Fact]
    public async Task DeadLetter_WithReasons_IsFoundUnderThem_AndCanBeCompleted()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue queue = session.Bus.AddQueue(Name, new BusQueueOptions());
        await using ServiceBusClient client = session.BusClient();
        await SendAsync(client, "a");
        await using ServiceBusReceiver receiver = client.CreateReceiver(Name);
        ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(MessagingSession.Patience);

        await receiver.DeadLetterMessageAsync(message, "because", "of this");
        await using ServiceBusReceiver letters = client.CreateReceiver(
            Name,
            new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }
        );
        ServiceBusReceivedMessage letter = await letters.ReceiveMessageAsync(MessagingSession.Patience);

        Assert.Equal(("because", "of this"), (letter.DeadLetterReason, letter.DeadLetterErrorDescription));
        await letters.CompleteMessageAsync(letter);
        Assert.Empty(queue.DeadLetters!.Messages);
    }

    [Fact]
    public async Task Defer_SetsAside_UntilItIsAskedForByItsNumber()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue queue = session.Bus.AddQueue(Name, new BusQueueOptions());
        await using ServiceBusClient client = session.BusClient();
        await SendAsync(client, "a", "b");
        await using ServiceBusReceiver receiver = client.CreateReceiver(Name);
        ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(MessagingSession.Patience);

        await receiver.DeferMessageAsync(message);
        Assert.Equal("b", (await receiver.ReceiveMessageAsync(MessagingSession.Patience)).Body.ToString());
        Assert.Equal(ServiceBusMessageState.Deferred, (await receiver.PeekMessageAsync(message.SequenceNumber)).State);
        ServiceBusException notDeferred = await Assert.ThrowsAsync<ServiceBusException>(() =>
            receiver.ReceiveDeferredMessageAsync(message.SequenceNumber + 1)
        );
        ServiceBusReceivedMessage deferred = await receiver.ReceiveDeferredMessageAsync(message.SequenceNumber);
        Assert.Equal("a", deferred.Body.ToString());
        ServiceBusException twice = await Assert.ThrowsAsync<ServiceBusException>(() =>
            receiver.ReceiveDeferredMessageAsync(message.SequenceNumber)
        );
        await receiver.CompleteMessageAsync(deferred);

        Assert.Equal(ServiceBusFailureReason.MessageNotFound, notDeferred.Reason);
        Assert.Equal(ServiceBusFailureReason.MessageNotFound, twice.Reason);
        Assert.Equal(["b"], queue.Messages.Select(left => left.MessageId));
    }

    [Fact]
    public async Task Lock_ThatLapsesByTheWorldsClock_CountsOnceAndCannotBeSettled()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue queue = session.Bus.AddQueue(Name, new BusQueueOptions { LockDuration = TimeSpan.FromMinutes(5) });
        await using ServiceBusClient client = session.BusClient();
        await SendAsync(client, "a");
        await using ServiceBusReceiver receiver = client.CreateReceiver(Name);
        ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(MessagingSession.Patience);
        session.Clock.Advance(TimeSpan.FromMinutes(4));
        await receiver.RenewMessageLockAsync(message);
        session.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.True(queue.Messages[0].IsLocked);

        session.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((false, 1), (queue.Messages[0].IsLocked, queue.Messages[0].Deliveries));
        session.Clock.Advance(TimeSpan.FromHours(2));
        ServiceBusException lost = await Assert.ThrowsAsync<ServiceBusException>(() => receiver.CompleteMessageAsync(message));
        ServiceBusException noLonger = await Assert.ThrowsAsync<ServiceBusException>(() => receiver.RenewMessageLockAsync(message));
        ServiceBusReceivedMessage again = await receiver.ReceiveMessageAsync(MessagingSession.Patience);

        Assert.Equal(ServiceBusFailureReason.MessageLockLost, lost.Reason);
        Assert.Equal(ServiceBusFailureReason.MessageLockLost, noLonger.Reason);
        Assert.Equal(("a", 2), (again.Body.ToString(), again.DeliveryCount));
        Assert.Contains(session.Logged("complete", Name), request => request.Status == 410);
    }

    [Fact]
    public async Task Lock_OfAClosedReceiver_LapsesInItsTime()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue queue = session.Bus.AddQueue(Name, new BusQueueOptions());
        await using ServiceBusClient client = session.BusClient();
        await SendAsync(client, "a");
        ServiceBusReceiver receiver = client.CreateReceiver(Name);
        Assert.NotNull(await receiver.ReceiveMessageAsync(MessagingSession.Patience));

        await receiver.CloseAsync();
        Assert.True(queue.Messages[0].IsLocked);
        session.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal((false, 1), (queue.Messages[0].IsLocked, queue.Messages[0].Deliveries));
    }

    [Fact]
    public async Task Receive_WaitsForAMessageThatComesLater()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        session.Bus.AddQueue(Name, new BusQueueOptions());
        await using ServiceBusClient client = session.BusClient();
        await using ServiceBusReceiver receiver = client.CreateReceiver(Name);
        Task<ServiceBusReceivedMessage> receiving = receiver.ReceiveMessageAsync(MessagingSession.Patience);

        await SendAsync(client, "late");

        Assert.Equal("late", (await receiving).Body.ToString());
    }

    [Fact]
    public async Task Attach_ToWhatIsNotThere_OrCannotBeReceivedFrom_IsRefused()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        session.Bus.AddQueue("forwarding", new BusQueueOptions { ForwardTo = "alerts" });
        await using ServiceBusClient client = session.BusClient();

        ServiceBusException missing = await Assert.ThrowsAsync<ServiceBusException>(() => PeekAsync(client.CreateReceiver("none")));
        ServiceBusException noSubscription = await Assert.ThrowsAsync<ServiceBusException>(() =>
            PeekAsync(client.CreateReceiver("alerts-topic", "none"))
        );
        await using ServiceBusSender sender = client.CreateSender("none");
        ServiceBusException noTarget = await Assert.ThrowsAsync<ServiceBusException>(() =>
            sender.SendMessageAsync(new ServiceBusMessage("x"))
        );
        await using ServiceBusReceiver forwarding = client.CreateReceiver("forwarding");

        Assert.All([missing, noSubscription, noTarget], error =>
            Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, error.Reason)
        );
        await Assert.ThrowsAsync<InvalidOperationException>(() => forwarding.ReceiveMessageAsync(TimeSpan.FromSeconds(1)));
    }

    private static Task<ServiceBusReceivedMessage> PeekAsync(ServiceBusReceiver receiver) => receiver.PeekMessageAsync();

    private static async Task SendAsync(ServiceBusClient client, params string[] bodies)
    {
        await using ServiceBusSender sender = client.CreateSender(Name);
        foreach (string body in bodies)
            await sender.SendMessageAsync(new ServiceBusMessage(body) { MessageId = body });
    }
}
