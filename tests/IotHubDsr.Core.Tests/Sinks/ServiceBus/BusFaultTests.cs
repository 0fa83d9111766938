using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Messaging.Amqp;
using IotHubDsr.Sandbox.Messaging.ServiceBus;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.ServiceBus;

/// <summary>What goes wrong with queues: nothing is counted twice or missed, and nobody is absent from what was not read.</summary>
public sealed class BusFaultTests
{
    [Theory]
    [InlineData("begin", 0)]
    [InlineData("attach", 2)]
    [InlineData("flow", 2)]
    [InlineData("transfer", 3)]
    public async Task Reset_AtAFrame_CountsEachMessageOnce(string frame, int skip)
    {
        await using BusSandbox sandbox = await FilledAsync();
        sandbox.Session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Frame = frame,
                Skip = skip,
                Reset = true,
            }
        );

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(BusSandbox.Alice, BusSandbox.Bob);

        Assert.Empty(sandbox.Session.Server.AmqpFaults.Pending);
        Assert.Equal([500L, 500L], found.Select(one => one.RecordCount));
        Assert.Empty(sandbox.Reported);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Reset_InMidPeek_CountsEachMessageOnce(int skip)
    {
        await using BusSandbox sandbox = await FilledAsync();
        sandbox.Session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Operation = "com.microsoft:peek-message",
                Skip = skip,
                Times = 2,
                Reset = true,
            }
        );

        Assert.Equal([500L, 500L], (await sandbox.FindAsync(BusSandbox.Alice, BusSandbox.Bob)).Select(one => one.RecordCount));
        Assert.Empty(sandbox.Session.Server.AmqpFaults.Pending);
    }

    [Fact]
    public async Task Peek_ThatBreaksOff_MakesNobodyAbsent()
    {
        await using BusSandbox sandbox = await FilledAsync();
        sandbox.Session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Operation = "com.microsoft:peek-message",
                Skip = 2,
                Times = 1000,
                Error = "amqp:internal-error",
                Status = 500,
            }
        );

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(BusSandbox.Alice, "nobody");

        Assert.All(found, one => Assert.Equal(Verdict.Unreachable, one.Verdict));
        Assert.NotEmpty(sandbox.Reported);
    }

    [Fact]
    public async Task Token_ThatEndsDuringARead_IsRenewed()
    {
        await using BusSandbox sandbox = await FilledAsync();
        sandbox.Session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Operation = "put-token",
                TokenSeconds = 0.2,
                Times = 2,
            }
        );
        sandbox.Session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Operation = "com.microsoft:peek-message",
                Skip = 1,
                LatencyMilliseconds = 500,
            }
        );

        Assert.Equal([500L, 500L], (await sandbox.FindAsync(BusSandbox.Alice, BusSandbox.Bob)).Select(one => one.RecordCount));
    }

    [Fact]
    public async Task Busy_IsWaitedFor()
    {
        await using BusSandbox sandbox = await FilledAsync();
        sandbox.Session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Operation = "com.microsoft:peek-message",
                Skip = 1,
                Times = 2,
                Error = "com.microsoft:server-busy",
            }
        );

        Assert.Equal([500L, 500L], (await sandbox.FindAsync(BusSandbox.Alice, BusSandbox.Bob)).Select(one => one.RecordCount));
    }

    [Theory]
    [InlineData("disposition", 1)]
    [InlineData("transfer", 60)]
    public async Task Reset_WhileSettling_LosesNoMessageOfOthers(string frame, int skip)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        for (int number = 0; number < 120; number++)
            BusSandbox.Settle(queue, sandbox.Route(queue, number % 30 == 7 ? BusSandbox.Alice : BusSandbox.Bob), Settlement.DeadLetter);
        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);
        sandbox.Session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Frame = frame,
                AddressContains = "$deadletterqueue",
                Skip = skip,
                Reset = true,
            }
        );

        ErasureOutcome outcome = await sandbox.EraseAsync(found);
        sandbox.Clock.Advance(TimeSpan.FromMinutes(5));
        await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.InRange(outcome.RecordsErased, 0, 4);
        Assert.Equal(116, queue.DeadLetters!.Messages.Count);
        Assert.All(queue.DeadLetters.Messages, message => Assert.Equal(BusSandbox.Bob, BusSandbox.DeviceOf(message)));
    }

    [Fact]
    public async Task MissingRight_IsNamedWithItsScope()
    {
        await using BusSandbox sandbox = await FilledAsync();
        WorldNames names = sandbox.Session.Server.World.Names;
        sandbox.Session.Server.Access.Assignments = [new RoleAssignment(names.Subscription, new RoleDefinition { Actions = ["*/read"] })];

        Fault fault = (await Assert.ThrowsAsync<DsrException>(() => sandbox.FindAsync(BusSandbox.Alice))).Fault;

        Assert.Equal("PermissionMissing", fault.Id);
        Assert.Contains("Microsoft.ServiceBus/namespaces/messages/receive/action", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Azure Service Bus Data Receiver", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains(names.ServiceBusId, fault.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingRightToCancel_IsNamed_AndTheRestIsTakenOut()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        sandbox.Route(queue, BusSandbox.Alice, message => message.ScheduledFor = sandbox.Clock.GetUtcNow().AddDays(1));
        BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Alice), Settlement.DeadLetter);
        WorldNames names = sandbox.Session.Server.World.Names;
        sandbox.Session.Server.Access.Assignments =
        [
            new RoleAssignment(
                names.Subscription,
                new RoleDefinition { Actions = ["*/read"], DataActions = ["Microsoft.ServiceBus/*/receive/action"] }
            ),
        ];

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal((1L, "PermissionMissing"), (outcome.RecordsErased, outcome.Fault!.Id));
        Assert.Contains("Microsoft.ServiceBus/namespaces/messages/send/action", outcome.Fault.Message, StringComparison.Ordinal);
        Assert.Equal(BusMessageState.Scheduled, Assert.Single(queue.Messages).State);
    }

    private static async Task<BusSandbox> FilledAsync()
    {
        BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { TimeToLive = TimeSpan.FromDays(1) });
        for (int number = 0; number < 1000; number++)
            sandbox.Route(queue, number % 2 == 0 ? BusSandbox.Alice : BusSandbox.Bob);
        return sandbox;
    }
}
