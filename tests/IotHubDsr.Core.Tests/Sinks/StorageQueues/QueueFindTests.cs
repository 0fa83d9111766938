using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Queues.Models;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sinks.Azurite;
using IotHubDsr.Sandbox.World;
using IotHubDsr.Tests.Azurite;
using static IotHubDsr.Core.Tests.Sinks.StorageQueues.QueueSinkUnderTest;

namespace IotHubDsr.Core.Tests.Sinks.StorageQueues;

/// <summary>What a look at a queue tells, and what it does not, by the sandbox and by Azurite.</summary>
public sealed class QueueFindTests(AzuriteServer azurite) : IClassFixture<AzuriteServer>
{
    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Find_Base64AndPlainJsonAndNeither_MatchesTwoAndIsNotClean(string service)
    {
        await using QueueSinkUnderTest queue = await StartAsync(service, azurite);
        await queue.PutAsync(Alice);
        await queue.Client.SendMessageAsync(Event(Alice).ToJsonString());
        await queue.Client.SendMessageAsync("alice: <neither> {");

        IReadOnlyList<DeviceDataFinding> found = await queue.FindAsync(Alice, Bob);

        Assert.Equal(
            [(Alice, 2L, Verdict.Unreachable), (Bob, 0L, Verdict.Unreachable)],
            found.Select(one => (one.DeviceId, one.RecordCount, one.Verdict))
        );
        Assert.All(found, one => Assert.StartsWith("1 message is in no form that tells a device", one.Detail, StringComparison.Ordinal));
        Assert.Equal((2, null), (found[0].Records, found[1].Records));
    }

    [Theory]
    [InlineData("bm90aGluZw==")]
    [InlineData("[1]")]
    [InlineData("{\"id\":1")]
    [InlineData("{\"hello\":\"world\"}")]
    [InlineData(" ")]
    public async Task Find_MessageWithoutADevice_LeavesNobodyAbsent(string text)
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        await queue.Client.SendMessageAsync(text);

        Assert.Equal(Verdict.Unreachable, (await queue.FindOneAsync(Alice)).Verdict);
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Find_ShortQueue_IsExactAndDated(string service)
    {
        await using QueueSinkUnderTest queue = await StartAsync(service, azurite);
        await queue.PutAsync(Alice, TimeSpan.FromHours(1));
        await queue.PutAsync(Alice, TimeSpan.FromHours(5));
        await queue.PutAsync(Bob);
        PeekedMessage[] there = await queue.Client.PeekMessagesAsync(32);

        IReadOnlyList<DeviceDataFinding> found = await queue.FindAsync(Alice, Bob, "nobody");

        Assert.Equal([Verdict.Expiring, Verdict.Expiring, Verdict.Absent], found.Select(one => one.Verdict));
        Assert.Equal([2L, 1L, 0L], found.Select(one => one.RecordCount));
        Assert.Equal(there[1].ExpiresOn, found[0].Until);
        Assert.Contains("-SettleMessages", found[0].Detail, StringComparison.Ordinal);
        Assert.Equal(there.Take(2).Select(one => one.MessageId), found[0].Items.Select(item => item.Path));
        Assert.Contains("counted 3 messages", queue.Reading, StringComparison.Ordinal);
        Assert.EndsWith("showed 3: these were all.", queue.Reading, StringComparison.Ordinal);
        Assert.Equal(there.Select(one => (one.MessageId, 0L)), (await PeekAsync(queue)).Select(one => (one.MessageId, one.DequeueCount)));
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Find_MessageThatNeverExpires_IsForSomebodyToDelete(string service)
    {
        await using QueueSinkUnderTest queue = await StartAsync(service, azurite);
        await queue.PutAsync(Alice, TimeSpan.FromSeconds(-1));
        await queue.PutAsync(Alice);

        DeviceDataFinding found = await queue.FindOneAsync(Alice);

        Assert.Equal((Verdict.OwnerAction, 2L, null), (found.Verdict, found.RecordCount, found.Until));
        Assert.Contains("never expires", found.Detail, StringComparison.Ordinal);
        Assert.Contains("-SettleMessages", found.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Find_33Messages_IsALowerBoundAndNobodyIsAbsent_32AreSeenAsAWhole(string service)
    {
        await using QueueSinkUnderTest queue = await StartAsync(service, azurite);
        await queue.PutAsync(Alice);
        for (int n = 1; n < 32; n++)
            await queue.PutAsync(Bob);
        IReadOnlyList<DeviceDataFinding> whole = await queue.FindAsync(Alice, "carol");
        await queue.PutAsync("carol");

        IReadOnlyList<DeviceDataFinding> part = await queue.FindAsync(Alice, "carol");

        Assert.Equal([Verdict.Expiring, Verdict.Absent], whole.Select(one => one.Verdict));
        Assert.Equal([Verdict.OwnerAction, Verdict.OwnerAction], part.Select(one => one.Verdict));
        Assert.Equal([1, null], part.Select(one => one.Records));
        Assert.All(part, one =>
        {
            Assert.Contains("counted 33 messages", one.Detail, StringComparison.Ordinal);
            Assert.Contains("lower bound", one.Detail, StringComparison.Ordinal);
            Assert.Null(one.Until);
        });
        Assert.EndsWith("showed 32: the others cannot be looked at.", queue.Reading, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Find_MessageHiddenByAnotherReader_LeavesNobodyAbsent(string service)
    {
        await using QueueSinkUnderTest queue = await StartAsync(service, azurite);
        await queue.PutAsync(Alice);
        await queue.PutAsync(Bob);
        await queue.Client.ReceiveMessagesAsync(1, TimeSpan.FromMinutes(10));

        IReadOnlyList<DeviceDataFinding> found = await queue.FindAsync(Alice, Bob);

        Assert.Equal([Verdict.OwnerAction, Verdict.OwnerAction], found.Select(one => one.Verdict));
        Assert.Equal([0L, 1L], found.Select(one => one.RecordCount));
        Assert.StartsWith("1 message of 2 was received by somebody", found[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_HostileIds_AreEachTheirOwn()
    {
        string[] devices = ["it's", "\"quoted\"", "100%", "%27", "4711", "04711", "dev1", "Dev1", "dev10", "a/b", "*", "$.[]", "dév"];
        await using QueueSinkUnderTest queue = await StartAsync();
        foreach (string device in devices)
            await queue.PutAsync(Telemetry(device));

        IReadOnlyList<DeviceDataFinding> found = await queue.FindAsync([.. devices, "DEV1", "a"]);

        Assert.Equal([.. devices.Select(_ => 1L), 0L, 0L], found.Select(one => one.RecordCount));
    }

    [Fact]
    public async Task Find_KnowsEachShape_AndWhoseItIs()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        JsonObject ofModule = Event(Alice);
        ofModule["subject"] = "devices/alice/thermostat";
        ofModule["data"] = new JsonObject();
        JsonObject cloudEvent = new()
        {
            ["specversion"] = "1.0",
            ["id"] = "1",
            ["source"] = $"/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/{WorldNames.HubName}",
            ["subject"] = "devices/alice",
            ["type"] = "Microsoft.Devices.DeviceCreated",
            ["data"] = new JsonObject { ["deviceId"] = Alice, ["hubName"] = WorldNames.HubName },
        };
        await queue.PutAsync(ofModule);
        await queue.PutAsync(cloudEvent);
        await queue.PutAsync(Telemetry(Alice));
        await queue.PutAsync(Telemetry("gateway", leaf: Alice));
        await queue.PutAsync(Event(Alice, "another-hub"));

        IReadOnlyList<DeviceDataFinding> found = await queue.FindAsync(Alice, "gateway", "thermostat");

        Assert.Equal([4L, 0L, 0L], found.Select(one => one.RecordCount));
        Assert.Equal([0L, 1L, 0L], found.Select(one => one.RelayedCount));
        Assert.Equal([Verdict.Expiring, Verdict.Expiring, Verdict.Absent], found.Select(one => one.Verdict));
    }

    [Fact]
    public async Task Export_HoldsTheSubjectsEventsAndNoneOfAnother()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        await queue.PutAsync(Alice);
        await queue.PutAsync(Bob);
        await queue.Client.SendMessageAsync(Event(Alice).ToJsonString(), timeToLive: TimeSpan.FromSeconds(-1));
        await queue.PutAsync(Telemetry(Alice, leaf: "leaf"));

        (IReadOnlyList<ExportCompleteness> accounts, MemoryTarget target) = await queue.ExportAsync(Alice);

        ExportCompleteness account = Assert.Single(accounts);
        Assert.Equal((3, 2L, 1L, 0L), (account.Found, account.Included, account.Withheld, account.Unreachable));
        IReadOnlyList<JsonElement> lines = target.Records("queued-messages");
        Assert.Equal([Alice, Alice], lines.Select(line => line.GetProperty("deviceId").GetString()));
        Assert.All(lines, line => Assert.Equal("devices/alice", line.GetProperty("event").GetProperty("subject").GetString()));
        Assert.Equal([true, false], lines.Select(line => line.TryGetProperty("expiryTime", out _)));
        Assert.All(await PeekAsync(queue), message => Assert.Equal(0, message.DequeueCount));
    }

    [Fact]
    public async Task Export_OfALongQueue_SaysThatMoreMayBeThere()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        for (int n = 0; n < 40; n++)
            await queue.PutAsync(n == 35 ? Alice : Bob);

        (IReadOnlyList<ExportCompleteness> accounts, _) = await queue.ExportAsync(Alice);

        Assert.Equal((Verdict.OwnerAction, 0, null), (accounts[0].Verdict, accounts[0].Included, accounts[0].Unreachable));
        Assert.Contains("lower bound", accounts[0].Ground, StringComparison.Ordinal);
    }

    internal static JsonObject Telemetry(string device, string? leaf = null)
    {
        JsonObject described = Event(device);
        described["eventType"] = "Microsoft.Devices.DeviceTelemetry";
        described["data"] = new JsonObject
        {
            ["properties"] = leaf is null ? [] : new JsonObject { ["deviceId"] = leaf },
            ["systemProperties"] = new JsonObject
            {
                ["iothub-connection-device-id"] = device,
                ["iothub-enqueuedtime"] = "2026-01-05T08:00:00.1230000Z",
                ["iothub-message-source"] = "Telemetry",
            },
            ["body"] = "eyJ0IjoxfQ==",
        };
        return described;
    }

    private static async Task<PeekedMessage[]> PeekAsync(QueueSinkUnderTest queue) => await queue.Client.PeekMessagesAsync(32);
}
