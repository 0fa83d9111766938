using System.Text.Json;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.ServiceBus;

/// <summary>The queues and topics of the seeded world: what is found of each device is what the world put there.</summary>
public sealed class SeededBusTests
{
    private static readonly string[] KeyMembers = ["deviceId", "entity", "subQueue", "sequenceNumber", "index"];

    /// <summary>A place, and the queues that its messages get to.</summary>
    public static TheoryData<string, bool, string[]> Places =>
        new()
        {
            { WorldNames.AlertsQueue, false, [WorldNames.AlertsQueue, $"{WorldNames.AlertsQueue}/$deadletterqueue"] },
            {
                WorldNames.AlertsTopic,
                true,
                [
                    $"{WorldNames.AlertsTopic}/Subscriptions/operations",
                    $"{WorldNames.AlertsTopic}/Subscriptions/security",
                    WorldNames.AuditQueue,
                ]
            },
            { WorldNames.DeviceEventsQueue, false, [WorldNames.DeviceEventsQueue] },
            { WorldNames.DeviceEventsTopic, true, [$"{WorldNames.DeviceEventsTopic}/Subscriptions/everything"] },
        };

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Find_CountsWhatTheWorldHas_OfEachDevice(string name, bool isTopic, string[] queues)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync(hasData: true, eventsToServiceBus: true);
        MessagingTruth[] truths = TruthsOf(sandbox, queues);
        string[] devices = [.. sandbox.Session.Server.World.Truth.Devices, "nobody"];

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(sandbox.LocationOf(name, isTopic), devices);

        Assert.Empty(sandbox.Reported);
        Assert.Equal(devices, found.Select(one => one.DeviceId));
        foreach (DeviceDataFinding finding in found)
        {
            long expected = CountOf(truths, finding.DeviceId);
            Assert.Equal((finding.DeviceId, expected), (finding.DeviceId, finding.Records + finding.RelayedRecords));
            Assert.Equal(expected == 0, finding.Verdict == Verdict.Absent);
            Assert.Equal(finding.Verdict == Verdict.Expiring, finding.Until > sandbox.Clock.GetUtcNow());
        }

        Assert.True(truths.Sum(truth => truth.Devices.Count) > 3);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Export_HoldsEveryRecordOfTheSubject_AndNoneOfAnother(string name, bool isTopic, string[] queues)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync(hasData: true, eventsToServiceBus: true);
        string[] devices = [.. TruthsOf(sandbox, queues)[0].Devices.Keys.Order(StringComparer.Ordinal).Take(4)];

        (IReadOnlyList<ExportCompleteness> accounts, Packages.MemoryTarget target) = await sandbox.ExportAsync(
            sandbox.LocationOf(name, isTopic),
            devices
        );
        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(sandbox.LocationOf(name, isTopic), devices);

        var lines = target.Records("stored-messages").ToList();
        Assert.All(lines, line => Assert.Contains(Text(line, "deviceId"), devices));
        Assert.All(lines, line => Assert.Contains(queues, queue => queue.StartsWith(Text(line, "entity"), StringComparison.Ordinal)));
        foreach ((ExportCompleteness account, DeviceDataFinding finding) in accounts.Zip(found))
        {
            Assert.Equal(finding.Records, account.Included);
            Assert.Equal(account.Included, lines.Count(line => Text(line, "deviceId") == account.DeviceId));
        }

        Assert.Distinct(lines.Select(line => string.Join(' ', KeyMembers.Select(member => Text(line, member)))));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Erase_WithSettling_LeavesEveryBystanderInItsPlace(string name, bool isTopic, string[] queues)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync(hasData: true, eventsToServiceBus: true);
        sandbox.Erasure = sandbox.Erasure with { SettleMessages = true };
        string device = TruthsOf(sandbox, queues)[0]
            .Devices.Where(one => one.Value.Direct > 1 && one.Value.Attributed == 0)
            .Select(one => one.Key)
            .Order(StringComparer.Ordinal)
            .First();
        DeviceDataFinding before = Assert.Single(await sandbox.FindAsync(sandbox.LocationOf(name, isTopic), device));
        string[] all = Shown(sandbox, queues);

        Core.Sinks.ErasureOutcome outcome = await sandbox.EraseAsync(before);
        DeviceDataFinding after = Assert.Single(await sandbox.FindAsync(sandbox.LocationOf(name, isTopic), device));

        Assert.Null(outcome.Fault);
        Assert.Equal(Verdict.Present, before.Verdict);
        Assert.Equal((before.RecordCount, 0L), (outcome.RecordsErased, after.RecordCount));
        string[] left = Shown(sandbox, queues);
        Assert.Equal(all.Length - outcome.ItemsChanged, left.Length);
        Assert.Equal(all.Where(left.Contains), left);
        Assert.All(Queues(sandbox, queues), queue =>
            Assert.All(queue.Messages, message => Assert.InRange(message.Deliveries, 0, queue.Options.MaxDeliveryCount - 1))
        );
    }

    private static string Text(JsonElement line, string member) => line.GetProperty(member).ToString();

    private static MessagingTruth[] TruthsOf(BusSandbox sandbox, string[] queues) =>
        [
            .. queues.Select(queue =>
                sandbox.Session.Server.World.Truth.Messaging.Single(truth =>
                    truth.Entity == queue && truth.Namespace == WorldNames.BusNamespace
                )
            ),
        ];

    private static long CountOf(MessagingTruth[] truths, string device) =>
        truths.Sum(truth => truth.Devices.TryGetValue(device, out DeviceMessages? expected) ? expected.Direct + expected.Attributed : 0);

    private static IEnumerable<IotHubDsr.Sandbox.Messaging.ServiceBus.BusQueue> Queues(BusSandbox sandbox, string[] queues) =>
        queues.Select(queue => sandbox.Session.Bus.Receiver(queue)!);

    private static string[] Shown(BusSandbox sandbox, string[] queues) =>
        [
            .. Queues(sandbox, queues)
                .SelectMany(queue =>
                    queue.Messages.Select(message =>
                        $"{queue.Path} {message.Sequence} {message.State} {Convert.ToHexString(message.Tail.Span)}"
                    )
                ),
        ];
}
