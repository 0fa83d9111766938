using Azure.Messaging.ServiceBus;
using IotHubDsr.Sandbox.Messaging.ServiceBus;

namespace IotHubDsr.Core.Tests.Sandbox.Messaging;

/// <summary>Where messages go by themselves: to subscriptions, on to other entities, and away when their time is over.</summary>
public sealed class ServiceBusFlowTests
{
    [Fact]
    public async Task Topic_GivesEachSubscriptionACopyOfWhatItsFilterTakes()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusTopic topic = session.Bus.AddTopic("news");
        topic.Add("all", new BusQueueOptions());
        topic.Add("none", new BusQueueOptions(), SubscriptionFilter.False);
        topic.Add("sql", new BusQueueOptions(), SubscriptionFilter.OfSql("kind = 'it''s' AND level = 3"));
        topic.Add("label", new BusQueueOptions(), SubscriptionFilter.Correlation(new Dictionary<string, string> { ["sys.Label"] = "x" }));
        topic.Add(
            "property",
            new BusQueueOptions(),
            SubscriptionFilter.Correlation(new Dictionary<string, string> { ["kind"] = "it's", ["sys.CorrelationId"] = "c" })
        );
        await using ServiceBusClient client = session.BusClient();
        await using ServiceBusSender sender = client.CreateSender("news");

        await sender.SendMessageAsync(Message("1", "it's", 3, null, "c"));
        await sender.SendMessageAsync(Message("2", "it's", 4, "x", null));
        await sender.SendMessageAsync(Message("3", "its", 3, "x", "c"));

        Assert.Equal(
            ["all: 1 2 3", "label: 2 3", "none: ", "property: 1", "sql: 1"],
            topic.Subscriptions.Select(one => $"{one.Name}: {string.Join(' ', one.Queue.Messages.Select(message => message.MessageId))}")
        );
    }

    [Theory]
    [InlineData("level > 3")]
    [InlineData("kind LIKE 'a%'")]
    [InlineData("a = 'x' OR b = 'y'")]
    public void Filter_OfOtherSql_IsRefusedAsNotSimulated(string expression)
    {
        NotSupportedException refused = Assert.Throws<NotSupportedException>(() => SubscriptionFilter.OfSql(expression));

        Assert.StartsWith("Not simulated by the sandbox: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forward_UpToFourHops_ArrivesAndKeepsItsFirstNumber()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        AddChain(session, length: 4);
        await using ServiceBusClient client = session.BusClient();
        await SendAsync(client, "q0", "a");

        await using ServiceBusReceiver receiver = client.CreateReceiver("q4");
        ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(MessagingSession.Patience);

        Assert.Equal(("a", 1), (message.Body.ToString(), message.DeliveryCount));
        Assert.All(["q0", "q1", "q2", "q3"], name => Assert.Empty(session.Bus.Queue(name)!.Messages));
    }

    [Fact]
    public async Task Forward_TooFarOrToNobody_IsATransferDeadLetterOfWhereItStopped()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        AddChain(session, length: 5);
        session.Bus.AddQueue("lost", new BusQueueOptions { ForwardTo = "nobody" });
        await using ServiceBusClient client = session.BusClient();
        await SendAsync(client, "q0", "a");
        await SendAsync(client, "lost", "b");

        ServiceBusReceivedMessage tooFar = await PeekTransferAsync(client, "q4");
        ServiceBusReceivedMessage toNobody = await PeekTransferAsync(client, "lost");

        Assert.Equal(("a", "MaxTransferHopCountExceeded"), (tooFar.Body.ToString(), tooFar.DeadLetterReason));
        Assert.Equal(("b", "MessagingEntityNotFound"), (toNobody.Body.ToString(), toNobody.DeadLetterReason));
        Assert.Empty(session.Bus.Queue("q5")!.Messages);
    }

    [Fact]
    public async Task Forward_OfDeadLetters_LeavesTheDeadLetterQueueEmpty()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue target = session.Bus.AddQueue("letters", new BusQueueOptions());
        BusQueue source = session.Bus.AddQueue("source", new BusQueueOptions { ForwardDeadLettersTo = "letters" });
        await using ServiceBusClient client = session.BusClient();
        await SendAsync(client, "source", "a");
        await using ServiceBusReceiver receiver = client.CreateReceiver("source");

        await receiver.DeadLetterMessageAsync(await receiver.ReceiveMessageAsync(MessagingSession.Patience), "why");

        Assert.Empty(source.DeadLetters!.Messages);
        Assert.Equal("source", Assert.Single(target.Messages).DeadLetterSource);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TimeToLive_IsEnforcedWhereSomebodyReceives(bool deadLetters)
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue queue = session.Bus.AddQueue(
            "short",
            new BusQueueOptions { TimeToLive = TimeSpan.FromHours(1), DeadLettersOnExpiration = deadLetters }
        );
        await using ServiceBusClient client = session.BusClient();
        await SendAsync(client, "short", "a");
        session.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Single(queue.Messages);
        await SendAsync(client, "short", "b");
        Assert.Equal(2, queue.Messages.Count);

        await using ServiceBusReceiver receiver = client.CreateReceiver("short");
        ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(MessagingSession.Patience);

        Assert.Equal(("b", TimeSpan.FromHours(1)), (message.Body.ToString(), message.TimeToLive));
        Assert.Equal(deadLetters ? ["TTLExpiredException"] : [], queue.DeadLetters!.Messages.Select(Reason));
        session.Clock.Advance(TimeSpan.FromDays(900));
        Assert.Equal(deadLetters ? 2 : 0, queue.DeadLetters.Messages.Count);
    }

    [Fact]
    public async Task TimeToLive_OfADeferredMessage_IsFoundOutWhenItIsAskedFor()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue queue = session.Bus.AddQueue(
            "short",
            new BusQueueOptions { TimeToLive = TimeSpan.FromHours(1), DeadLettersOnExpiration = true }
        );
        await using ServiceBusClient client = session.BusClient();
        await SendAsync(client, "short", "a");
        await using ServiceBusReceiver receiver = client.CreateReceiver("short");
        ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(MessagingSession.Patience);
        await receiver.DeferMessageAsync(message);

        session.Clock.Advance(TimeSpan.FromDays(10));
        Assert.Equal(BusMessageState.Deferred, Assert.Single(queue.Messages).State);
        await Assert.ThrowsAsync<ServiceBusException>(() => receiver.ReceiveDeferredMessageAsync(message.SequenceNumber));

        Assert.Equal(["TTLExpiredException"], queue.DeadLetters!.Messages.Select(Reason));
    }

    [Fact]
    public async Task Duplicates_AreAcceptedAndDroppedWithinTheWindow()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue queue = session.Bus.AddQueue("once", new BusQueueOptions { DuplicateWindow = TimeSpan.FromMinutes(10) });
        await using ServiceBusClient client = session.BusClient();
        await SendAsync(client, "once", "a");
        await SendAsync(client, "once", "a");
        await SendAsync(client, "once", "b");
        session.Clock.Advance(TimeSpan.FromMinutes(11));
        await SendAsync(client, "once", "a");

        Assert.Equal(["a", "b", "a"], queue.Messages.Select(message => message.MessageId));
    }

    private static object? Reason(BusMessage message) => message.ApplicationProperties["DeadLetterReason"];

    private static ServiceBusMessage Message(string id, string kind, int level, string? subject, string? correlation) =>
        new(id)
        {
            MessageId = id,
            Subject = subject,
            CorrelationId = correlation,
            ApplicationProperties = { ["kind"] = kind, ["level"] = level },
        };

    private static void AddChain(MessagingSession session, int length)
    {
        for (int number = 0; number <= length; number++)
            session.Bus.AddQueue($"q{number}", new BusQueueOptions { ForwardTo = number < length ? $"q{number + 1}" : null });
    }

    private static async Task SendAsync(ServiceBusClient client, string queue, string body)
    {
        await using ServiceBusSender sender = client.CreateSender(queue);
        await sender.SendMessageAsync(new ServiceBusMessage(body) { MessageId = body });
    }

    private static async Task<ServiceBusReceivedMessage> PeekTransferAsync(ServiceBusClient client, string queue)
    {
        await using ServiceBusReceiver receiver = client.CreateReceiver(
            queue,
            new ServiceBusReceiverOptions { SubQueue = SubQueue.TransferDeadLetter }
        );
        return await receiver.PeekMessageAsync();
    }
}
