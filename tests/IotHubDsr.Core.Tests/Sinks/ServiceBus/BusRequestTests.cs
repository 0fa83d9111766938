using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox.Messaging.ServiceBus;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.ServiceBus;

/// <summary>Queues and topics in a whole request: what is taken out is verified, and what is left has a reason.</summary>
public sealed class BusRequestTests
{
    private const string Device = "dev1";
    private const string Queue = $"{WorldNames.BusNamespace}/{WorldNames.AlertsQueue}";
    private const string Topic = $"{WorldNames.BusNamespace}/{WorldNames.AlertsTopic}";

    [Fact]
    public async Task Request_WithoutSettling_LeavesActiveMessages_AndSaysWhatTakesThemOut()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        BusQueue queue = sandbox.Server.World.Messaging.ServiceBus(WorldNames.BusNamespace).Queue(WorldNames.AlertsQueue)!;
        ErasurePlan plan = await sandbox.PlanAsync(Device);

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan);

        ErasureReceipt receipt = Assert.Single(receipts, one => one.Place == Queue);
        Assert.Equal(Verdict.OwnerAction, receipt.Verdict);
        Assert.Contains("-SettleMessages", receipt.Detail, StringComparison.Ordinal);
        Assert.All(Of(queue), message => Assert.Equal(BusMessageState.Active, message.State));
        Assert.DoesNotContain(queue.DeadLetters!.Messages, IsOfDevice);
    }

    [Fact]
    public async Task Request_WithSettling_ErasesTheQueue_AndThePlanSaysSo()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        BusQueue queue = sandbox.Server.World.Messaging.ServiceBus(WorldNames.BusNamespace).Queue(WorldNames.AlertsQueue)!;
        int others = queue.Messages.Count(message => !IsOfDevice(message));
        var options = new ErasureOptions { SettleMessages = true };
        RemoveOptions removal = sandbox.Removal(Device);

        List<ErasureReceipt> receipts = await sandbox.RemoveAsync(removal with { Planning = removal.Planning! with { Erasure = options } });

        ErasureReceipt receipt = Assert.Single(receipts, one => one.Place == Queue);
        Assert.True(receipt.Verdict is Verdict.Erased or Verdict.ErasurePending, $"{receipt}: {receipt.Detail}");
        Assert.True(receipt.RecordsErased > 0);
        Assert.Equal(receipt.RecordsPlanned, receipt.RecordsErased);
        Assert.Empty(Of(queue));
        Assert.Equal(others, queue.Messages.Count);
        Assert.All(queue.Messages, message => Assert.InRange(message.Deliveries, 0, 2));
        List<ConfirmationEvent> asked = [.. sandbox.Events.OfType<ConfirmationEvent>().Where(one => one.NeedsConsent)];
        Assert.Equal(3, asked.Count);
        Assert.All(asked, one => Assert.Contains("deliver messages of other devices once more", one.Action, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Topic_ThatIsUnhealthy_StaysPendingAfterItsMessagesAreGone()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        RemoveOptions removal = sandbox.Removal(Device);

        List<ErasureReceipt> receipts = await sandbox.RemoveAsync(
            removal with
            {
                Planning = removal.Planning! with { Erasure = new ErasureOptions { SettleMessages = true } },
            }
        );

        ErasureReceipt receipt = Assert.Single(receipts, one => one.Place == Topic);
        Assert.Equal((Verdict.ErasurePending, 0L), (receipt.Verdict, receipt.RecordsRemaining));
        Assert.True(receipt.RecordsErased > 0);
    }

    [Fact]
    public async Task QueueThatCannotBeRead_LeavesTheOtherVerdictsAsTheyAre()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<DeviceDataFinding> all = await sandbox.FindAsync(Device);
        sandbox.Server.Access.Denied = [$"messaging:{Queue}"];

        List<DeviceDataFinding> some = await sandbox.FindAsync(Device);

        string[] changed = [.. all.Zip(some).Where(pair => pair.First.Verdict != pair.Second.Verdict).Select(pair => pair.First.Place)];
        Assert.Equal([Queue], changed);
        Assert.Equal(Verdict.Unreachable, some.Single(one => one.Place == Queue).Verdict);
    }

    private static bool IsOfDevice(BusMessage message) => BusSandbox.DeviceOf(message) == Device;

    private static IEnumerable<BusMessage> Of(BusQueue queue) => queue.Messages.Where(IsOfDevice);
}
