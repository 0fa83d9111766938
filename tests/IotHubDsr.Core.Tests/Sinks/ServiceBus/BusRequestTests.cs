using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox.Messaging.Amqp;
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

    [Fact]
    public async Task Resume_MessagesWereAnnouncedAndAreGone_AreCountedOnce()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        BusQueue queue = sandbox.Server.World.Messaging.ServiceBus(WorldNames.BusNamespace).Queue(WorldNames.AlertsQueue)!;
        List<long> others = [.. queue.Messages.Where(message => !IsOfDevice(message)).Select(message => message.Sequence)];
        ErasurePlan plan = await sandbox.PlanAsync(Settling, Device);
        long planned = plan.Steps.Single(step => step.Location.Place == Queue).Finding.RecordCount;
        int before = queue.Messages.Count;

        await sandbox.EraseUntilAsync(plan, request => request is { Method: "complete", Target: WorldNames.AlertsQueue });
        int taken = before - queue.Messages.Count;
        sandbox.Server.World.Clock.Advance(TimeSpan.FromMinutes(5));
        ErasureReceipt receipt = ReceiptOf(await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId));

        Assert.InRange(taken, 1, planned);
        Assert.Equal((planned, 0L), (receipt.RecordsErased, receipt.RecordsRemaining));
        Assert.Equal(others, queue.Messages.Select(message => message.Sequence));
    }

    [Fact]
    public async Task Resume_MessageWasAnnouncedAndHasMovedSince_IsFoundAndNotCertified()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        BusQueue queue = sandbox.Server.World.Messaging.ServiceBus(WorldNames.BusNamespace).Queue(WorldNames.AlertsQueue)!;
        BusMessage scheduled = queue.Messages.First(message => IsOfDevice(message)).Copy();
        scheduled.ScheduledFor = sandbox.Server.World.Clock.GetUtcNow().AddHours(1);
        queue.Take(scheduled);
        ErasurePlan plan = await sandbox.PlanAsync(Settling, Device);
        long planned = plan.Steps.Single(step => step.Location.Place == Queue).Finding.RecordCount;
        sandbox.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Operation = Cancel,
                Error = "com.microsoft:server-busy",
                Times = 100,
            }
        );

        await sandbox.EraseUntilAsync(plan, static request => request is { Service: "servicebus", Method: Cancel });
        sandbox.Server.AmqpFaults.Clear();

        // Its time comes: it is in the queue under another number.
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(2));
        ErasureReceipt receipt = ReceiptOf(await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId));

        // No plan shows it, so it stays for a further one.
        Assert.Single(Of(queue));
        Assert.Equal((planned, 1L), (receipt.RecordsPlanned, receipt.RecordsRemaining));
        Assert.NotInRange(receipt.Verdict, Verdict.Absent, Verdict.ErasurePending);
    }

    [Fact]
    public async Task QueueThatIsAPlaceOfItsOwn_IsNotReadThroughTheTopicThatForwardsToIt()
    {
        const string Audit = $"{WorldNames.BusNamespace}/{WorldNames.AuditQueue}";
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        BusQueue audit = sandbox.Server.World.Messaging.ServiceBus(WorldNames.BusNamespace).Queue(WorldNames.AuditQueue)!;
        long through = FoundAt(Topic, await sandbox.FindAsync(Device));
        string file = Path.Combine(sandbox.RequestStore, "locations.json");
        await File.WriteAllTextAsync(
            file,
            $$"""
            {"locations":[{"kind":"ServiceBusQueue","place":"{{Audit}}",
            "resourceId":"{{sandbox.Server.World.Names.ServiceBusId}}/queues/{{WorldNames.AuditQueue}}"}]}
            """
        );

        await sandbox.ConnectAsync(options => options with { LocationFile = file });
        List<DeviceDataFinding> own = await sandbox.FindAsync(Device);

        Assert.True(Of(audit).Any());
        Assert.Equal(Of(audit).Count(), FoundAt(Audit, own));
        Assert.Equal(through, FoundAt(Topic, own) + FoundAt(Audit, own));

        static long FoundAt(string place, List<DeviceDataFinding> findings) => findings.Single(one => one.Place == place).RecordCount;
    }

    /// <summary>IDs of locations leave out signs in which names of places differ.</summary>
    [Fact]
    public async Task PlaceThatOnlySharesItsIdWithThePlans_IsAnotherLocation()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ServiceBusNamespace bus = sandbox.Server.World.Messaging.ServiceBus(WorldNames.BusNamespace)!;
        BusQueue queue = bus.Queue(WorldNames.AlertsQueue)!;
        BusQueue planned = bus.AddQueue("left_over", new BusQueueOptions());
        BusQueue other = bus.AddQueue("left-over", new BusQueueOptions());
        planned.Take(queue.Messages.First(IsOfDevice).Copy());
        await ConnectAsync("left_over");
        ErasurePlan plan = await sandbox.PlanAsync(Settling, Device);
        await ConnectAsync("left-over");

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan);

        ErasureReceipt ofPlan = Assert.Single(receipts, one => one.Place == $"{WorldNames.BusNamespace}/left_over");
        ErasureReceipt ofOther = Assert.Single(receipts, one => one.Place == $"{WorldNames.BusNamespace}/left-over");
        Assert.NotEqual(ofPlan.Location.Id, ofOther.Location.Id);
        Assert.Equal((1L, Verdict.ErasurePending), (ofPlan.RecordsErased, ofPlan.Verdict));
        Assert.Equal(Verdict.Unknown, ofOther.Verdict);
        Assert.Empty(planned.Messages);
        Assert.Empty(other.Messages);

        async Task ConnectAsync(string name)
        {
            string file = Path.Combine(sandbox.RequestStore, $"{name}.json");
            await File.WriteAllTextAsync(
                file,
                $$"""
                {"locations":[{"kind":"ServiceBusQueue","place":"{{WorldNames.BusNamespace}}/{{name}}",
                "resourceId":"{{sandbox.Server.World.Names.ServiceBusId}}/queues/{{name}}"}]}
                """
            );
            await sandbox.ConnectAsync(options => options with { LocationFile = file });
        }
    }

    private const string Cancel = "com.microsoft:cancel-scheduled-message";

    private static readonly ErasureOptions Settling = new() { SettleMessages = true };

    private static ErasureReceipt ReceiptOf(IEnumerable<ErasureReceipt> receipts) =>
        Assert.Single(receipts, receipt => receipt.Place == Queue);

    private static bool IsOfDevice(BusMessage message) => BusSandbox.DeviceOf(message) == Device;

    private static IEnumerable<BusMessage> Of(BusQueue queue) => queue.Messages.Where(IsOfDevice);
}
