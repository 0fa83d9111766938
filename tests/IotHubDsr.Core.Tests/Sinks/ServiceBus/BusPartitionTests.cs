using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.Messaging.ServiceBus;

namespace IotHubDsr.Core.Tests.Sinks.ServiceBus;

/// <summary>Partitioned entities: each partition is looked through, in whatever order the service shows them.</summary>
public sealed class BusPartitionTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(20)]
    public async Task Find_WherePagesMixPartitions_SeesAllOnce(int partitions)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { Partitions = partitions, MixesPartitions = true });
        for (int number = 0; number < 236; number++)
            sandbox.Route(queue, number % 2 == 0 ? BusSandbox.Alice : BusSandbox.Bob);
        BusSandbox.Settle(queue, sandbox.Route(queue, BusSandbox.Alice), Settlement.DeadLetter);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(BusSandbox.Alice, BusSandbox.Bob, "carol");

        Assert.Equal([119L, 118L, 0L], found.Select(one => one.RecordCount));
        Assert.Equal(Verdict.Absent, found[2].Verdict);
    }

    [Fact]
    public async Task Find_WithoutResourceId_GoesByTheNumbers()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { Partitions = 4, MixesPartitions = true });
        for (int number = 0; number < 100; number++)
            sandbox.Route(queue, BusSandbox.Alice);

        DataLocation unknown = sandbox.LocationOf(BusSandbox.Name) with { ResourceId = null };

        Assert.Equal(100, Assert.Single(await sandbox.FindAsync(unknown, BusSandbox.Alice)).RecordCount);
    }

    [Fact]
    public async Task Find_WhereAPartitionIsNotShown_LeavesNobodyAbsent()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { Partitions = 4, SilentPartition = 2 });
        for (int number = 0; number < 40; number++)
            sandbox.Route(queue, BusSandbox.Alice);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(BusSandbox.Alice, "carol");

        Assert.Equal([(Verdict.OwnerAction, 30L), (Verdict.OwnerAction, 0L)], found.Select(one => (one.Verdict, one.RecordCount)));
        Assert.Contains("10 messages of 40 in its partitions were not shown", found[1].Detail, StringComparison.Ordinal);
        Assert.All(found, static one => Assert.True(one.HidesSome));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Erase_TakesWhatHasNumbersOfSeveralPartitions(bool isScheduled)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { Partitions = 4 });
        foreach (string device in (string[])[BusSandbox.Alice, BusSandbox.Alice, BusSandbox.Bob, BusSandbox.Alice])
        {
            BusMessage message = sandbox.Route(queue, device, one =>
                one.ScheduledFor = isScheduled ? sandbox.Clock.GetUtcNow().AddDays(1) : null
            );
            if (!isScheduled)
                BusSandbox.Settle(queue, message, Settlement.Defer);
        }

        ErasureOutcome outcome = await sandbox.EraseAsync(BusSandbox.Alice);

        Assert.Equal((3L, (Fault?)null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal([BusSandbox.Bob], queue.Messages.Select(BusSandbox.DeviceOf));
    }
}
