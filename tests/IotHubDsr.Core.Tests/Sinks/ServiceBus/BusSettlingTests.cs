using Azure.Messaging.ServiceBus;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Sandbox.Messaging;
using IotHubDsr.Sandbox.Messaging.ServiceBus;

namespace IotHubDsr.Core.Tests.Sinks.ServiceBus;

/// <summary>Active messages are taken out by request: others before them are delivered once more, and never once too often.</summary>
public sealed class BusSettlingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Settle_TakesTheSubjectsOut_AndTouchesEachOtherOnceAtMost(int partitions)
    {
        await using BusSandbox sandbox = await StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { MaxDeliveryCount = 3, Partitions = partitions });
        for (int number = 0; number < 640; number++)
            sandbox.Route(queue, number % 64 == 31 ? BusSandbox.Alice : $"other-{number}");
        string[] others = Others(queue);

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal((10L, (Fault?)null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(others, Others(queue));
        Assert.All(queue.Messages, message => Assert.InRange(message.Deliveries, 0, 1));
        Assert.DoesNotContain(queue.Messages, message => message.IsLocked);
        if (partitions == 1)
            Assert.All(queue.Messages.Where(message => message.Sequence > 608), message => Assert.Equal(0, message.Deliveries));
        Assert.Empty(queue.DeadLetters!.Messages);
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync(BusSandbox.Alice)).Verdict);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 20)]
    [InlineData(1, 140)]
    [InlineData(4, 20)]
    public async Task Settle_StopsBeforeAMessageThatWouldBeDeliveredOnceTooOften(int partitions, int at)
    {
        await using BusSandbox sandbox = await StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { MaxDeliveryCount = 4, Partitions = partitions });
        for (int number = 0; number < 200; number++)
        {
            BusMessage message = sandbox.Route(queue, number is 10 or 190 ? BusSandbox.Alice : $"other-{number}");
            if (number == at)
                BusSandbox.Settle(queue, message, Settlement.Abandon, times: 3);
        }

        string[] others = Others(queue);
        long worn = queue.Messages.Single(message => message.Deliveries == 3).Sequence;

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal("MessagesNotSettled", outcome.Fault!.Id);
        Assert.Contains($"stopped before the message {worn} of another device", outcome.Fault.Message, StringComparison.Ordinal);
        Assert.Equal(others, Others(queue));
        Assert.Empty(queue.DeadLetters!.Messages);
        Assert.All(queue.Messages, message => Assert.InRange(message.Deliveries, 0, 3));
        Assert.Equal(partitions == 1 && at > 10 ? 1 : outcome.RecordsErased, outcome.RecordsErased);
        Assert.Equal(2 - outcome.RecordsErased, (await sandbox.FindOneAsync(BusSandbox.Alice)).RecordCount);
    }

    [Fact]
    public async Task Settle_MessageOfTheSubjectAtItsLastDelivery_IsTakenOut()
    {
        await using BusSandbox sandbox = await StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { MaxDeliveryCount = 2 });
        BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Alice), Settlement.Abandon);

        Assert.Equal(1, (await sandbox.EraseAsync(BusSandbox.Alice)).RecordsErased);
        Assert.Empty(queue.Messages);
    }

    [Fact]
    public async Task Settle_LetsGoOfMessagesOfOthersThatWouldExpireMeanwhile()
    {
        await using BusSandbox sandbox = await StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { LockDuration = TimeSpan.FromMinutes(1) });
        for (int number = 0; number < 150; number++)
            sandbox.Route(queue, number == 149 ? BusSandbox.Alice : $"other-{number}", Shorten);

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Contains("would expire while they are held", outcome.Fault!.Message, StringComparison.Ordinal);
        Assert.Equal(150, queue.Messages.Count);
        Assert.DoesNotContain(queue.Messages, message => message.IsLocked);

        static void Shorten(BusMessage message) => message.TimeToLive = TimeSpan.FromSeconds(90);
    }

    [Fact]
    public async Task Forwarding_ThatEndedSinceThePlan_IsNotCertified()
    {
        await using BusSandbox sandbox = await StartAsync();
        sandbox.Add(new BusQueueOptions { ForwardTo = "target" });
        BusQueue target = sandbox.Add(name: "target");
        sandbox.Route(target, BusSandbox.Alice);
        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);
        sandbox.Add();

        ErasureOutcome outcome = await sandbox.EraseAsync(found);

        Assert.Equal((1L, 0L, Verdict.Unknown), (found.RecordCount, outcome.RecordsErased, outcome.Verdict));
        Assert.Contains("'target', which this place no longer forwards to", outcome.Detail, StringComparison.Ordinal);
        Assert.Single(target.Messages);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EntityOfThePlan_ThatNothingForwardsToAnyMore_IsReadAndErasedFrom(bool isDead)
    {
        await using BusSandbox sandbox = await StartAsync();
        sandbox.Add(new BusQueueOptions { ForwardTo = "target" });
        BusQueue target = sandbox.Add(name: "target");
        BusMessage message = sandbox.Route(target, BusSandbox.Alice);
        if (isDead)
            BusSandbox.Settle(target, message, Settlement.DeadLetter);
        sandbox.Planned = [.. (await sandbox.FindOneAsync(BusSandbox.Alice)).Items];
        sandbox.Add();

        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);
        ErasureOutcome outcome = await sandbox.EraseAsync(found);

        Assert.Equal((Verdict.Present, 1L, 1L), (found.Verdict, found.RecordCount, outcome.RecordsErased));
        Assert.Empty(target.Messages);
        Assert.Empty(target.DeadLetters!.Messages);
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync(BusSandbox.Alice)).Verdict);
    }

    [Fact]
    public async Task EntityOfThePlan_ThatIsGone_IsNotMissed()
    {
        await using BusSandbox sandbox = await StartAsync();
        sandbox.Add();
        sandbox.Planned =
        [
            new SeenItem("gone/1", ETag: null, 1, 1),
            new SeenItem("topic/Subscriptions/gone/$deadletterqueue/2", null, 1, 1),
        ];

        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync(BusSandbox.Alice)).Verdict);
        Assert.Empty(sandbox.Reported);
    }

    [Fact]
    public async Task WithoutTheSwitch_NothingIsReceived()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        sandbox.Route(queue, BusSandbox.Alice);
        sandbox.Erasure = ErasureOptions.OwnAndCurrent with { SettleMessages = true };
        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);
        sandbox.Erasure = ErasureOptions.OwnAndCurrent;

        ErasureOutcome outcome = await sandbox.EraseAsync(found);

        Assert.Equal((0L, (Fault?)null), (outcome.RecordsErased, outcome.Fault));
        Assert.Single(queue.Messages);
        Assert.Empty(sandbox.Session.Logged("receive-locked"));
    }

    [Fact]
    public async Task Settle_InSessions_TakesOnlyThoseOfTheSubject_AndKeepsTheirStates()
    {
        await using BusSandbox sandbox = await StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { RequiresSession = true, MaxDeliveryCount = 2 });
        foreach (string session in (string[])["a", "b", "c"])
        {
            await sandbox.SendAsync(
                BusSandbox.Of(BusSandbox.Bob, session),
                BusSandbox.Of(session == "c" ? BusSandbox.Bob : BusSandbox.Alice, session),
                BusSandbox.Of(BusSandbox.Bob, session)
            );
        }

        await using ServiceBusClient client = sandbox.Session.BusClient();
        await using (ServiceBusSessionReceiver receiver = await client.AcceptSessionAsync(BusSandbox.Name, "a"))
            await receiver.SetSessionStateAsync(BinaryData.FromString("kept"));

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal((2L, (Fault?)null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(7, queue.Messages.Count);
        Assert.All(queue.Messages, message => Assert.Equal((BusSandbox.Bob, 0), (BusSandbox.DeviceOf(message), message.Deliveries)));
        await using ServiceBusSessionReceiver after = await client.AcceptSessionAsync(BusSandbox.Name, "a");
        Assert.Equal("kept", (await after.GetSessionStateAsync()).ToString());
        Assert.Equal(2, (await after.ReceiveMessagesAsync(2, MessagingSession.Patience)).Count);
    }

    [Fact]
    public async Task Settle_SessionThatAnotherReceiverHas_IsLeftAndSaid_AndTheOthersGo()
    {
        await using BusSandbox sandbox = await StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { RequiresSession = true });
        await sandbox.SendAsync(BusSandbox.Of(BusSandbox.Alice, "a"), BusSandbox.Of(BusSandbox.Alice, "b"));
        await using ServiceBusClient client = sandbox.Session.BusClient();
        await using ServiceBusSessionReceiver holder = await client.AcceptSessionAsync(BusSandbox.Name, "a");

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal((1L, "MessagesNotSettled"), (outcome.RecordsErased, outcome.Fault!.Id));
        Assert.Contains("session", outcome.Fault.Message, StringComparison.Ordinal);
        Assert.Equal("a", Assert.Single(queue.Messages).SessionId);
    }

    [Fact]
    public async Task Settle_MessageThatAReceiverHasLocked_IsLeftAndSaid()
    {
        await using BusSandbox sandbox = await StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { LockDuration = TimeSpan.FromMinutes(5) });
        sandbox.Route(queue, BusSandbox.Alice);
        await using ServiceBusClient client = sandbox.Session.BusClient();
        await using ServiceBusReceiver holder = client.CreateReceiver(BusSandbox.Name);
        Assert.NotNull(await holder.ReceiveMessageAsync(MessagingSession.Patience));

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal((0L, "MessagesNotSettled"), (outcome.RecordsErased, outcome.Fault!.Id));
        Assert.Contains("other receivers", outcome.Fault.Message, StringComparison.Ordinal);
        Assert.Single(queue.Messages);
    }

    [Fact]
    public async Task Settle_OfManyPlacesThatForwardToOneQueue_TouchesNobodyTwice()
    {
        await using BusSandbox sandbox = await StartAsync();
        BusQueue last = sandbox.Add(name: "last");
        sandbox.Add(new BusQueueOptions { ForwardTo = "last" });
        for (int number = 0; number < 120; number++)
            sandbox.Route(last, number % 40 == 20 ? BusSandbox.Alice : BusSandbox.Bob);
        DeviceDataFinding[] found =
        [
            await sandbox.FindOneAsync(BusSandbox.Alice),
            .. await sandbox.FindAsync(sandbox.LocationOf("last"), BusSandbox.Alice),
        ];

        ErasureOutcome[] outcomes = await Task.WhenAll(found.Select(sandbox.EraseAsync));

        Assert.Equal(3, outcomes.Sum(outcome => outcome.RecordsErased));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Fault));
        Assert.All(last.Messages, message => Assert.InRange(message.Deliveries, 0, 1));
    }

    [Fact]
    public async Task Settle_RenewsWhatItHolds()
    {
        await using BusSandbox sandbox = await StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { MaxDeliveryCount = 3, LockDuration = TimeSpan.FromMinutes(1) });
        for (int number = 0; number < 350; number++)
            sandbox.Route(queue, number % 100 == 50 ? BusSandbox.Alice : BusSandbox.Bob);
        sandbox.OnAnnounced = _ =>
        {
            sandbox.Clock.Advance(TimeSpan.FromSeconds(40));
            return Task.CompletedTask;
        };

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.All(queue.Messages.Where(message => BusSandbox.DeviceOf(message) == BusSandbox.Bob), message =>
            Assert.InRange(message.Deliveries, 0, 1)
        );
        Assert.Equal(3 - outcome.RecordsErased, queue.Messages.Count(message => BusSandbox.DeviceOf(message) == BusSandbox.Alice));
        Assert.Equal(outcome.RecordsErased < 3, outcome.Fault is not null);
    }

    private static async Task<BusSandbox> StartAsync()
    {
        BusSandbox sandbox = await BusSandbox.StartAsync();
        sandbox.Erasure = sandbox.Erasure with { SettleMessages = true };
        return sandbox;
    }

    private static string[] Others(BusQueue queue) =>
        [
            .. queue
                .Messages.Where(message => BusSandbox.DeviceOf(message) != BusSandbox.Alice)
                .Select(message => $"{message.Sequence} {BusSandbox.DeviceOf(message)}"),
        ];
}
