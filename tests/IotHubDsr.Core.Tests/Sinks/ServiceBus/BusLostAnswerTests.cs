using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox.Messaging.Amqp;
using IotHubDsr.Sandbox.Messaging.ServiceBus;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.ServiceBus;

/// <summary>The service takes a message out, and its answer is lost: the next attempt finds nothing, and yet it was erased.</summary>
public sealed class BusLostAnswerTests
{
    private const string Cancel = "com.microsoft:cancel-scheduled-message";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Cancel_WhoseAnswerIsLost_Counts(int messages)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        for (int number = 0; number < messages; number++)
            sandbox.Route(queue, BusSandbox.Alice, message => message.ScheduledFor = sandbox.Clock.GetUtcNow().AddDays(1));
        sandbox.Route(queue, BusSandbox.Bob, message => message.ScheduledFor = sandbox.Clock.GetUtcNow().AddDays(1));
        sandbox.Session.Server.AmqpFaults.Add(new AmqpFaultRule { Operation = Cancel, LosesAnswer = true });

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Empty(sandbox.Session.Server.AmqpFaults.Pending);
        Assert.Equal((messages, (Fault?)null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal([BusSandbox.Bob], queue.Messages.Select(BusSandbox.DeviceOf));
    }

    [Theory]
    [InlineData(nameof(Settlement.DeadLetter), "disposition", null)]
    [InlineData(nameof(Settlement.Abandon), "disposition", null)]
    [InlineData(nameof(Settlement.Defer), null, "com.microsoft:update-disposition")]
    public async Task Completion_WhoseAnswerIsLost_Counts(string how, string? frame, string? operation)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        sandbox.Erasure = sandbox.Erasure with { SettleMessages = true };
        BusQueue queue = sandbox.Add();
        BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Alice), Enum.Parse<Settlement>(how));
        BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Bob), Enum.Parse<Settlement>(how));
        sandbox.Session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Frame = frame,
                Operation = operation,
                LosesAnswer = true,
            }
        );

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Empty(sandbox.Session.Server.AmqpFaults.Pending);
        Assert.Equal((1L, (Fault?)null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal([BusSandbox.Bob], queue.Messages.Concat(queue.DeadLetters!.Messages).Select(BusSandbox.DeviceOf));
    }

    [Fact]
    public async Task Request_WhoseAnswersAreLost_CertifiesWhatItErased()
    {
        const string device = "dev1";
        const string place = $"{WorldNames.BusNamespace}/{WorldNames.AlertsQueue}";
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        BusQueue queue = sandbox.Server.World.Messaging.ServiceBus(WorldNames.BusNamespace).Queue(WorldNames.AlertsQueue)!;
        BusMessage scheduled = queue.Messages.First(message => BusSandbox.DeviceOf(message) == device).Copy();
        scheduled.ScheduledFor = sandbox.Server.World.Clock.GetUtcNow().AddDays(30);
        queue.Take(scheduled);

        // To a reader it looks as if it had been stored when its time comes.
        scheduled.Enqueued = scheduled.ScheduledFor.Value;
        sandbox.Server.AmqpFaults.Add(new AmqpFaultRule { Operation = Cancel, LosesAnswer = true });
        RemoveOptions removal = sandbox.Removal(device);

        List<ErasureReceipt> receipts = await sandbox.RemoveAsync(
            removal with
            {
                Planning = removal.Planning! with { Erasure = new ErasureOptions { SettleMessages = true } },
            }
        );

        ErasureReceipt receipt = Assert.Single(receipts, one => one.Place == place);
        Assert.DoesNotContain(queue.Messages, message => BusSandbox.DeviceOf(message) == device);
        Assert.True(receipt.Verdict is Verdict.Erased or Verdict.ErasurePending, $"{receipt}: {receipt.Detail}");
        Assert.Equal(receipt.RecordsPlanned, receipt.RecordsErased);
        Assert.Empty(sandbox.Server.AmqpFaults.Pending);
    }
}
