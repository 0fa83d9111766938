using Azure.Messaging.ServiceBus;
using IotHubDsr.Sandbox.Messaging.ServiceBus;

namespace IotHubDsr.Core.Tests.Sandbox.Messaging;

/// <summary>Entities with sessions.</summary>
public sealed class ServiceBusSessionTests
{
    private const string Name = "sessions";

    [Fact]
    public async Task Accept_ANamedSession_ReceivesItsMessagesInOrderAndNoOthers()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue queue = Add(session);
        await using ServiceBusClient client = session.BusClient();
        await SendAsync(client, "A", "B", "A");
        await using ServiceBusSessionReceiver receiver = await client.AcceptSessionAsync(Name, "A");
        var received = new List<ServiceBusReceivedMessage>();
        while (received.Count < 2)
            received.AddRange(await receiver.ReceiveMessagesAsync(10, MessagingSession.Patience));

        await receiver.SetSessionStateAsync(new BinaryData("state"));
        Assert.Equal("state", (await receiver.GetSessionStateAsync()).ToString());
        foreach (ServiceBusReceivedMessage message in received)
            await receiver.CompleteMessageAsync(message);

        Assert.Equal(["0", "2"], received.Select(message => message.Body.ToString()));
        Assert.Equal("A", receiver.SessionId);
        Assert.Equal(["B"], queue.Messages.Select(message => message.SessionId!));
        ServiceBusException held = await Assert.ThrowsAsync<ServiceBusException>(() => client.AcceptSessionAsync(Name, "A"));
        Assert.Equal(ServiceBusFailureReason.SessionCannotBeLocked, held.Reason);
    }

    [Fact]
    public async Task AcceptNext_TakesOneThatHasMessages_AndWaitsForIt()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        Add(session);
        await using ServiceBusClient client = session.BusClient();
        await SendAsync(client, "A");
        await using ServiceBusSessionReceiver first = await client.AcceptNextSessionAsync(Name);
        Task<ServiceBusSessionReceiver> accepting = client.AcceptNextSessionAsync(Name);
        await SendAsync(client, "B");
        await using ServiceBusSessionReceiver second = await accepting;

        await using ServiceBusClient impatient = session.BusClient(patience: TimeSpan.FromSeconds(1));
        ServiceBusException none = await Assert.ThrowsAsync<ServiceBusException>(() => impatient.AcceptNextSessionAsync(Name));

        Assert.Equal(("A", "B"), (first.SessionId, second.SessionId));
        Assert.Equal(ServiceBusFailureReason.ServiceTimeout, none.Reason);
    }

    [Fact]
    public async Task PeekAndList_NeedNoSession()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        Add(session);
        await using ServiceBusClient client = session.BusClient();
        await SendAsync(client, "A", "B", "A", "C");
        await using ServiceBusReceiver receiver = client.CreateReceiver(Name);

        List<ServiceBusReceivedMessage> peeked = await MessagingSession.PeekAllAsync(receiver);
        var listed = new List<string>();
        await foreach (string id in client.GetMessageSessionsAsync(Name))
            listed.Add(id);

        Assert.Equal(["A", "B", "A", "C"], peeked.Select(message => message.SessionId));
        Assert.Equal(["A", "B", "C"], listed);
        await Assert.ThrowsAsync<InvalidOperationException>(() => receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Session_ThatLapses_IsLost_AndCounts()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue queue = Add(session);
        await using ServiceBusClient client = session.BusClient();
        await SendAsync(client, "A");
        await using ServiceBusSessionReceiver receiver = await client.AcceptSessionAsync(Name, "A");
        ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(MessagingSession.Patience);
        session.Clock.Advance(TimeSpan.FromSeconds(50));
        await receiver.RenewSessionLockAsync();
        session.Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.True(queue.Messages[0].IsLocked);

        session.Clock.Advance(TimeSpan.FromSeconds(20));
        // The service ends the link, and the client counts the receiver as closed from then on.
        await Eventually.HoldsAsync(() => receiver.IsClosed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => receiver.CompleteMessageAsync(message));

        Assert.Equal((false, 1), (queue.Messages[0].IsLocked, queue.Messages[0].Deliveries));
        await using ServiceBusSessionReceiver next = await client.AcceptSessionAsync(Name, "A");
        Assert.Equal(2, (await next.ReceiveMessageAsync(MessagingSession.Patience)).DeliveryCount);
    }

    [Fact]
    public async Task Session_ThatIsClosed_GivesItsMessagesBackWithoutCounting()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue queue = Add(session);
        await using ServiceBusClient client = session.BusClient();
        await SendAsync(client, "A");
        ServiceBusSessionReceiver receiver = await client.AcceptSessionAsync(Name, "A");
        Assert.NotNull(await receiver.ReceiveMessageAsync(MessagingSession.Patience));

        await receiver.CloseAsync();
        await using ServiceBusSessionReceiver next = await client.AcceptSessionAsync(Name, "A");

        Assert.Equal(1, (await next.ReceiveMessageAsync(MessagingSession.Patience)).DeliveryCount);
        Assert.Equal(0, queue.Messages[0].Deliveries);
    }

    [Fact]
    public async Task Send_WithoutASession_IsRefused()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        Add(session);
        await using ServiceBusClient client = session.BusClient();
        await using ServiceBusSender sender = client.CreateSender(Name);

        await Assert.ThrowsAsync<InvalidOperationException>(() => sender.SendMessageAsync(new ServiceBusMessage("x")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.AcceptSessionAsync("alerts", "A"));
    }

    private static BusQueue Add(MessagingSession session) => session.Bus.AddQueue(Name, new BusQueueOptions { RequiresSession = true });

    private static async Task SendAsync(ServiceBusClient client, params string[] sessions)
    {
        await using ServiceBusSender sender = client.CreateSender(Name);
        for (int number = 0; number < sessions.Length; number++)
            await sender.SendMessageAsync(new ServiceBusMessage($"{number}") { SessionId = sessions[number] });
    }
}
