using System.Text.Json;
using Azure.Messaging.ServiceBus;
using IotHubDsr.Sandbox.Messaging.ServiceBus;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.ServiceBus;

/// <summary>Whose a message is.</summary>
public sealed class BusContentTests
{
    private const string Property = "iothub-connection-device-id";

    [Theory]
    [InlineData("it's", "its")]
    [InlineData("50% off", "50%25 off")]
    [InlineData("0815", "815")]
    [InlineData("dev", "dev1")]
    [InlineData("Dev", "dev")]
    public async Task Property_TellsTheDevice_AndNoOther(string device, string other)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        sandbox.Route(sandbox.Add(), device);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(device, other);
        (_, Packages.MemoryTarget target) = await sandbox.ExportAsync(device, other);

        Assert.Equal([1L, 0L], found.Select(one => one.RecordCount));
        Assert.Equal(Verdict.Absent, found[1].Verdict);
        JsonElement line = Assert.Single(target.Records("stored-messages"));
        Assert.Equal((device, "Attributed"), (Text(line, "deviceId"), Text(line, "attribution")));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("deviceLifecycleEvents")]
    public async Task NameOfAHub_ThatADeviceSets_HidesNothing(string source)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        sandbox.Add();
        ServiceBusMessage message = BusSandbox.Of(BusSandbox.Alice);
        message.ApplicationProperties["iothub-message-source"] = source;
        message.ApplicationProperties["hubName"] = "site-4";
        await sandbox.SendAsync(message);

        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);

        Assert.Equal((1L, 0L), (found.RecordCount, (await sandbox.FindOneAsync(BusSandbox.Bob)).RecordCount));
        Assert.NotEqual(Verdict.Absent, found.Verdict);
    }

    [Fact]
    public async Task Property_WinsOverWhatABodySays()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        sandbox.Route(
            queue,
            sandbox.Message(BusSandbox.Bob) with
            {
                Body = """{"deviceId":"alice","subject":"devices/alice"}"""u8.ToArray(),
            }
        );

        Assert.Equal([0L, 1L], (await sandbox.FindAsync(BusSandbox.Alice, BusSandbox.Bob)).Select(one => one.RecordCount));
        sandbox.Erasure = sandbox.Erasure with { Scope = new RecordScope { IncludeMentioned = true } };
        Assert.Equal(1, (await sandbox.FindOneAsync(BusSandbox.Alice)).RecordCount);
    }

    [Theory]
    [InlineData("deviceId")]
    [InlineData("ConnectionDeviceId")]
    public async Task Gateway_RelaysForTheDeviceThatAPropertyNames(string property)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        sandbox.Route(sandbox.Add(), sandbox.Message("gateway", new KeyValuePair<string, string>(property, BusSandbox.Alice)));

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync("gateway", BusSandbox.Alice);
        (IReadOnlyList<ExportCompleteness> accounts, _) = await sandbox.ExportAsync("gateway");

        Assert.Equal([(0L, 1L), (1L, 0L)], found.Select(one => (one.RecordCount, one.RelayedCount)));
        Assert.Equal((0L, 1L), (accounts[0].Included, accounts[0].Withheld));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Relayed_GoesOnlyWhereThatIsAskedFor(bool includeRelayed)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        RoutedMessage message = sandbox.Message("gateway", new KeyValuePair<string, string>("deviceId", "leaf"));
        BusSandbox.Settle(queue, sandbox.Route(queue, message), Settlement.DeadLetter);

        // As it is planned: what is relayed is found regardless.
        DeviceDataFinding found = await sandbox.FindOneAsync("gateway");
        sandbox.Erasure = sandbox.Erasure with { IncludeRelayed = includeRelayed };
        Core.Sinks.ErasureOutcome outcome = await sandbox.EraseAsync(found);

        Assert.Equal((Verdict.Present, 0L, 1L), (found.Verdict, found.RecordCount, found.RelayedCount));
        Assert.Equal(includeRelayed ? 1 : 0, outcome.RecordsErased);
        Assert.Equal(includeRelayed ? 0 : 1, queue.DeadLetters!.Messages.Count);
    }

    [Theory]
    [InlineData(
        """{"id":"1","topic":"/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/CONTOSO-HUB","subject":"devices/alice","eventType":"Microsoft.Devices.DeviceDeleted","data":{"deviceId":"alice","hubName":"contoso-hub"},"eventTime":"2026-01-05T08:00:00Z"}""",
        1
    )]
    [InlineData(
        """{"specversion":"1.0","id":"1","source":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/contoso-hub","subject":"devices/alice/mod","type":"t","time":"2026-01-05T08:00:00Z","data":{"deviceId":"alice"}}""",
        1
    )]
    [InlineData(
        """{"specversion":"1.0","id":"1","source":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/fabrikam-hub","subject":"devices/alice","type":"t","data":{"deviceId":"alice"}}""",
        0
    )]
    public async Task EventOfEventGrid_IsToldByItsBody(string body, int records)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        sandbox.Send(sandbox.Add(), body, new KeyValuePair<string, string>("aeg-event-type", "Notification"));

        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);

        Assert.Equal((records, records == 0), (found.RecordCount, found.Verdict == Verdict.Absent));
        Assert.Empty(sandbox.Reported);
    }

    [Theory]
    [InlineData("neither")]
    [InlineData("""{"temperature":21}""")]
    [InlineData("")]
    public async Task Message_WhoseDeviceNobodyCanTell_MakesNoDeviceAbsent(string body)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        sandbox.Route(queue, BusSandbox.Alice);
        sandbox.Send(queue, body);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(BusSandbox.Alice, BusSandbox.Bob);

        Assert.All(found, one => Assert.Equal(Verdict.Unreachable, one.Verdict));
        Fault fault = Assert.Single(sandbox.Reported);
        Assert.Equal("MessagesUnreadable", fault.Id);
        Assert.Contains("1 message whose device cannot be determined", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"the first in {BusSandbox.Name} under sequence number 2", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[{0}][{1}]")]
    [InlineData("[{0}]\n{1}")]
    [InlineData("{{\"records\":[{0}],\"records\":[{1}]}}")]
    [InlineData("{{\"records\":[{0}]}}{1}")]
    public async Task BodyThatGoesOnBehindItsEnd_IsUnread_AndNeverTakenOut(string form)
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        string body = form.Replace("{{", "{", StringComparison.Ordinal)
            .Replace("}}", "}", StringComparison.Ordinal)
            .Replace(
                "{0}",
                """{"id":"1","subject":"devices/alice","eventType":"t","data":{"deviceId":"alice"}}""",
                StringComparison.Ordinal
            )
            .Replace("{1}", """{"id":"2","subject":"devices/bob","eventType":"t","data":{"deviceId":"bob"}}""", StringComparison.Ordinal);
        BusSandbox.Settle(queue, sandbox.Send(queue, body), Settlement.DeadLetter);
        sandbox.Erasure = sandbox.Erasure with { SettleMessages = true };

        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);
        Core.Sinks.ErasureOutcome outcome = await sandbox.EraseAsync(found);

        Assert.Equal((Verdict.Unreachable, 0L), (found.Verdict, outcome.RecordsErased));
        Assert.Equal(Verdict.Unreachable, (await sandbox.FindOneAsync(BusSandbox.Bob)).Verdict);
        Assert.Single(queue.DeadLetters!.Messages);
    }

    [Fact]
    public async Task MessageWithRecordsOfTwo_IsCounted_AndNeverTakenOut()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        BusMessage both = sandbox.Send(
            queue,
            """[{"id":"1","subject":"devices/alice","eventType":"t","data":{"deviceId":"alice"}},{"id":"2","subject":"devices/bob","eventType":"t","data":{"deviceId":"bob"}}]"""
        );
        BusSandbox.Settle(queue, both, Settlement.DeadLetter);
        sandbox.Erasure = sandbox.Erasure with { SettleMessages = true };

        DeviceDataFinding found = await sandbox.FindOneAsync(BusSandbox.Alice);
        await sandbox.EraseAsync(found);

        Assert.Equal(
            (Verdict.OwnerAction, 1L, 0, 0L),
            (found.Verdict, found.RecordCount, found.Items.Count, sandbox.Erasure.Expected(found))
        );
        Assert.Contains("records of other devices", found.Detail, StringComparison.Ordinal);
        Assert.Single(queue.DeadLetters!.Messages);
    }

    [Fact]
    public async Task Generation_AndTime_NarrowWhatIsFound()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add();
        sandbox.Route(queue, sandbox.Message(BusSandbox.Alice));
        sandbox.Route(queue, sandbox.Message(BusSandbox.Alice) with { GenerationId = "gen-2" });

        DeviceDataFinding all = await sandbox.FindOneAsync(BusSandbox.Alice);
        sandbox.Erasure = sandbox.Erasure with { Scope = new RecordScope { GenerationId = "gen-1" } };
        DeviceDataFinding one = await sandbox.FindOneAsync(BusSandbox.Alice);
        sandbox.Erasure = sandbox.Erasure with { Scope = new RecordScope { StartTime = sandbox.Clock.GetUtcNow().AddDays(1) } };
        DeviceDataFinding none = await sandbox.FindOneAsync(BusSandbox.Alice);

        Assert.Equal((2L, 1L, 1L, 0L), (all.RecordCount, all.OtherGenerationRecords, one.RecordCount, none.RecordCount));
        Assert.Equal(Verdict.Absent, none.Verdict);
    }

    [Fact]
    public async Task Export_HoldsWhereTheMessageWas_WithPropertiesAndBody()
    {
        await using BusSandbox sandbox = await BusSandbox.StartAsync();
        BusQueue queue = sandbox.Add(new BusQueueOptions { RequiresSession = true });
        await sandbox.SendAsync(BusSandbox.Of(BusSandbox.Alice, session: "s 1"));
        BusMessage dead = queue.Messages[0];
        BusSandbox.Settle(queue, dead, Settlement.DeadLetter);
        await sandbox.SendAsync(BusSandbox.Of(BusSandbox.Alice, session: "s 2"));

        (_, Packages.MemoryTarget target) = await sandbox.ExportAsync(BusSandbox.Alice);

        IReadOnlyList<JsonElement> lines = target.Records("stored-messages");
        Assert.Equal(
            [(BusSandbox.Name, "None", "Active", "s 2", "2"), (BusSandbox.Name, "DeadLetter", "Active", "s 1", "1")],
            lines.Select(line =>
                (Text(line, "entity"), Text(line, "subQueue"), Text(line, "state"), Text(line, "sessionId"), Text(line, "sequenceNumber"))
            )
        );
        JsonElement message = lines[0].GetProperty("message");
        Assert.Equal(BusSandbox.Alice, message.GetProperty("body").GetProperty("from").GetString());
        Assert.Equal("s 2", message.GetProperty("systemProperties").GetProperty("group_id").GetString());
        Assert.Equal(BusSandbox.Alice, message.GetProperty("properties").GetProperty(Property).GetString());
    }

    private static string Text(JsonElement line, string member) => line.GetProperty(member).ToString();
}
