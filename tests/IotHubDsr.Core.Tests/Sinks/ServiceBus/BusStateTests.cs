using System.Text.Json;
using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BusEntities;
using IotHubDsr.Sandbox.Messaging.Amqp;
using IotHubDsr.Sandbox.Messaging.ServiceBus;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.ServiceBus;

/// <summary>What is found in which state, and when it leaves: nothing is received by looking.</summary>
public sealed class BusStateTests
{
    [Fact]
    public async Task Find_SeesEveryState_AndTouchesNothing()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        DateTimeOffset tomorrow = sandbox.Clock.GetUtcNow().AddDays(1);
        sandbox.Route(queue, BusSandbox.Alice);
        BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Alice), Settlement.Defer);
        sandbox.Route(queue, BusSandbox.Alice, message => message.ScheduledFor = tomorrow);
        BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Alice), Settlement.DeadLetter);
        sandbox.Route(queue, BusSandbox.Bob);
        string before = Shown(queue);

        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);

        Assert.Equal((Verdict.Present, 4L, 3, 1L), (found.Verdict, found.RecordCount, found.Items.Count, found.LeftCount));
        Assert.Contains("1 active, 1 deferred, 1 scheduled, 1 dead-lettered", found.Detail, StringComparison.Ordinal);
        Assert.Contains("-SettleMessages", found.Detail, StringComparison.Ordinal);
        Assert.Equal(3, sandbox.Erasure.Expected(found));
        Assert.Equal(before, Shown(queue));
        Assert.Empty(sandbox.Session.Logged("receive-locked"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    public async Task Find_InAPartitionedEntity_SeesAll(int partitions)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { Partitions = partitions });
        for (int number = 0; number < 236; number++)
            sandbox.Route(queue, number % 2 == 0 ? BusSandbox.Alice : BusSandbox.Bob);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(BusSandbox.Alice, BusSandbox.Bob, "carol");

        Assert.Equal([118L, 118L, 0L], found.Select(one => one.RecordCount));
        Assert.Equal(Verdict.Absent, found[2].Verdict);
    }

    [Fact]
    public async Task Find_OfSessions_TakesNone()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        sandbox.Add(new BusQueueOptions { RequiresSession = true });
        await sandbox.SendAsync(
            BusSandbox.Of(BusSandbox.Alice, "a"),
            BusSandbox.Of(BusSandbox.Alice, "b"),
            BusSandbox.Of(BusSandbox.Bob, "b")
        );

        Assert.Equal(2, (await sandbox.FindOneAsync(BusSandbox.Alice)).RecordCount);
        Assert.Empty(sandbox.Session.Logged("receive-locked"));
    }

    [Theory]
    [InlineData(6, null, 6)]
    [InlineData(6, 2, 2)]
    [InlineData(null, 2, 2)]
    public async Task Active_ExpiresByTheShorterTimeToLive(int? ofEntity, int? ofMessage, int expected)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { TimeToLive = ofEntity is { } hours ? TimeSpan.FromHours(hours) : null });
        BusMessage message = sandbox.Route(queue, BusSandbox.Alice, one =>
            one.TimeToLive = ofMessage is { } hours ? TimeSpan.FromHours(hours) : null
        );

        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);

        Assert.Equal(Verdict.Expiring, found.Verdict);
        Assert.Equal(message.Enqueued.AddHours(expected).ToUnixTimeSeconds(), found.Until!.Value.ToUnixTimeSeconds());
        Assert.Equal((0, 1L), (found.Items.Count, found.LeftCount));
    }

    [Fact]
    public async Task Active_WithAnEndThatNobodyWillSee_IsItsOwners()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        sandbox.Add();
        ServiceBusMessage last = BusSandbox.Of(BusSandbox.Alice);
        AmqpMessageProperties properties = last.GetRawAmqpMessage().Properties;
        properties.CreationTime = sandbox.Clock.GetUtcNow();
        properties.AbsoluteExpiryTime = new DateTimeOffset(9999, 12, 31, 23, 59, 59, 999, TimeSpan.Zero);
        ServiceBusMessage century = BusSandbox.Of(BusSandbox.Bob);
        century.TimeToLive = TimeSpan.FromDays(36_500);
        await sandbox.SendAsync(last, century);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(BusSandbox.Alice, BusSandbox.Bob);

        Assert.All(found, one => Assert.Equal((Verdict.OwnerAction, (DateTimeOffset?)null), (one.Verdict, one.Until)));
        Assert.All(found, one => Assert.Contains("without limit", one.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task DeadLetters_ThatAreForwardedAndMayNotBeRead_AreCountedAsUnseen()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { ForwardDeadLettersTo = "letters" });
        BusQueue letters = sandbox.Add(name: "letters");
        sandbox.Route(letters, BusSandbox.Alice);
        RefuseDeadLetters();

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(BusSandbox.Alice, BusSandbox.Bob);
        sandbox.Route(queue.DeadLetters!, BusSandbox.Alice);
        RefuseDeadLetters();
        DeviceDataFinding behind = await sandbox.FindOneAsync(BusSandbox.Bob);

        Assert.Equal([(Verdict.OwnerAction, 1L), (Verdict.Absent, 0L)], found.Select(one => (one.Verdict, one.RecordCount)));
        Assert.Equal(Verdict.OwnerAction, behind.Verdict);
        Assert.Contains("1 message cannot be read yet", behind.Detail, StringComparison.Ordinal);
        Assert.Empty(sandbox.Reported);

        void RefuseDeadLetters() =>
            sandbox.Session.Server.AmqpFaults.Add(
                new AmqpFaultRule
                {
                    Operation = "com.microsoft:peek-message",
                    AddressContains = $"{BusSandbox.Name}/$deadletterqueue",
                    Error = "amqp:not-allowed",
                    Status = 400,
                }
            );
    }

    [Fact]
    public async Task Active_ThatHasNoEnd_IsItsOwners()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        sandbox.Route(sandbox.Add(), BusSandbox.Alice);

        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);

        Assert.Equal((Verdict.OwnerAction, (DateTimeOffset?)null, 0L), (found.Verdict, found.Until, sandbox.Erasure.Expected(found)));
        Assert.Contains("without limit", found.Detail, StringComparison.Ordinal);
        Assert.Contains("-SettleMessages", found.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Active_WhichBecomesADeadLetterWhenItExpires_IsNotExpiring()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        sandbox.Route(
            sandbox.Add(new BusQueueOptions { TimeToLive = TimeSpan.FromHours(1), DeadLettersOnExpiration = true }),
            BusSandbox.Alice
        );

        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);

        Assert.Equal((Verdict.OwnerAction, null), (found.Verdict, found.Until));
        Assert.Contains("dead letters", found.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Active_ThatHasExpiredAndIsStillThere_IsItsOwners()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        sandbox.Route(sandbox.Add(new BusQueueOptions { TimeToLive = TimeSpan.FromHours(1) }), BusSandbox.Alice);
        sandbox.Clock.Advance(TimeSpan.FromHours(2));

        Assert.Equal(Verdict.OwnerAction, (await sandbox.FindOneAsync(BusSandbox.Alice)).Verdict);
    }

    [Theory]
    [InlineData(nameof(Settlement.DeadLetter))]
    [InlineData(nameof(Settlement.Defer))]
    public async Task DeadLetterAndDeferred_OfAnEntityWithATimeToLive_DoNotExpire(string how)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { TimeToLive = TimeSpan.FromHours(1) });
        BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Alice), Enum.Parse<Settlement>(how));

        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);

        Assert.Equal((Verdict.Present, null, 1), (found.Verdict, found.Until, found.Items.Count));
    }

    [Fact]
    public async Task MessagesThatNobodyWasShown_LeaveNoDate()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusTopic topic = sandbox.Session.Bus.AddTopic("topic");
        BusQueue one = topic.Add("one", new BusQueueOptions { TimeToLive = TimeSpan.FromHours(1) }).Queue;
        sandbox.Route(one, BusSandbox.Alice);
        DataLocation location = sandbox.LocationOf("topic", isTopic: true);
        DeviceDataFinding shown = Assert.Single(await sandbox.FindAsync(location, BusSandbox.Alice));
        await using ServiceBusClient client = sandbox.Session.BusClient();
        await using ServiceBusSender sender = client.CreateSender("topic");
        await sender.ScheduleMessageAsync(BusSandbox.Of(BusSandbox.Alice), sandbox.Clock.GetUtcNow().AddDays(20));

        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(location, BusSandbox.Alice));

        Assert.Equal(Verdict.Expiring, shown.Verdict);
        Assert.Equal((Verdict.OwnerAction, (DateTimeOffset?)null), (found.Verdict, found.Until));
        Assert.Contains("1 message cannot be read yet", found.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"messageCount":9,"countDetails":{"activeMessageCount":1,"deadLetterMessageCount":2,"transferMessageCount":3}}""", 4)]
    [InlineData("""{"countDetails":{"activeMessageCount":1,"scheduledMessageCount":1}}""", 2)]
    [InlineData("{}", 0)]
    public void Counts_OfAQueueThatNobodyCanLookThrough_AreOfEveryState(string properties, long expected)
    {
        using var document = JsonDocument.Parse(properties);

        Assert.Equal(expected, BusEntity.Read("queue", document.RootElement).Counts.OwnOfAnyState);
    }

    [Fact]
    public async Task Forwarding_IsFollowedToItsEnd_OnceEach_AlsoInACircle()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue last = sandbox.Add(name: "last");
        sandbox.Add(new BusQueueOptions { ForwardTo = "last" }, "middle");
        BusTopic topic = sandbox.Session.Bus.AddTopic("topic");
        topic.Add("one", new BusQueueOptions { ForwardTo = "middle" });
        topic.Add("two", new BusQueueOptions { ForwardDeadLettersTo = "letters" });
        BusQueue letters = sandbox.Add(new BusQueueOptions { ForwardDeadLettersTo = "Letters" }, "letters");
        sandbox.Route(last, BusSandbox.Alice);
        sandbox.Route(letters, BusSandbox.Alice);
        sandbox.Route(topic.Find("two")!.Queue, BusSandbox.Alice);

        DeviceDataFinding ofTopic = Assert.Single(await sandbox.FindAsync(sandbox.LocationOf("topic", isTopic: true), BusSandbox.Alice));
        DeviceDataFinding ofQueue = Assert.Single(await sandbox.FindAsync(sandbox.LocationOf("middle"), BusSandbox.Alice));

        Assert.Equal((3L, 1L), (ofTopic.RecordCount, ofQueue.RecordCount));
        Assert.Empty(sandbox.Reported);
    }

    [Fact]
    public async Task Forwarding_GoesFourHopsAndNoFurther()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        for (int hop = 0; hop < 6; hop++)
            sandbox.Add(new BusQueueOptions { ForwardTo = $"hop-{hop + 1}" }, $"hop-{hop}");

        await sandbox.FindAsync(sandbox.LocationOf("hop-0"), BusSandbox.Alice);
        string[] peeked =
        [
            .. sandbox
                .Session.Logged("com.microsoft:peek-message", "hop-")
                .Select(request => request.Target.Split('/').First(part => part.StartsWith("hop-", StringComparison.Ordinal)))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

        Assert.Equal(["hop-0", "hop-1", "hop-2", "hop-3", "hop-4"], peeked);
    }

    [Fact]
    public async Task MissingQueue_IsAMissingLocation_AndAMissingTargetIsNothing()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        DsrException missing = await Assert.ThrowsAsync<DsrException>(() => sandbox.FindAsync(BusSandbox.Alice));
        sandbox.Add(new BusQueueOptions { ForwardTo = "nowhere" });

        Assert.Equal("LocationMissing", missing.Fault.Id);
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync(BusSandbox.Alice)).Verdict);
    }

    [Fact]
    public async Task WithoutResourceId_NothingIsAbsent_AndATopicIsMissing()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        sandbox.Route(sandbox.Add(), BusSandbox.Alice);
        DataLocation unknown = sandbox.LocationOf(BusSandbox.Name) with { ResourceId = null };

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(unknown, BusSandbox.Alice, BusSandbox.Bob);
        DsrException missing = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.FindAsync(sandbox.LocationOf(WorldNames.AlertsTopic, isTopic: true) with { ResourceId = null }, BusSandbox.Alice)
        );

        Assert.Equal([(Verdict.OwnerAction, 1L), (Verdict.OwnerAction, 0L)], found.Select(one => (one.Verdict, one.RecordCount)));
        Assert.Equal("LocationMissing", missing.Fault.Id);
    }

    [Fact]
    public async Task DuplicateDetection_IsNoReasonToRefuse()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { DuplicateWindow = TimeSpan.FromMinutes(10) });
        BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Alice), Settlement.DeadLetter);

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal((1L, (Fault?)null), (outcome.RecordsErased, outcome.Fault));
    }

    private static string Shown(BusQueue queue) =>
        string.Join(
            ';',
            new[] { queue, queue.DeadLetters! }
                .SelectMany(one => one.Messages)
                .Select(message => $"{message.Sequence} {message.State} {message.IsLocked} {message.Deliveries}")
        );
}
