using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.Messaging.Amqp;
using IotHubDsr.Sandbox.Messaging.ServiceBus;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.ServiceBus;

/// <summary>What is taken out without disturbing receivers: scheduled, deferred and dead-lettered messages.</summary>
public sealed class BusErasureTests
{
    [Fact]
    public async Task Erase_TakesWhatWaitsForNoReceiver_AndLeavesTheRest()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        foreach (string device in (string[])[BusSandbox.Alice, BusSandbox.Bob, BusSandbox.Alice, "Alice", "alice1"])
        {
            sandbox.Route(queue, device);
            sandbox.Route(queue, device, message => message.ScheduledFor = sandbox.Clock.GetUtcNow().AddDays(1));
            BusSandbox.Settle(queue, sandbox.Route(queue, device), Settlement.Defer);
            BusSandbox.Settle(queue, sandbox.Route(queue, device), Settlement.DeadLetter);
        }

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal((6L, 6, (Fault?)null), (outcome.RecordsErased, outcome.ItemsChanged, outcome.Fault));
        Assert.Equal(2, queue.Messages.Count(message => BusSandbox.DeviceOf(message) == BusSandbox.Alice));
        Assert.All(queue.Messages.Where(IsAlices), message => Assert.Equal(BusMessageState.Active, message.State));
        Assert.Equal(["bob", "Alice", "alice1"], queue.DeadLetters!.Messages.Select(message => BusSandbox.DeviceOf(message)!));
        Assert.Equal(9, queue.Messages.Count(message => !IsAlices(message)));
        Assert.All(queue.Messages.Where(message => message.State is BusMessageState.Active), message =>
            Assert.Equal(0, message.Deliveries)
        );
        Assert.Equal(Verdict.OwnerAction, (await sandbox.FindOneAsync(BusSandbox.Alice)).Verdict);

        static bool IsAlices(BusMessage message) => BusSandbox.DeviceOf(message) == BusSandbox.Alice;
    }

    [Fact]
    public async Task Erase_MessageOfAHeldDeviceThatAGatewaySent_Stays()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        sandbox.Erasure = new ErasureOptions { IncludeRelayed = true };
        foreach (string leaf in (string[])[BusSandbox.Bob, "other"])
        {
            RoutedMessage relayed = sandbox.Message(BusSandbox.Alice, KeyValuePair.Create("deviceId", leaf));
            BusSandbox.Settle(queue, sandbox.Route(queue, relayed), Settlement.DeadLetter);
        }

        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);
        sandbox.HeldDevices = [BusSandbox.Bob];
        ErasureOutcome outcome = await sandbox.EraseAsync(found);

        Assert.Equal((2L, 1L, (Fault?)null), (found.RelayedCount, outcome.RecordsErased, outcome.Fault));
        Assert.Equal(BusSandbox.Bob, Assert.Single(queue.DeadLetters!.Messages).ApplicationProperties["deviceId"]);
    }

    [Theory]
    [InlineData(nameof(Settlement.DeadLetter))]
    [InlineData(nameof(Settlement.Defer))]
    [InlineData(null)]
    public async Task Erase_AnnouncesBeforeAnythingIsGone(string? how)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        for (int number = 0; number < 150; number++)
            Put();
        int Held() => queue.Messages.Count + queue.DeadLetters!.Messages.Count;
        List<int> held = [];
        sandbox.OnAnnounced = _ =>
        {
            held.Add(Held());
            return Task.CompletedTask;
        };

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal(150, outcome.RecordsErased);
        Assert.Equal(150, sandbox.Announced.Sum(what => what.Items.Sum(item => item.Records)));
        Assert.Equal(150, sandbox.Announced.SelectMany(what => what.Items).Select(item => item.Path).Distinct().Count());
        Assert.Equal(150, held[0]);
        Assert.Equal(0, Held());

        void Put()
        {
            BusMessage message = sandbox.Route(queue, BusSandbox.Alice, one =>
                one.ScheduledFor = how is null ? sandbox.Clock.GetUtcNow().AddDays(1) : null
            );
            if (how is not null)
                BusSandbox.Settle(queue, message, Enum.Parse<Settlement>(how));
        }
    }

    [Fact]
    public async Task Erase_AnnouncementFails_DestroysNothing()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Alice), Settlement.Defer);
        BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Alice), Settlement.DeadLetter);
        sandbox.Route(queue, BusSandbox.Alice, message => message.ScheduledFor = sandbox.Clock.GetUtcNow().AddDays(1));
        sandbox.OnAnnounced = _ => throw new IOException("The disk is full.");

        await Assert.ThrowsAsync<IOException>(() => sandbox.EraseAsync(BusSandbox.Alice));

        Assert.Equal(3, queue.Messages.Count + queue.DeadLetters!.Messages.Count);
    }

    [Fact]
    public async Task DeadLetters_OfOthers_AreTouchedOnceAtMost_AndKeepTheirOrder()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { MaxDeliveryCount = 2 });
        for (int number = 0; number < 400; number++)
        {
            BusMessage message = sandbox.Route(queue, number % 50 == 49 ? BusSandbox.Alice : $"other-{number}");
            BusSandbox.Settle(queue, message, Settlement.DeadLetter);
        }

        string?[] others = [.. queue.DeadLetters!.Messages.Select(BusSandbox.DeviceOf).Where(device => device != BusSandbox.Alice)];

        // A dead letter already has a delivery: what is one more does it no harm.
        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal((8L, (Fault?)null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(others, queue.DeadLetters.Messages.Select(BusSandbox.DeviceOf));
        Assert.All(queue.DeadLetters.Messages, message => Assert.InRange(message.Deliveries, 1, 2));
        Assert.DoesNotContain(queue.DeadLetters.Messages, message => message.IsLocked);
    }

    [Fact]
    public async Task TransferDeadLetters_AreFoundAndTakenOut()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { ForwardTo = "nowhere" });
        sandbox.Route(queue, BusSandbox.Alice);
        sandbox.Route(queue, BusSandbox.Bob);

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal(1, outcome.RecordsErased);
        Assert.Equal([BusSandbox.Bob], queue.TransferDeadLetters!.Messages.Select(BusSandbox.DeviceOf));
    }

    [Fact]
    public async Task Deferred_InSessions_AreTakenUnderTheLocksOfTheSessions()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { RequiresSession = true });
        await sandbox.SendAsync(
            BusSandbox.Of(BusSandbox.Alice, "a"),
            BusSandbox.Of(BusSandbox.Bob, "a"),
            BusSandbox.Of(BusSandbox.Alice, "b")
        );
        foreach (BusMessage message in queue.Messages)
            BusSandbox.Settle(queue, message, Settlement.Defer);

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal((2L, (Fault?)null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal([BusSandbox.Bob], queue.Messages.Select(BusSandbox.DeviceOf));
    }

    [Fact]
    public async Task Item_ThatAPlanNamesAndIsAnothers_StaysAsItIs()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Alice), Settlement.DeadLetter);
        BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Bob), Settlement.DeadLetter);
        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);
        string letters = found.Items[0].Path[..found.Items[0].Path.LastIndexOf('/')];

        ErasureOutcome outcome = await sandbox.EraseAsync(
            found with
            {
                Items =
                [
                    new SeenItem($"{letters}/2", null, 1, 1),
                    new SeenItem("alerts/1", null, 1, 1),
                    new SeenItem("nonsense", null, 1, 1),
                    new SeenItem($"{letters}/x", null, 1, 1),
                ],
            }
        );

        Assert.Equal((0L, 0, (Fault?)null), (outcome.RecordsErased, outcome.ItemsChanged, outcome.Fault));
        Assert.Equal(2, queue.DeadLetters!.Messages.Count);
    }

    [Fact]
    public async Task Erase_LeavesWhatCameAfterTheReading()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Alice), Settlement.DeadLetter);
        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);
        BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Alice), Settlement.DeadLetter);

        Assert.Equal(1, (await sandbox.EraseAsync(found)).RecordsErased);
        Assert.Single(queue.DeadLetters!.Messages);
    }

    [Fact]
    public async Task Scheduled_WhoseTimeHasCome_IsLeftForTheNextReading()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        sandbox.Route(queue, BusSandbox.Alice, message => message.ScheduledFor = sandbox.Clock.GetUtcNow().AddHours(1));
        sandbox.Route(queue, BusSandbox.Alice, message => message.ScheduledFor = sandbox.Clock.GetUtcNow().AddHours(9));
        sandbox.OnAnnounced = _ =>
        {
            sandbox.Clock.Advance(TimeSpan.FromHours(2));
            return Task.CompletedTask;
        };

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal(1, outcome.RecordsErased);
        Assert.Equal(BusMessageState.Active, Assert.Single(queue.Messages).State);
        Assert.Equal(1, (await sandbox.FindOneAsync(BusSandbox.Alice)).RecordCount);
    }

    [Fact]
    public async Task Lock_ThatIsLostBeforeTheCompletion_CountsAsNotErased_AndIsFoundAgain()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        for (int number = 0; number < 3; number++)
            BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Alice), Settlement.DeadLetter);
        sandbox.Session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Frame = "disposition",
                Skip = 1,
                Error = "com.microsoft:message-lock-lost",
                Status = 410,
            }
        );

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal(2, outcome.RecordsErased);
        Assert.Equal("MessagesNotSettled", outcome.Fault!.Id);
        Assert.Contains("lock was lost", outcome.Fault.Message, StringComparison.Ordinal);
        Assert.Equal(
            (Verdict.Present, 1L),
            (await sandbox.FindOneAsync(BusSandbox.Alice)) is var after ? (after.Verdict, after.RecordCount) : default
        );
        sandbox.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(
            (1L, (Fault?)null),
            (await sandbox.EraseAsync(BusSandbox.Alice)) is var again ? (again.RecordsErased, again.Fault) : default
        );
        Assert.Empty(queue.DeadLetters!.Messages);
    }
}
