using Azure.Messaging.ServiceBus;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Sandbox.Messaging;
using IotHubDsr.Sandbox.Messaging.ServiceBus;

namespace IotHubDsr.Core.Tests.Sinks.ServiceBus;

/// <summary>What settling does to messages of other devices while their receivers work on: none is lost, all keep their order.</summary>
public sealed class BusBystanderTests
{
    private const string Peek = "com.microsoft:peek-message";

    [Theory]
    [InlineData(10, 9)]
    [InlineData(10, 8)]
    [InlineData(2, 1)]
    public async Task Settle_WhileAReceiverHasTheFront_BuriesNoWornMessage(int most, int deliveries)
    {
        await using BusSandbox sandbox = await StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { MaxDeliveryCount = most, LockDuration = TimeSpan.FromMinutes(5) });
        for (int number = 1; number <= 40; number++)
        {
            BusMessage message = sandbox.Route(queue, number == 30 ? BusSandbox.Alice : BusSandbox.Bob);
            if (number == 20)
                BusSandbox.Settle(queue, message, Settlement.Abandon, deliveries);
        }

        await using ServiceBusClient client = sandbox.Session.BusClient();
        await using ServiceBusReceiver holder = client.CreateReceiver(BusSandbox.Name);
        await ReceiveAsync(holder, 15);

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal((0L, "MessagesNotSettled"), (outcome.RecordsErased, outcome.Fault!.Id));
        Assert.Contains("before the message 20 of another device", outcome.Fault.Message, StringComparison.Ordinal);
        Assert.Empty(queue.DeadLetters!.Messages);
        Assert.Equal(40, queue.Messages.Count);
        Assert.Equal(deliveries, queue.Messages[19].Deliveries);
        Assert.DoesNotContain(queue.Messages.Skip(15), message => message.IsLocked);
    }

    [Fact]
    public async Task Settle_WhereLocksAreShort_WaitsNoLongerThanTheyLast()
    {
        await using BusSandbox sandbox = await StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { MaxDeliveryCount = 2, LockDuration = TimeSpan.FromSeconds(4) });
        BusMessage alice = sandbox.Route(queue, BusSandbox.Alice);
        BusMessage bob = sandbox.Route(queue, BusSandbox.Bob);
        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);
        await using ServiceBusClient client = sandbox.Session.BusClient();
        await using ServiceBusReceiver holder = client.CreateReceiver(BusSandbox.Name);
        Assert.Equal(alice.Sequence, (await ReceiveAsync(holder, 1))[0].SequenceNumber);
        alice.LockedUntil = sandbox.Clock.GetUtcNow().AddHours(1);

        await sandbox.EraseAsync(found);

        Assert.Empty(queue.DeadLetters!.Messages);
        Assert.Equal(1, bob.Deliveries);
    }

    [Fact]
    public async Task Settle_WhileAReceiverIsAtTheMessageThatIsNearItsLastDelivery_LeavesItOne()
    {
        await using BusSandbox sandbox = await StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { MaxDeliveryCount = 4 });
        BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Bob), Settlement.Abandon, times: 2);
        sandbox.Route(queue, BusSandbox.Alice);
        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);

        // The delivery that is going on is in no count.
        await using ServiceBusClient client = sandbox.Session.BusClient();
        await using ServiceBusReceiver receiver = client.CreateReceiver(BusSandbox.Name);
        ServiceBusReceivedMessage held = (await ReceiveAsync(receiver, 1))[0];
        int peeks = sandbox.Session.Logged(Peek).Count;
        Task release = ReleaseSoonAsync();
        ErasureOutcome outcome = await sandbox.EraseAsync(found);
        await release;

        Assert.Equal("MessagesNotSettled", outcome.Fault!.Id);
        Assert.Empty(queue.DeadLetters!.Messages);
        Assert.Equal(3, queue.Messages[0].Deliveries);

        async Task ReleaseSoonAsync()
        {
            // A page and the end.
            await Eventually.HoldsAsync(() => sandbox.Session.Logged(Peek).Count >= peeks + 2);
            await receiver.AbandonMessageAsync(held);
        }
    }

    [Fact]
    public async Task Settle_NeverLocksAMessageOfOthersThatWouldExpireMeanwhile()
    {
        await using BusSandbox sandbox = await StartAsync();
        BusQueue queue = sandbox.Add();
        sandbox.Route(queue, BusSandbox.Bob);
        sandbox.Route(queue, BusSandbox.Alice);
        BusMessage last = sandbox.Route(queue, BusSandbox.Bob, message => message.TimeToLive = TimeSpan.FromSeconds(90));
        sandbox.Route(queue, BusSandbox.Alice);

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal((1L, "MessagesNotSettled"), (outcome.RecordsErased, outcome.Fault!.Id));
        Assert.Contains("would expire while they are held", outcome.Fault.Message, StringComparison.Ordinal);
        Assert.Contains($"{last.Sequence}", outcome.Fault.Message, StringComparison.Ordinal);
        Assert.Equal((0, false), (last.Deliveries, last.IsLocked));
        Assert.Equal(3, queue.Messages.Count);
    }

    [Fact]
    public async Task Settle_GivesMessagesBackInTheirOrder()
    {
        const int others = 99;
        await using BusSandbox sandbox = await StartAsync();
        BusQueue queue = sandbox.Add();
        for (int number = 0; number < others; number++)
            sandbox.Route(queue, BusSandbox.Bob);
        sandbox.Route(queue, BusSandbox.Alice);
        await using ServiceBusClient client = sandbox.Session.BusClient();
        await using ServiceBusReceiver waiting = client.CreateReceiver(
            BusSandbox.Name,
            new ServiceBusReceiverOptions { PrefetchCount = others }
        );
        Task<List<ServiceBusReceivedMessage>> received = Task.FromResult(new List<ServiceBusReceivedMessage>());
        sandbox.OnAnnounced = async _ =>
        {
            // Now all of them are locked, and whoever waits gets each as it comes back.
            received = ReceiveAsync(waiting, others);
            await Eventually.HoldsAsync(() => sandbox.Session.Logged("receive-locked", BusSandbox.Name).Count > 1);
        };

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal((1L, (Fault?)null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(Enumerable.Range(1, others).Select(number => (long)number), (await received).Select(one => one.SequenceNumber));
    }

    private static async Task<BusSandbox> StartAsync()
    {
        BusSandbox sandbox = await BusSandbox.StartAsync();
        sandbox.Erasure = sandbox.Erasure with { SettleMessages = true };
        return sandbox;
    }

    private static async Task<List<ServiceBusReceivedMessage>> ReceiveAsync(ServiceBusReceiver receiver, int count)
    {
        List<ServiceBusReceivedMessage> received = [];
        while (received.Count < count)
            received.AddRange(await receiver.ReceiveMessagesAsync(count - received.Count, MessagingSession.Patience));
        return received;
    }
}
