using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox.Hosting;
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
        DataRequest request = await sandbox.RequestAsync();
        ErasureReceipt soon = Assert.Single(await sandbox.ResumeAsync(request.RequestId), IsOfQueue);
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(25));
        ErasureReceipt unread = Assert.Single(await sandbox.VerifyAsync(request.RequestId), IsOfQueue);
        ErasureReceipt later = Assert.Single(await sandbox.ResumeAsync(request.RequestId), IsOfQueue);

        Assert.Equal(ErasureAction.Erase, Assert.Single(plan.Steps, step => step.Location.Kind == LocationKinds.StorageQueue).Action);
        // The device's own deletion can have left an event as well.
        Assert.True(first is { Verdict: Verdict.ErasurePending, RecordsErased: >= 10 }, $"{first} {first.Detail}");
        Assert.Equal((first.Verdict, first.Until, first.RecordsRemaining), (soon.Verdict, soon.Until, soon.RecordsRemaining));
        Assert.Contains("An earlier run received every message", soon.Detail, StringComparison.Ordinal);
        Assert.Equal(Verdict.OwnerAction, unread.Verdict);
        Assert.True(later is { Verdict: Verdict.Erased, RecordsErased: >= 10 }, $"{later} {later.Detail}");
        Assert.Equal(bystanders, queue.Messages.Select(message => message.Text));
        Assert.All(queue.Messages, message => Assert.InRange(message.DequeueCount, 1, 3));
    }

    [Fact]
    public async Task Resume_RunEndedBeforeItsVerification_ReceivesTheQueueOnceMoreAndEndsAsAnUndisturbedOne()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        StorageQueue queue = Fill(sandbox, 50);
        ErasurePlan plan = await sandbox.PlanAsync(new ErasureOptions { SettleMessages = true }, Device);
        (bool hasDeleted, bool hasReleased) = (false, false);

        await sandbox.EraseUntilAsync(plan, request =>
        {
            if (request.Service != "queue")
                return false;
            hasDeleted |= request.Method == "DELETE";
            hasReleased |= hasDeleted && request.Method == "PUT";
            return hasReleased && request.Method == "GET";
        });
        ErasureReceipt resumed = Assert.Single(await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId), IsOfQueue);

        Assert.True(
            resumed is { Verdict: Verdict.ErasurePending, RecordsErased: >= 10, RecordsRemaining: 0 },
            $"{resumed} {resumed.RecordsErased} {resumed.RecordsRemaining} {resumed.Detail}"
        );
        Assert.All(queue.Messages, message => Assert.InRange(message.DequeueCount, 1, 2));
    }

    [Theory]
    [InlineData(50, 4)]
    [InlineData(50, 1)]
    [InlineData(200, 35)]
    public async Task Resume_RunKilledBetweenDeletions_CountsWhatItHadDeleted(int messages, int deletions)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        StorageQueue queue = Fill(sandbox, messages);
        ErasurePlan plan = await sandbox.PlanAsync(new ErasureOptions { SettleMessages = true }, Device);
        int deleted = 0;

        await sandbox.EraseUntilAsync(plan, request =>
            request is { Service: "queue", Method: "DELETE" } && Interlocked.Increment(ref deleted) > deletions
        );
        int left = OwnMessagesIn(queue);
        sandbox.Server.World.Clock.Advance(TimeSpan.FromMinutes(30));
        ErasureReceipt resumed = Assert.Single(await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId), IsOfQueue);

        // The device's own deletion leaves an event as well, which the resumed run may meet.
        Assert.InRange(left, 1, (messages / 5) - 1);
        Assert.InRange(resumed.RecordsErased ?? 0, messages / 5, (messages / 5) + 1);
        Assert.Equal((0, 0L), (OwnMessagesIn(queue), resumed.RecordsRemaining));
    }

    [Fact]
    public async Task Resume_WalkThatMeetsAnObstacle_LeavesOpenWhatWasDeletedUntilOneMeetsNone()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        StorageQueue queue = Fill(sandbox, 50);
        ErasurePlan plan = await sandbox.PlanAsync(new ErasureOptions { SettleMessages = true }, Device);
        int deleted = 0;
        await sandbox.EraseUntilAsync(plan, request =>
            request is { Service: "queue", Method: "DELETE" } && Interlocked.Increment(ref deleted) > 4
        );
        sandbox.Server.World.Clock.Advance(TimeSpan.FromMinutes(30));
        string id = (await sandbox.RequestAsync()).RequestId;

        QueueMessage theirs = queue.Take(1, TimeSpan.FromMinutes(10))[0];
        ErasureReceipt hindered = Assert.Single(await sandbox.ResumeAsync(id), IsOfQueue);
        queue.Update(theirs.Id, theirs.PopReceipt, TimeSpan.Zero, text: null);
        ErasureReceipt resumed = Assert.Single(await sandbox.ResumeAsync(id), IsOfQueue);

        Assert.InRange(hindered.RecordsErased ?? 0, 0, 10);
        Assert.InRange(resumed.RecordsErased ?? 0, 10, 11);
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

    private static int OwnMessagesIn(StorageQueue queue) =>
        queue.Messages.Count(message => message.Text.Contains("\"dev1\"", StringComparison.Ordinal));

    /// <summary>Replaces what is seeded by events of which every fifth is the device's.</summary>
    /// <summary>While nobody can tell what leads to the queue, what could still arrive by a time still can.</summary>
    [Fact]
    public async Task Resume_SubscriptionsCannotBeListed_IsPendingAsLongAsBefore()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        StorageQueue queue = Fill(sandbox, 20);
        ErasurePlan plan = await sandbox.PlanAsync(new ErasureOptions { SettleMessages = true }, Device);
        ErasureReceipt first = Assert.Single(await sandbox.EraseAsync(plan), IsOfQueue);
        string id = first.RequestId;
        DateTimeOffset until = first.Until!.Value;
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(1));
        sandbox.Server.Faults.Add(
            new FaultRule
            {
                PathContains = "eventSubscriptions",
                Status = 403,
                Times = 1_000,
            }
        );

        ErasureReceipt unlisted = Assert.Single(await sandbox.ResumeAsync(id), IsOfQueue);
        queue.Put(Event(Device).ToJsonString(), TimeSpan.FromDays(7), TimeSpan.Zero);
        sandbox.Server.Faults.Clear();
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(25));
        ErasureReceipt later = Assert.Single(await sandbox.ResumeAsync(id), IsOfQueue);

        Assert.Equal(Verdict.ErasurePending, first.Verdict);
        Assert.Equal(Verdict.ErasurePending, unlisted.Verdict);
        Assert.True(unlisted.Until >= until, $"{unlisted.Until:u} {until:u} {unlisted.Detail}");
        Assert.Equal((Verdict.Erased, 0L), (later.Verdict, later.RecordsRemaining));
    }

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
