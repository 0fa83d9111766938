using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.EventHubs;

/// <summary>When the events of a device are gone.</summary>
public sealed class EventExpiryTests
{
    [Fact]
    public async Task Expiring_LastsUntilTheRetentionOfTheDevicesLastEvent_WhateverOthersSend()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add();
        RoutedMessage message = sandbox.Message(EventHubSandbox.Alice);
        DateTimeOffset last = message.Enqueued.AddSeconds(7);
        EventHubSandbox.Route(hub, message);
        EventHubSandbox.Route(hub, message, stored: last);
        EventHubSandbox.Route(hub, sandbox.Message(EventHubSandbox.Bob) with { Enqueued = message.Enqueued.AddMinutes(30) });

        DeviceDataFinding found = await sandbox.FindOneAsync(EventHubSandbox.Alice);

        Assert.Equal(Verdict.Expiring, found.Verdict);
        Assert.Equal(last.AddDays(7).ToUnixTimeMilliseconds(), found.Until!.Value.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task RetentionThatIsRaised_HoldsForWhatIsThere_AndAfterItNothingIs()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add(new EventHubOptions { Partitions = 2, Retention = TimeSpan.FromDays(1) });
        EventHubSandbox.Route(hub, sandbox.Message(EventHubSandbox.Alice));
        DeviceDataFinding planned = await sandbox.FindOneAsync(EventHubSandbox.Alice);

        hub.Options = hub.Options with { Retention = TimeSpan.FromDays(7) };
        sandbox.Clock.Advance(TimeSpan.FromDays(2));
        DeviceDataFinding later = await sandbox.FindOneAsync(EventHubSandbox.Alice);
        sandbox.Clock.Advance(TimeSpan.FromDays(6));
        DeviceDataFinding end = await sandbox.FindOneAsync(EventHubSandbox.Alice);

        Assert.Equal((Verdict.Expiring, Verdict.Expiring, Verdict.Absent), (planned.Verdict, later.Verdict, end.Verdict));
        Assert.Equal(planned.Until + TimeSpan.FromDays(6), later.Until);
        Assert.True(end.Until is null);
    }

    [Theory]
    [InlineData("Compact", 24, "cleanup policy")]
    [InlineData("DeleteOrCompact", 24, "cleanup policy")]
    [InlineData("Delete", null, "without limit")]
    public async Task Events_ThatDoNotLeave_AreTheOwners(string policy, int? hours, string why)
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add(
            new EventHubOptions
            {
                Partitions = 1,
                CleanupPolicy = policy,
                Retention = hours is { } some ? TimeSpan.FromHours(some) : null,
            }
        );
        EventHubSandbox.Route(hub, sandbox.Message(EventHubSandbox.Alice));

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(EventHubSandbox.Name, EventHubSandbox.Alice, EventHubSandbox.Bob);

        Assert.Equal([Verdict.OwnerAction, Verdict.Absent], found.Select(one => one.Verdict));
        Assert.Equal((1L, null), (found[0].Records, found[0].Until));
        Assert.Contains(why, found[0].Detail, StringComparison.Ordinal);
    }

    /// <summary>The last event of a partition is one that the service still names when compaction has taken it.</summary>
    [Fact]
    public async Task Compaction_ThatTookTheLastEvent_LeavesThePartitionReadable()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add(new EventHubOptions { Partitions = 1, CleanupPolicy = "Compact" });
        foreach (string device in (string[])[EventHubSandbox.Alice, EventHubSandbox.Bob, EventHubSandbox.Bob])
            EventHubSandbox.Route(hub, sandbox.Message(device));
        hub.Partitions[0].Compact(1);
        hub.Partitions[0].Compact(2);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(EventHubSandbox.Name, EventHubSandbox.Alice, EventHubSandbox.Bob);

        Assert.Equal([(Verdict.OwnerAction, 1L), (Verdict.Absent, 0L)], found.Select(one => (one.Verdict, one.RecordCount)));
        Assert.Empty(sandbox.Reported);
    }
}
