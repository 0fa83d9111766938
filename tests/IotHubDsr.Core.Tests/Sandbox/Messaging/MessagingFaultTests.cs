using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Producer;
using Azure.Messaging.ServiceBus;
using IotHubDsr.Sandbox.Messaging.Amqp;
using IotHubDsr.Sandbox.Messaging.ServiceBus;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sandbox.Messaging;

/// <summary>Faults on AMQP connections reach the clients as those of the service do.</summary>
public sealed class MessagingFaultTests
{
    public static TheoryData<string> Frames => new("open", "begin", "attach", "flow", "transfer");

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task Reset_AtAFrame_BreaksTheConnection_AndARetryReadsEverythingOnce(string frame)
    {
        await using MessagingSession session = await MessagingSession.StartAsync(hasData: true);
        await using EventHubConnection connection = session.Connect(WorldNames.AnalyticsHub);
        int expected = session.Events.Find(WorldNames.AnalyticsHub)!.Partitions[1].Count;
        session.Server.AmqpFaults.Add(new AmqpFaultRule { Frame = frame, Reset = true });
        var options = new PartitionReceiverOptions
        {
            RetryOptions = new EventHubsRetryOptions
            {
                MaximumRetries = 5,
                Delay = TimeSpan.FromMilliseconds(10),
                TryTimeout = MessagingSession.Patience,
            },
        };
        await using PartitionReceiver receiver = MessagingSession.Receiver(connection, "1", EventPosition.Earliest, options);

        var numbers = new List<long>();
        // Between its tries the client waits as long as it may wait for events, so that is not long here.
        while (numbers.Count < expected)
            numbers.AddRange((await receiver.ReceiveBatchAsync(50, TimeSpan.FromSeconds(1))).Select(one => one.SequenceNumber));

        Assert.Equal(Enumerable.Range(0, expected).Select(number => (long)number), numbers);
        Assert.Empty(session.Server.AmqpFaults.Pending);
        Assert.True(frame == "open" || session.Logged("open").Count > 1);
    }

    /// <summary>By hand, to see that nothing at all is answered.</summary>
    [Fact]
    public async Task Reset_AtOpen_ClosesTheConnectionWithoutAnAnswer()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Frame = "open",
                Host = MessagingSession.EventsHost,
                Reset = true,
            }
        );

        byte[] broken = await OpenAsync(session);
        byte[] answered = await OpenAsync(session);

        Assert.Equal("AMQP\0\u0001\0\0"u8.ToArray(), broken);
        Assert.True(answered.Length > broken.Length);
    }

    [Fact]
    public async Task Reset_InTheMiddleOfAPartition_IsReadOnBehindWhatWasReceived()
    {
        await using MessagingSession session = await MessagingSession.StartAsync(hasData: true);
        await using EventHubConnection connection = session.Connect(WorldNames.AnalyticsHub);
        int expected = session.Events.Find(WorldNames.AnalyticsHub)!.Partitions[0].Count;
        session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Frame = "transfer",
                AddressContains = "/Partitions/0",
                Skip = 30,
                Reset = true,
            }
        );
        var numbers = new List<long>();
        while (numbers.Count < expected)
        {
            EventPosition position = numbers.Count == 0 ? EventPosition.Earliest : EventPosition.FromSequenceNumber(numbers[^1], false);
            await using PartitionReceiver receiver = MessagingSession.Receiver(connection, "0", position);
            try
            {
                // Between its tries the client waits as long as it may wait for events.
                while (numbers.Count < expected)
                    numbers.AddRange((await receiver.ReceiveBatchAsync(10, TimeSpan.FromSeconds(1))).Select(one => one.SequenceNumber));
            }
            catch (Exception exception) when (exception is EventHubsException { IsTransient: true } or OperationCanceledException)
            {
                // The next receiver goes on. A link that is lost while it waits for events ends the call as if it had been cancelled.
            }
        }

        Assert.Equal(Enumerable.Range(0, expected).Select(number => (long)number), numbers);
        Assert.Empty(session.Server.AmqpFaults.Pending);
    }

    [Fact]
    public async Task Reset_AtASettlement_HasNoEffect()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue queue = session.Bus.AddQueue("work", new BusQueueOptions());
        await using ServiceBusClient client = session.BusClient();
        await using ServiceBusSender sender = client.CreateSender("work");
        await sender.SendMessageAsync(new ServiceBusMessage("a"));
        await using ServiceBusReceiver receiver = client.CreateReceiver("work");
        ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(MessagingSession.Patience);
        session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Frame = "disposition",
                AddressContains = "work",
                Reset = true,
            }
        );

        await Assert.ThrowsAnyAsync<Exception>(() => receiver.CompleteMessageAsync(message));

        Assert.True(Assert.Single(queue.Messages).IsLocked);
    }

    [Fact]
    public async Task Error_AtASettlement_IsALostLock()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        BusQueue queue = session.Bus.AddQueue("work", new BusQueueOptions());
        await using ServiceBusClient client = session.BusClient();
        await using ServiceBusSender sender = client.CreateSender("work");
        await sender.SendMessageAsync(new ServiceBusMessage("a"));
        await using ServiceBusReceiver receiver = client.CreateReceiver("work");
        ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(MessagingSession.Patience);
        session.Server.AmqpFaults.Add(new AmqpFaultRule { Frame = "disposition", Error = "com.microsoft:message-lock-lost" });

        ServiceBusException lost = await Assert.ThrowsAsync<ServiceBusException>(() => receiver.CompleteMessageAsync(message));

        Assert.Equal(ServiceBusFailureReason.MessageLockLost, lost.Reason);
        Assert.Single(queue.Messages);
    }

    [Fact]
    public async Task Busy_AtEachKindOfOperation_IsToldAsBusy()
    {
        const string busy = "com.microsoft:server-busy";
        await using MessagingSession session = await MessagingSession.StartAsync();
        AmqpFaults faults = session.Server.AmqpFaults;
        // A client that was told so holds back for some seconds, so each operation has one of its own.
        await using ServiceBusClient attaching = session.BusClient();
        await using ServiceBusClient sending = session.BusClient();
        await using ServiceBusClient peeking = session.BusClient();
        await using ServiceBusSender sender = sending.CreateSender(WorldNames.AlertsQueue);
        await sender.SendMessageAsync(new ServiceBusMessage("a") { MessageId = "a" });

        faults.Add(
            new AmqpFaultRule
            {
                Frame = "attach",
                AddressContains = WorldNames.AlertsQueue,
                Error = busy,
            }
        );
        ServiceBusException attach = await Assert.ThrowsAsync<ServiceBusException>(() =>
            attaching.CreateReceiver(WorldNames.AlertsQueue).ReceiveMessageAsync(MessagingSession.Patience)
        );
        faults.Add(
            new AmqpFaultRule
            {
                Frame = "transfer",
                AddressContains = WorldNames.AlertsQueue,
                Error = busy,
            }
        );
        ServiceBusException send = await Assert.ThrowsAsync<ServiceBusException>(() =>
            sender.SendMessageAsync(new ServiceBusMessage("b") { MessageId = "b" })
        );
        faults.Add(new AmqpFaultRule { Operation = "com.microsoft:peek-message", Error = busy });
        ServiceBusException peek = await Assert.ThrowsAsync<ServiceBusException>(() =>
            peeking.CreateReceiver(WorldNames.AlertsQueue).PeekMessageAsync()
        );

        Assert.All([attach, send, peek], error => Assert.Equal(ServiceBusFailureReason.ServiceBusy, error.Reason));
        Assert.Equal(["a"], session.Bus.Queue(WorldNames.AlertsQueue)!.Messages.Select(message => message.MessageId));
    }

    [Fact]
    public async Task Busy_InEventHubs_IsToldAsBusy()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        await using EventHubConnection connection = session.Connect(WorldNames.AnalyticsHub);
        await using EventHubConsumerClient consumer = MessagingSession.Consumer(connection);
        await using EventHubProducerClient producer = MessagingSession.Producer(connection);
        session.Server.AmqpFaults.Add(new AmqpFaultRule { Operation = "READ", Error = "com.microsoft:server-busy" });
        session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Frame = "transfer",
                AddressContains = "analytics",
                Error = "com.microsoft:server-busy",
            }
        );

        EventHubsException read = await Assert.ThrowsAsync<EventHubsException>(() => consumer.GetEventHubPropertiesAsync());
        EventHubsException send = await Assert.ThrowsAsync<EventHubsException>(() => producer.SendAsync([new EventData("x")]));

        Assert.All([read, send], error => Assert.Equal(EventHubsException.FailureReason.ServiceBusy, error.Reason));
        await producer.SendAsync([new EventData("x")]);
    }

    [Fact]
    public async Task Control_TakesFaultsAndFillsEntities_AndTellsWhatTheyHold()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        using HttpResponseMessage added = await session.Sandbox.ControlAsync(
            "POST",
            "amqp-faults",
            new JsonObject { ["frame"] = "attach", ["latencyMilliseconds"] = 1 }
        );
        using HttpResponseMessage neither = await session.Sandbox.ControlAsync("POST", "amqp-faults", new JsonObject { ["reset"] = true });
        using HttpResponseMessage noFrame = await session.Sandbox.ControlAsync("POST", "amqp-faults", new JsonObject { ["frame"] = "x" });
        using HttpResponseMessage listed = await session.Sandbox.ControlAsync("GET", "amqp-faults");
        using HttpResponseMessage events = await session.Sandbox.ControlAsync(
            "POST",
            "events/contoso-events/big",
            new JsonObject
            {
                ["count"] = 1001,
                ["devices"] = 7,
                ["bodyBytes"] = 300,
            }
        );
        using HttpResponseMessage messages = await session.Sandbox.ControlAsync(
            "POST",
            "messages/contoso-bus/alerts-topic",
            new JsonObject { ["count"] = 11, ["devices"] = 2 }
        );
        using HttpResponseMessage states = await session.Sandbox.ControlAsync("GET", "messaging");

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.BadRequest), (added.StatusCode, neither.StatusCode));
        Assert.Equal(HttpStatusCode.BadRequest, noFrame.StatusCode);
        Assert.Single((await SandboxSession.JsonOf(listed)).AsArray());
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (events.StatusCode, messages.StatusCode));
        JsonArray held = (await SandboxSession.JsonOf(states)).AsArray();
        int Active(string entity) => (int)held.Single(one => (string)one!["entity"]! == entity)!["active"]!;
        Assert.Equal(
            (1001, 11, 11, 0),
            (Active("big"), Active("alerts-topic/Subscriptions/operations"), Active("alerts-audit"), Active("alerts"))
        );
        await using EventHubConnection connection = session.Connect("big");
        List<EventData> read = await MessagingSession.ReadAllAsync(connection);
        Assert.Equal(1001, read.Count);
        Assert.Equal(143, read.Count(one => (string)one.SystemProperties["iothub-connection-device-id"] == "gen-6"));
        Assert.All(read, one => Assert.Equal(300, one.EventBody.ToMemory().Length));
    }

    /// <summary>Opens a connection for the namespace of event hubs; all that the broker answers within the first frame.</summary>
    private static async Task<byte[]> OpenAsync(MessagingSession session)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, session.Sandbox.Descriptor.AmqpPort);
        await using var stream = new SslStream(client.GetStream(), false, session.Trust(MessagingSession.EventsHost));
        await stream.AuthenticateAsClientAsync(MessagingSession.EventsHost);
        byte[] host = Encoding.ASCII.GetBytes(MessagingSession.EventsHost);
        byte[] fields = [0xa1, 1, (byte)'t', 0xa1, (byte)host.Length, .. host];
        byte[] open = [0, 0x53, 0x10, 0xc0, (byte)(fields.Length + 1), 2, .. fields];
        await stream.WriteAsync("AMQP\0\u0001\0\0"u8.ToArray());
        await stream.WriteAsync((byte[])[0, 0, 0, (byte)(open.Length + 8), 2, 0, 0, 0, .. open]);
        var answer = new MemoryStream();
        byte[] buffer = new byte[4096];
        try
        {
            while (answer.Length <= 8 && await stream.ReadAsync(buffer) is > 0 and var read)
                answer.Write(buffer, 0, read);
        }
        catch (IOException)
        {
            // A reset is as good as an end.
        }

        return answer.ToArray();
    }
}
