using System.Text.Json.Nodes;
using Azure.Storage.Queues.Models;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Sinks.Azurite;
using IotHubDsr.Tests.Azurite;
using static IotHubDsr.Core.Tests.Sinks.StorageQueues.QueueSinkUnderTest;

namespace IotHubDsr.Core.Tests.Sinks.StorageQueues;

/// <summary>An erasure receives every message: the subject's go, and no other is lost, out of order, or received twice.</summary>
public sealed class QueueErasureTests(AzuriteServer azurite) : IClassFixture<AzuriteServer>
{
    private static readonly ErasureOptions Settling = new() { SettleMessages = true };

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Erase_LongQueue_DeletesTheSubjectsAndKeepsTheOthersInOrder(string service)
    {
        await using QueueSinkUnderTest queue = await StartAsync(service, azurite);
        queue.Erasure = Settling;
        List<string> bystanders = await FillAsync(queue, 80, every: 8);

        DeviceDataFinding found = await queue.FindOneAsync(Alice);
        IReadOnlyList<ErasureOutcome> outcomes = await queue.EraseAsync([found], CancellationToken.None);
        DeviceDataFinding after = await queue.FindOneAsync(Alice);
        DeviceDataFinding later = await queue.FindOneAsync(Alice);

        Assert.Equal((Verdict.Present, 4L), (found.Verdict, found.RecordCount));
        Assert.Equal((null, 10L, 10), (outcomes[0].Fault, outcomes[0].RecordsErased, outcomes[0].ItemsChanged));
        Assert.Equal((Verdict.Absent, 0L), (after.Verdict, after.RecordCount));
        Assert.Equal(Verdict.OwnerAction, later.Verdict);
        Assert.Equal(10, queue.Announced.Sum(one => one.Items.Sum(item => item.Records)));
        Assert.Equal(bystanders.Select(text => (text, 1L)), await queue.DrainAsync());
        Assert.Empty(queue.Reported);
    }

    /// <summary>What came after the device of the plan was gone may be another one's: it stays, and the walk that saw it says so.</summary>
    [Fact]
    public async Task Erase_MessageBeyondTheBound_IsGivenBackAndNobodyIsAbsent()
    {
        await using QueueSinkUnderTest queue = await QueueSinkUnderTest.StartAsync();
        queue.Erasure = Settling;
        queue.Bounds = new Dictionary<string, RecordBound>
        {
            [Alice] = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), GenerationId: null, DateTimeOffset.UnixEpoch),
        };
        for (int number = 0; number < 60; number++)
            await queue.PutAsync(number == 50 ? Alice : Bob);

        IReadOnlyList<ErasureOutcome> outcomes = await queue.EraseAsync(await queue.FindAsync(Alice), CancellationToken.None, static _ =>
            100
        );
        DeviceDataFinding after = await queue.FindOneAsync(Alice);

        Assert.Equal((0L, null), (outcomes[0].RecordsErased, outcomes[0].Fault));
        Assert.NotEqual(Verdict.Absent, after.Verdict);
        Assert.Equal(60, (await queue.DrainAsync()).Count);
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Erase_WithoutTheChoice_ReceivesNothing(string service)
    {
        await using QueueSinkUnderTest queue = await StartAsync(service, azurite);
        List<string> bystanders = await FillAsync(queue, 10, every: 2);

        IReadOnlyList<ErasureOutcome> outcomes = await queue.EraseAsync(Alice);

        Assert.Equal(0, outcomes[0].RecordsErased);
        Assert.Empty(queue.Announced);
        List<(string Text, long Dequeues)> left = await queue.DrainAsync();
        Assert.Equal((10, 5), (left.Count, bystanders.Count));
        Assert.All(left, one => Assert.Equal(0, one.Dequeues));
    }

    [Fact]
    public async Task Erase_MessageOfAHeldDeviceThatNamesTheSubject_IsGivenBack()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling with { Scope = new RecordScope { IncludeMentioned = true } };
        queue.HeldDevices = [Bob];
        await queue.PutAsync(Alice);
        JsonObject naming = Event(Bob);
        naming["eventType"] = "Microsoft.Devices.DeviceTelemetry";
        naming["data"] = new JsonObject
        {
            ["properties"] = new JsonObject(),
            ["systemProperties"] = new JsonObject { ["iothub-connection-device-id"] = Bob, ["iothub-content-type"] = "application/json" },
            ["body"] = new JsonObject { ["about"] = Alice },
        };
        await queue.PutAsync(naming);

        DeviceDataFinding found = await queue.FindOneAsync(Alice);
        ErasureOutcome outcome = Assert.Single(await queue.EraseAsync([found], CancellationToken.None));

        Assert.Equal(2, found.RecordCount);
        Assert.Equal((1L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Single(await queue.DrainAsync());
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Erase_WhileAnotherReaderHasMessages_SaysSoAndLeavesNobodyAbsent(string service)
    {
        await using QueueSinkUnderTest queue = await StartAsync(service, azurite);
        queue.Erasure = Settling;
        await FillAsync(queue, 6, every: 2);
        QueueMessage[] others = await queue.Client.ReceiveMessagesAsync(2, TimeSpan.FromMinutes(10));

        IReadOnlyList<ErasureOutcome> outcomes = await queue.EraseAsync(Alice);
        DeviceDataFinding after = await queue.FindOneAsync(Alice);

        Assert.Equal(("QueueIncomplete", 2L), (outcomes[0].Fault?.Id, outcomes[0].RecordsErased));
        Assert.Contains("2 messages had been received by somebody else", outcomes[0].Fault!.Message, StringComparison.Ordinal);
        Assert.Equal(Verdict.OwnerAction, after.Verdict);
        Assert.Equal("QueueIncomplete", Assert.Single(queue.Reported).Id);

        // What the other reader has is still its own to delete.
        foreach (QueueMessage message in others)
            await queue.Client.DeleteMessageAsync(message.MessageId, message.PopReceipt);
        Assert.Equal(Verdict.Absent, (await queue.FindOneAsync(Alice)).Verdict);
    }

    [Fact]
    public async Task Erase_EndsInTheMiddle_MessagesReappearAndAnotherRunFindsThem()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling;
        List<string> bystanders = await FillAsync(queue, 50, every: 5);
        IReadOnlyList<DeviceDataFinding> found = await queue.FindAsync(Alice);
        bool isDead = false;
        int deleted = 0;
        queue.Wire.Before = request =>
        {
            isDead |= request.Method == HttpMethod.Delete && ++deleted > 3;
            return isDead ? throw new HttpRequestException("The process is gone.") : Task.CompletedTask;
        };

        await queue.EraseAsync(found, CancellationToken.None);
        queue.Wire.Before = null;
        queue.Restart();
        IReadOnlyList<DeviceDataFinding> meanwhile = await queue.FindAsync(Alice, Bob);
        queue.Sandbox.Server.World.Clock.Advance(TimeSpan.FromMinutes(30));
        IReadOnlyList<ErasureOutcome> outcomes = await queue.EraseAsync(Alice);

        Assert.All(meanwhile, one => Assert.Equal(Verdict.OwnerAction, one.Verdict));
        Assert.Contains("47 messages of 47", meanwhile[0].Detail, StringComparison.Ordinal);
        Assert.Equal((null, 7L), (outcomes[0].Fault, outcomes[0].RecordsErased));
        Assert.Equal(bystanders.Select(text => (text, 2L)), await queue.DrainAsync());
        Assert.Contains(queue.Events.OfType<NoticeEvent>(), notice =>
            notice.Level == NoticeLevel.Warning && notice.Text.Contains("could not be given back", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Receipt_ThatIsStaleAsAnotherReceiverHasTheMessage_ErasesNothingAndTakesNothingFromIt(bool isDeletedByIt)
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling;
        List<string> bystanders = await FillAsync(queue, 12, every: 4);
        QueueMessage[] others = [];
        queue.Wire.Before = async request =>
        {
            if (request.Method != HttpMethod.Delete || others.Length > 0)
                return;

            // The erasure takes so long that its messages are visible again, and their receiver gets the first ones.
            queue.Sandbox.Server.World.Clock.Advance(TimeSpan.FromMinutes(30));
            others = await queue.Client.ReceiveMessagesAsync(2, TimeSpan.FromMinutes(10));
            foreach (QueueMessage message in isDeletedByIt ? others : [])
                await queue.Client.DeleteMessageAsync(message.MessageId, message.PopReceipt);
        };

        IReadOnlyList<ErasureOutcome> outcomes = await queue.EraseAsync(Alice);
        queue.Wire.Before = null;
        DeviceDataFinding after = await queue.FindOneAsync(Alice);

        // The second of them is the subject's first one.
        Assert.Equal(bystanders[0], others[0].MessageText);
        Assert.Equal(("QueueIncomplete", 2L), (outcomes[0].Fault?.Id, outcomes[0].RecordsErased));
        Assert.NotEqual(Verdict.Erased, after.Verdict);
        if (isDeletedByIt)
        {
            Assert.Equal(bystanders.Skip(1), (await queue.DrainAsync()).Select(one => one.Text));
            return;
        }

        Assert.NotEqual(Verdict.Absent, after.Verdict);
        foreach (QueueMessage message in others)
            await queue.Client.UpdateMessageAsync(message.MessageId, message.PopReceipt, visibilityTimeout: TimeSpan.Zero);
        List<string> left = [.. (await queue.DrainAsync()).Select(one => one.Text)];
        Assert.Equal(bystanders.Order(), left.Intersect(bystanders).Order());
        Assert.Equal(bystanders.Count + 1, left.Count);
    }

    [Fact]
    public async Task Erase_IsStopped_GivesBackWhatItHolds()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling;
        await FillAsync(queue, 40, every: 4);
        IReadOnlyList<DeviceDataFinding> found = await queue.FindAsync(Alice);
        using var stop = new CancellationTokenSource();
        queue.OnAnnounce = () =>
        {
            stop.Cancel();
            throw new OperationCanceledException(stop.Token);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.EraseAsync(found, stop.Token));

        List<(string Text, long Dequeues)> left = await queue.DrainAsync();
        Assert.Equal(40, left.Count);
        Assert.All(left, one => Assert.Equal(1, one.Dequeues));
    }

    [Theory]
    [InlineData("GET", "peekonly")]
    [InlineData("GET", "numofmessages=32&visibilitytimeout")]
    [InlineData("GET", "comp=metadata")]
    [InlineData("DELETE", "/messages/")]
    [InlineData("PUT", "/messages/")]
    public async Task Busy_Once_IsTriedAgain(string method, string path)
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling;
        List<string> bystanders = await FillAsync(queue, 40, every: 4);
        Fault503(queue, method, path, times: 1);

        IReadOnlyList<ErasureOutcome> outcomes = await queue.EraseAsync(Alice);

        Assert.Empty(queue.Sandbox.Server.Faults.Pending);
        Assert.Equal((null, 10L), (outcomes[0].Fault, outcomes[0].RecordsErased));
        Assert.Equal(bystanders, (await queue.DrainAsync()).Select(one => one.Text));
    }

    [Fact]
    public async Task Busy_Throughout_IsAFaultThatChangesNothing()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        await FillAsync(queue, 5, every: 2);
        Fault503(queue, "GET", "peekonly", times: 100);

        Fault fault = (await Assert.ThrowsAsync<DsrException>(() => queue.FindAsync(Alice))).Fault;

        Assert.Equal("ServiceFailed", fault.Id);
        Assert.Contains("ServerBusy (503)", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Busy_WhileDeleting_LeavesTheMessageToBeFoundAgain()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling;
        List<string> bystanders = await FillAsync(queue, 20, every: 4);
        Fault503(queue, "DELETE", "/messages/", times: 6);

        IReadOnlyList<ErasureOutcome> outcomes = await queue.EraseAsync(Alice);
        DeviceDataFinding after = await queue.FindOneAsync(Alice);

        Assert.Equal(("ServiceFailed", 4L), (outcomes[0].Fault?.Id, outcomes[0].RecordsErased));
        Assert.Equal((Verdict.Present, 1L), (after.Verdict, after.RecordCount));
        Assert.Equal(bystanders, (await queue.DrainAsync()).Select(one => one.Text).Intersect(bystanders));
    }

    [Fact]
    public async Task Answer_ThatIsLost_IsNoFailure()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling;
        List<string> bystanders = await FillAsync(queue, 12, every: 4);
        HashSet<string> lost = [];
        queue.Wire.LoseResponse = request =>
            request.Method != HttpMethod.Get
            && request.RequestUri!.AbsolutePath.Contains("/messages/", StringComparison.Ordinal)
            && lost.Add(request.RequestUri.AbsolutePath);

        IReadOnlyList<ErasureOutcome> outcomes = await queue.EraseAsync(Alice);
        queue.Wire.LoseResponse = null;

        Assert.Equal((null, 3L), (outcomes[0].Fault, outcomes[0].RecordsErased));
        Assert.Equal(bystanders.Select(text => (text, 1L)), await queue.DrainAsync());
        Assert.DoesNotContain(queue.Events, told => told is NoticeEvent { Level: NoticeLevel.Warning });
    }

    [Fact]
    public async Task Message_WithEventsOfOthers_GoesOnlyWithAllOfThem()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling;
        await queue.PutAsync(new JsonArray(Event(Alice), Event(Bob)));

        DeviceDataFinding found = await queue.FindOneAsync(Alice);
        IReadOnlyList<ErasureOutcome> alone = await queue.EraseAsync([found], CancellationToken.None);
        IReadOnlyList<ErasureOutcome> both = await queue.EraseAsync(Alice, Bob);

        Assert.Equal((Verdict.Expiring, 1L), (found.Verdict, found.RecordCount));
        Assert.Contains("holds events of others as well", found.Detail, StringComparison.Ordinal);
        Assert.Equal(0, alone[0].RecordsErased);
        Assert.Equal([1L, 1L], both.Select(one => one.RecordsErased));
        Assert.Equal(0, (await queue.Client.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task Message_ThatTellsOnlyAPart_Stays()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling;
        await queue.PutAsync(new JsonArray(Event(Alice), 5));

        Assert.Equal(0, (await queue.EraseAsync(Alice))[0].RecordsErased);
        Assert.Equal(1, (await queue.Client.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task Walk_FindsMoreThanThePlanCovers_LeavesItForAFurtherPlan()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling;
        await FillAsync(queue, 80, every: 8);
        IReadOnlyList<DeviceDataFinding> found = await queue.FindAsync(Alice);

        IReadOnlyList<ErasureOutcome> outcomes = await queue.EraseAsync(found, CancellationToken.None, _ => 2);

        Assert.Equal(("PlanExceeded", 6L), (outcomes[0].Fault?.Id, outcomes[0].RecordsErased));
        Assert.Contains("4 records", outcomes[0].Fault!.Message, StringComparison.Ordinal);
        Assert.Equal("PlanExceeded", Assert.Single(queue.Reported).Id);
        Assert.NotEqual(Verdict.Absent, (await queue.FindOneAsync(Alice)).Verdict);
    }

    [Fact]
    public async Task Walk_MessageBehindTheFrontThatNobodyPlanned_IsFoundWhereverItLies()
    {
        await using QueueSinkUnderTest queue = await QueueSinkUnderTest.StartAsync();
        queue.Erasure = Settling;
        for (int number = 0; number < 60; number++)
            await queue.PutAsync(number == 50 ? Alice : Bob);

        IReadOnlyList<ErasureOutcome> outcomes = await queue.EraseAsync(await queue.FindAsync(Alice), CancellationToken.None, static _ =>
            0
        );
        DeviceDataFinding after = await queue.FindOneAsync(Alice);

        Assert.Equal((0L, "PlanExceeded"), (outcomes[0].RecordsErased, outcomes[0].Fault?.Id));
        Assert.Equal((Verdict.Present, 1L, false), (after.Verdict, after.RecordCount, after.MayHoldMore));
        Assert.Single(after.Items);
    }

    [Fact]
    public async Task Walk_MeetsAMessageThatItsReceiverMayGiveUpOn_StopsBefore()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling;
        await queue.PutAsync(Alice);
        await queue.PutAsync(Bob);
        for (int tries = 0; tries < 4; tries++)
        {
            foreach (QueueMessage message in (await queue.Client.ReceiveMessagesAsync(32)).Value)
                await queue.Client.UpdateMessageAsync(message.MessageId, message.PopReceipt, visibilityTimeout: TimeSpan.Zero);
        }

        IReadOnlyList<ErasureOutcome> outcomes = await queue.EraseAsync(Alice);

        Assert.Equal(("QueueIncomplete", 0L), (outcomes[0].Fault?.Id, outcomes[0].RecordsErased));
        Assert.Contains("has been received 4 times already", outcomes[0].Fault!.Message, StringComparison.Ordinal);
        Assert.Equal([4L, 4L], (await queue.DrainAsync()).Select(one => one.Dequeues));
    }

    [Fact]
    public async Task Walk_BeforeMessagesCome_SaysNothingOfThem()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling;
        await FillAsync(queue, 60, every: 4);
        await queue.EraseAsync(Alice);
        await queue.PutAsync(Alice);

        DeviceDataFinding after = await queue.FindOneAsync(Alice);

        Assert.Equal((Verdict.OwnerAction, 0L), (after.Verdict, after.RecordCount));
        Assert.Contains("lower bound", after.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Walk_OfAnotherOperation_SaysNothing()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling;
        await FillAsync(queue, 60, every: 4);
        await queue.EraseAsync(Alice);
        WorkGate own = queue.Operation;
        queue.Operation = new WorkGate(4);

        DeviceDataFinding another = await queue.FindOneAsync(Alice);
        queue.Operation = own;

        Assert.Equal(Verdict.OwnerAction, another.Verdict);
        Assert.Equal(Verdict.Absent, (await queue.FindOneAsync(Alice)).Verdict);
    }

    [Fact]
    public async Task Walk_ThatWasForOthers_LeavesNobodyElseAbsent()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling;
        await FillAsync(queue, 60, every: 4);
        await queue.EraseAsync(Alice);

        IReadOnlyList<DeviceDataFinding> after = await queue.FindAsync(Alice, $"{Bob}-58");

        Assert.Equal([Verdict.Absent, Verdict.OwnerAction], after.Select(one => one.Verdict));
    }

    private static void Fault503(QueueSinkUnderTest queue, string method, string path, int times) =>
        queue.Sandbox.Server.Faults.Add(
            new IotHubDsr.Sandbox.Hosting.FaultRule
            {
                Service = "queue",
                Method = method,
                PathContains = path,
                Status = 503,
                Times = times,
            }
        );

    /// <summary>Puts messages of which every so many is Alice's, from the second on; gives the texts of the others.</summary>
    private static async Task<List<string>> FillAsync(QueueSinkUnderTest queue, int count, int every)
    {
        List<string> others = [];
        for (int n = 0; n < count; n++)
        {
            string device = n % every == 1 ? Alice : $"{Bob}-{n}";
            string text = Event(device).ToJsonString();
            await queue.Client.SendMessageAsync(text);
            if (device != Alice)
                others.Add(text);
        }

        return others;
    }
}
