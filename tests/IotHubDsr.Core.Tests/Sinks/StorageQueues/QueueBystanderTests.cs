using Azure.Storage.Queues.Models;
using IotHubDsr.Core.Sinks;
using static IotHubDsr.Core.Tests.Sinks.StorageQueues.QueueSinkUnderTest;

namespace IotHubDsr.Core.Tests.Sinks.StorageQueues;

/// <summary>What an erasure does to messages of other devices that have little time or few attempts left: none is lost.</summary>
public sealed class QueueBystanderTests
{
    private static readonly ErasureOptions Settling = new() { SettleMessages = true };

    [Fact]
    public async Task Walk_MeetsAMessageThatWouldExpireWhileItIsHidden_ReceivesNothing()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling;
        await queue.PutAsync(Bob, TimeSpan.FromMinutes(4));
        await queue.PutAsync(Alice);

        ErasureOutcome outcome = Assert.Single(await queue.EraseAsync(Alice));

        Assert.Equal(("QueueIncomplete", 0L), (outcome.Fault?.Id, outcome.RecordsErased));
        Assert.Contains("would expire while it is hidden", outcome.Fault!.Message, StringComparison.Ordinal);
        Assert.Equal([0L, 0L], (await queue.DrainAsync()).Select(one => one.Dequeues));
    }

    [Fact]
    public async Task Walk_MessageOfTheSubjectThatExpiresSoon_IsNoObstacle()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling;
        await queue.PutAsync(Alice, TimeSpan.FromMinutes(4));
        await queue.PutAsync(Bob, TimeSpan.FromHours(1));

        ErasureOutcome outcome = Assert.Single(await queue.EraseAsync(Alice));

        Assert.Equal((null, 1L), (outcome.Fault, outcome.RecordsErased));
        Assert.Single(await queue.DrainAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Walk_ReceivesOtherMessagesThanItLookedAt_StopsThereAndSaysSo(bool isNearItsEnd)
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        queue.Erasure = Settling;
        await queue.PutAsync(Alice);
        await queue.PutAsync($"{Bob}-1");
        IReadOnlyList<DeviceDataFinding> found = await queue.FindAsync(Alice);
        bool isChanged = false;
        queue.Wire.Before = async request =>
        {
            bool isReceipt =
                request.Method == HttpMethod.Get && request.RequestUri!.Query.Contains("visibilitytimeout", StringComparison.Ordinal);
            if (isChanged || !isReceipt)
                return;
            isChanged = true;
            if (isNearItsEnd)
            {
                await queue.PutAsync($"{Bob}-2", TimeSpan.FromMinutes(2));
                return;
            }

            for (int tries = 0; tries < 4; tries++)
            {
                foreach (QueueMessage message in (await queue.Client.ReceiveMessagesAsync(32)).Value)
                    await queue.Client.UpdateMessageAsync(message.MessageId, message.PopReceipt, visibilityTimeout: TimeSpan.Zero);
            }
        };

        ErasureOutcome outcome = Assert.Single(await queue.EraseAsync(found, CancellationToken.None));
        queue.Wire.Before = null;

        Assert.True(isChanged);
        Assert.Equal(("QueueIncomplete", 1L), (outcome.Fault?.Id, outcome.RecordsErased));
        Assert.Contains(
            isNearItsEnd ? "expires" : "has been received 5 times",
            Assert.Single(queue.Events.OfType<NoticeEvent>(), one => one.Level == NoticeLevel.Warning).Text,
            StringComparison.Ordinal
        );
        Assert.Equal(isNearItsEnd ? 2 : 1, (await queue.DrainAsync()).Count);
    }

    [Fact]
    public async Task Message_WithAnEndThatNobodyWillSee_IsItsOwners()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        await queue.PutAsync(Alice, TimeSpan.FromDays(36_500));

        Assert.Equal(Verdict.OwnerAction, (await queue.FindOneAsync(Alice)).Verdict);
    }
}
