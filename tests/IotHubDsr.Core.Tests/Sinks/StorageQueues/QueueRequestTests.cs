using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox.Storage.Queues;
using IotHubDsr.Sandbox.World;
using static IotHubDsr.Core.Tests.Sinks.StorageQueues.QueueSinkUnderTest;

namespace IotHubDsr.Core.Tests.Sinks.StorageQueues;

/// <summary>The queue of an event subscription in a whole request.</summary>
public sealed class QueueRequestTests
{
    private const string Device = "dev1";

    [Fact]
    public async Task Seeded_Queue_IsCountedForEachDevice()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        QueueTruth truth = sandbox.Server.World.Truth.Queues[0];
        string[] devices = [.. sandbox.Server.World.Truth.Devices.Take(12)];

        List<DeviceDataFinding> found = [.. (await sandbox.FindAsync(devices)).Where(IsOfQueue)];

        Assert.Equal(devices.Length, found.Count);
        foreach (DeviceDataFinding finding in found)
        {
            DeviceRecords expected = truth.Events.GetValueOrDefault(finding.DeviceId, new DeviceRecords(0, 0, 0));
            Assert.Equal(
                (finding.DeviceId, expected.Direct + expected.Attributed),
                (finding.DeviceId, finding.RecordCount + finding.RelayedCount)
            );
            Assert.Equal(expected.Direct + expected.Attributed > 0 ? Verdict.Expiring : Verdict.Absent, finding.Verdict);
        }
    }

    [Fact]
    public async Task Request_ThatMaySettle_EndsErasedAndKeepsEverybodyElse()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        StorageQueue queue = Fill(sandbox, 50);
        ErasurePlan plan = await sandbox.PlanAsync(new ErasureOptions { SettleMessages = true }, Device);
        string[] bystanders =
        [
            .. queue.Messages.Select(message => message.Text).Where(text => !text.Contains("\"dev1\"", StringComparison.Ordinal)),
        ];

        ErasureReceipt first = Assert.Single(await sandbox.EraseAsync(plan), IsOfQueue);
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(25));
        DataRequest request = await sandbox.RequestAsync();
        ErasureReceipt later = Assert.Single(await sandbox.ResumeAsync(request.RequestId), IsOfQueue);

        Assert.Equal(ErasureAction.Erase, Assert.Single(plan.Steps, step => step.Location.Kind == LocationKinds.StorageQueue).Action);
        // The device's own deletion can have left an event as well.
        Assert.True(first is { Verdict: Verdict.ErasurePending, RecordsErased: >= 10 }, $"{first} {first.Detail}");
        Assert.True(later is { Verdict: Verdict.Erased, RecordsErased: >= 10 }, $"{later} {later.Detail}");
        Assert.Equal(bystanders, queue.Messages.Select(message => message.Text));
        Assert.All(queue.Messages, message => Assert.InRange(message.DequeueCount, 1, 3));
    }

    [Fact]
    public async Task Request_ThatMayNotSettle_PlansNothingThere()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        StorageQueue queue = Fill(sandbox, 50);

        ErasurePlan plan = await sandbox.PlanAsync(Device);
        ErasureReceipt receipt = Assert.Single(await sandbox.EraseAsync(plan), IsOfQueue);

        Assert.Equal(ErasureAction.None, Assert.Single(plan.Steps, step => step.Location.Kind == LocationKinds.StorageQueue).Action);
        Assert.Equal((Verdict.OwnerAction, 0L), (receipt.Verdict, receipt.RecordsErased));
        Assert.All(queue.Messages, message => Assert.Equal(0, message.DequeueCount));
    }

    [Fact]
    public async Task Resume_OfARequestThatMayNotSettle_ExceedsNoPlanByWhatArrives()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        StorageQueue queue = Fill(sandbox, 5);
        string id = (await sandbox.EraseAsync(await sandbox.PlanAsync(Device)))[0].RequestId;
        queue.Put(Event(Device).ToJsonString(), TimeSpan.FromDays(7), TimeSpan.Zero);

        ErasureReceipt receipt = Assert.Single(await sandbox.ResumeAsync(id), IsOfQueue);

        Assert.Equal((Verdict.Expiring, 0L), (receipt.Verdict, receipt.RecordsErased));
        Assert.DoesNotContain(sandbox.Reported, fault =>
            fault.Id == "PlanExceeded" && fault.Target!.Contains("StorageQueue", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Plan_ThatMaySettle_SendsNothingThatChangesTheQueue()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        StorageQueue queue = Fill(sandbox, 50);

        await sandbox.PlanAsync(new ErasureOptions { SettleMessages = true }, Device);

        Assert.All(queue.Messages, message => Assert.Equal(0, message.DequeueCount));
        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), request => request is { Service: "queue", Mutating: true });
    }

    [Fact]
    public async Task Queue_ThatCannotBeRead_LeavesTheOtherVerdictsAsTheyAre()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        Fill(sandbox, 10);
        List<DeviceDataFinding> all = await sandbox.FindAsync(Device);
        sandbox.Server.Access.Denied = [$"queue:{WorldNames.UploadAccount}/{WorldNames.EventQueue}"];

        List<DeviceDataFinding> some = await sandbox.FindAsync(Device);

        DeviceDataFinding changed = Assert.Single(all.Zip(some), pair => pair.First.Verdict != pair.Second.Verdict).Second;
        Assert.Equal((LocationKinds.StorageQueue, Verdict.Unreachable), (changed.Kind, changed.Verdict));
    }

    /// <summary>Replaces what is seeded by events of which every fifth is the device's.</summary>
    private static StorageQueue Fill(RequestSandbox sandbox, int count)
    {
        StorageQueue queue = sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.UploadAccount).Queues.GetOrAdd(WorldNames.EventQueue);
        queue.Clear();
        for (int n = 0; n < count; n++)
            queue.Put(Event(n % 5 == 4 ? Device : "th-001").ToJsonString(), TimeSpan.FromDays(7), TimeSpan.Zero);
        return queue;
    }

    private static bool IsOfQueue(DeviceDataFinding finding) => finding.Kind == LocationKinds.StorageQueue;

    private static bool IsOfQueue(ErasureReceipt receipt) => receipt.Kind == LocationKinds.StorageQueue;
}
