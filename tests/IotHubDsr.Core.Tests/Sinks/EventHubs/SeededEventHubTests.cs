using System.Text.Json;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.EventHubs;

/// <summary>The event hubs of the seeded world: what is found of each device is what the world put there.</summary>
public sealed class SeededEventHubTests
{
    public static TheoryData<string> Hubs =>
        [WorldNames.AnalyticsHub, WorldNames.DeviceEventsHub, .. MessagingEntities.LogCategories.Select(MessagingEntities.LogHub)];

    [Theory]
    [MemberData(nameof(Hubs))]
    public async Task Find_CountsWhatTheWorldHas_OfEachDevice(string hub)
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync(hasData: true);
        AssertTruth(sandbox, hub, await sandbox.FindAsync(hub, Devices(sandbox)));
        Assert.Empty(sandbox.Reported);
    }

    [Fact]
    public async Task Find_OfTheBuiltInEndpoint_CountsWhatTheWorldHas()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync(hasData: true);
        AssertTruth(sandbox, WorldNames.HubName, await sandbox.FindBuiltInAsync(Devices(sandbox)));
        Assert.Empty(sandbox.Reported);
    }

    [Theory]
    [MemberData(nameof(Hubs))]
    public async Task Export_HoldsEveryRecordOfTheSubject_AndNoneOfAnother(string hub)
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync(hasData: true);
        string[] devices = [.. TruthOf(sandbox, hub).Devices.Keys.Order(StringComparer.Ordinal).Take(3)];

        (IReadOnlyList<ExportCompleteness> accounts, Packages.MemoryTarget target) = await sandbox.ExportAsync(hub, devices);
        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(hub, devices);

        var lines = target.Records("stored-events").ToList();
        Assert.All(lines, line => Assert.Contains(Text(line, "deviceId"), devices));
        foreach ((ExportCompleteness account, DeviceDataFinding finding) in accounts.Zip(found))
        {
            Assert.Equal(finding.Records, account.Included);
            Assert.Equal(finding.RelayedRecords, account.Withheld);
            Assert.Equal(account.Included, lines.Count(line => Text(line, "deviceId") == account.DeviceId));
        }

        Assert.Distinct(lines.Select(line => string.Join(' ', KeyMembers.Select(member => Text(line, member)))));
    }

    private static readonly string[] KeyMembers = ["deviceId", "partition", "sequenceNumber", "index"];

    private static string Text(JsonElement line, string member) => line.GetProperty(member).ToString();

    private static string[] Devices(EventHubSandbox sandbox) => [.. sandbox.Session.Server.World.Truth.Devices, "nobody"];

    private static MessagingTruth TruthOf(EventHubSandbox sandbox, string entity) =>
        sandbox.Session.Server.World.Truth.Messaging.Single(truth =>
            truth.Entity == entity && truth.Namespace is (WorldNames.EventsNamespace or WorldNames.BuiltInNamespace)
        );

    private static void AssertTruth(EventHubSandbox sandbox, string hub, IReadOnlyList<DeviceDataFinding> findings)
    {
        MessagingTruth truth = TruthOf(sandbox, hub);
        Assert.True(truth.Devices.Count > 3);
        foreach (DeviceDataFinding finding in findings)
        {
            DeviceMessages expected = truth.Devices.GetValueOrDefault(finding.DeviceId, new DeviceMessages(0, 0, 0, 0));
            Assert.Equal(
                (finding.DeviceId, expected.Direct + expected.Attributed),
                (finding.DeviceId, finding.Records + finding.RelayedRecords)
            );
            Assert.Equal(expected.Direct + expected.Attributed > 0 ? Verdict.Expiring : Verdict.Absent, finding.Verdict);
            Assert.Equal(finding.Verdict == Verdict.Expiring, finding.Until > sandbox.Clock.GetUtcNow());
        }
    }
}
