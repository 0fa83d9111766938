using System.Text;
using System.Text.Json;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.EventHubs;

/// <summary>Whose an event is.</summary>
public sealed class EventContentTests
{
    private const string Annotation = "iothub-connection-device-id";

    [Theory]
    [InlineData(EventHubSandbox.Alice, EventHubSandbox.Bob)]
    [InlineData("it's", "50% off")]
    [InlineData("0815", "815")]
    [InlineData("dev", "dev1")]
    [InlineData("Dev", "dev")]
    public async Task Annotation_TellsTheDevice_WhateverThePropertyOfThatNameSays(string sender, string claimed)
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add();
        EventHubSandbox.Route(hub, sandbox.Message(sender, new KeyValuePair<string, string>(Annotation, claimed)));

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(EventHubSandbox.Name, sender, claimed);

        Assert.Equal(
            [(sender, Verdict.Expiring, 1L), (claimed, Verdict.Absent, 0L)],
            found.Select(one => (one.DeviceId, one.Verdict, one.RecordCount))
        );
    }

    [Fact]
    public async Task PropertyOfThatName_WithoutAnAnnotation_IsAttributedAtMost()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add();
        sandbox.Send(hub, """{"t":1}""", new KeyValuePair<string, string>(Annotation, EventHubSandbox.Bob));

        (_, Packages.MemoryTarget target) = await sandbox.ExportAsync(EventHubSandbox.Name, EventHubSandbox.Bob);

        Assert.Equal("Attributed", Assert.Single(target.Records("stored-events")).GetProperty("attribution").GetString());
    }

    [Theory]
    [InlineData("deviceId")]
    [InlineData("ConnectionDeviceId")]
    public async Task Gateway_RelaysForTheDeviceThatAPropertyNames(string property)
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add();
        EventHubSandbox.Route(hub, sandbox.Message("gateway", new KeyValuePair<string, string>(property, EventHubSandbox.Alice)));

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(EventHubSandbox.Name, "gateway", EventHubSandbox.Alice);
        (IReadOnlyList<ExportCompleteness> accounts, Packages.MemoryTarget target) = await sandbox.ExportAsync(
            EventHubSandbox.Name,
            "gateway"
        );

        Assert.Equal([(0L, 1L), (1L, 0L)], found.Select(one => (one.RecordCount, one.RelayedCount)));
        Assert.Equal((0L, 1L), (accounts[0].Included, accounts[0].Withheld));
        Assert.Empty(target.Files);
        sandbox.Erasure = sandbox.Erasure with { IncludeRelayed = true };
        (accounts, target) = await sandbox.ExportAsync(EventHubSandbox.Name, "gateway");
        Assert.Equal((1L, 0L, 1), (accounts[0].Included, accounts[0].Withheld, target.Records("stored-events").Count));
    }

    [Fact]
    public async Task Generation_LeavesOutOthers_AndKeepsWhatTellsNone()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add();
        RoutedMessage message = sandbox.Message(EventHubSandbox.Alice);
        EventHubSandbox.Route(hub, message);
        EventHubSandbox.Route(hub, message with { GenerationId = "gen-2" });
        EventHubSandbox.Route(hub, message with { MessageSource = "twinChangeEvents" });

        DeviceDataFinding all = await sandbox.FindOneAsync(EventHubSandbox.Alice);
        sandbox.Erasure = sandbox.Erasure with { Scope = new RecordScope { GenerationId = "gen-1" } };
        DeviceDataFinding one = await sandbox.FindOneAsync(EventHubSandbox.Alice);

        Assert.Equal((3L, 1L, 2L), (all.RecordCount, all.OtherGenerationRecords, one.RecordCount));
        Assert.Contains("-GenerationId", all.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Time_LeavesOutWhatTheHubTookInEarlierOrLater()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add();
        RoutedMessage message = sandbox.Message(EventHubSandbox.Alice);
        foreach (int hours in (int[])[-9, -6, -3])
            EventHubSandbox.Route(hub, message with { Enqueued = message.Enqueued.AddHours(hours) });
        sandbox.Erasure = sandbox.Erasure with
        {
            Scope = new RecordScope { StartTime = message.Enqueued.AddHours(-7), EndTime = message.Enqueued.AddHours(-4) },
        };

        DeviceDataFinding some = await sandbox.FindOneAsync(EventHubSandbox.Alice);
        sandbox.Erasure = sandbox.Erasure with { Scope = new RecordScope { StartTime = message.Enqueued.AddDays(1) } };
        DeviceDataFinding none = await sandbox.FindOneAsync(EventHubSandbox.Alice);

        Assert.Equal(
            (1L, message.Enqueued.AddHours(-6).ToUnixTimeMilliseconds()),
            (some.RecordCount, some.FirstTime!.Value.ToUnixTimeMilliseconds())
        );
        Assert.Equal(some.FirstTime, some.LastTime);
        Assert.Equal(Verdict.Absent, none.Verdict);
    }

    [Fact]
    public async Task Body_IsLookedIntoByRequestOnly()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add();
        EventHubSandbox.Route(hub, sandbox.Message(EventHubSandbox.Bob) with { Body = """{"near":"alice"}"""u8.ToArray() });

        DeviceDataFinding without = await sandbox.FindOneAsync(EventHubSandbox.Alice);
        sandbox.Erasure = sandbox.Erasure with { Scope = new RecordScope { IncludeMentioned = true } };
        DeviceDataFinding with = await sandbox.FindOneAsync(EventHubSandbox.Alice);

        Assert.Equal((Verdict.Absent, Verdict.Expiring, 1L), (without.Verdict, with.Verdict, with.RecordCount));
        Assert.Contains("only in the body", with.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """[{"id":"1","topic":"/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/CONTOSO-HUB","subject":"devices/alice","eventType":"Microsoft.Devices.DeviceDeleted","data":{"deviceId":"alice","hubName":"contoso-hub"},"eventTime":"2026-01-05T08:00:00Z"},{"id":"2","subject":"devices/bob","eventType":"t","data":{"deviceId":"bob","hubName":"contoso-hub"}}]""",
        1
    )]
    [InlineData(
        """{"specversion":"1.0","id":"1","source":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/contoso-hub","subject":"devices/alice/mod","type":"t","time":"2026-01-05T08:00:00Z","data":{"deviceId":"alice"}}""",
        1
    )]
    [InlineData(
        """{"records":[{"time":"2026-01-05T08:00:00Z","resourceId":"/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/CONTOSO-HUB","category":"Connections","properties":"{\"deviceId\":\"alice\"}"},{"time":"2026-01-05T08:00:01Z","resourceId":"/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/CONTOSO-HUB","category":"Connections","properties":"{\"deviceId\":\"bob\"}"}]}""",
        1
    )]
    [InlineData(
        """{"records":[{"resourceId":"/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/FABRIKAM-HUB","category":"Connections","properties":"{\"deviceId\":\"alice\"}"}]}""",
        0
    )]
    [InlineData("""[]""", 0)]
    public async Task Envelope_OfAnotherService_IsReadRecordByRecord(string body, int records)
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        sandbox.Send(sandbox.Add(), body);

        DeviceDataFinding found = await sandbox.FindOneAsync(EventHubSandbox.Alice);
        (_, Packages.MemoryTarget target) = await sandbox.ExportAsync(EventHubSandbox.Name, EventHubSandbox.Alice);

        Assert.Equal((records, records > 0 ? Verdict.Expiring : Verdict.Absent), (found.RecordCount, found.Verdict));
        Assert.Equal(records, target.Records("stored-events").Count);
        Assert.DoesNotContain("bob", string.Concat(target.Records("stored-events")), StringComparison.Ordinal);
        Assert.Empty(sandbox.Reported);
    }

    [Theory]
    [InlineData(
        "Microsoft.Storage/storageAccounts/st/blobServices/default",
        "\"uri\":\"https://st.blob.core.windows.net/u/alice/a.jpg?x=1\"",
        true
    )]
    [InlineData(
        "Microsoft.Storage/storageAccounts/st/blobServices/default",
        "\"uri\":\"https://st.blob.core.windows.net/u/alice2/a.jpg\"",
        false
    )]
    [InlineData(
        "Microsoft.Storage/storageAccounts/st/blobServices/default",
        "\"uri\":\"https://st.blob.core.windows.net/u/x-alice/Alice\"",
        false
    )]
    [InlineData("Microsoft.Storage/storageAccounts/st/blobServices/default", "\"uri\":\"https://st/u%2Falice%2Fa.jpg\"", true)]
    [InlineData(
        "Microsoft.DocumentDB/databaseAccounts/db",
        "\"properties\":{\"queryText\":\"SELECT * FROM c WHERE c.id = 'alice'\"}",
        true
    )]
    [InlineData("Microsoft.DocumentDB/databaseAccounts/db", "\"properties\":\"{\\\"keys\\\":\\\"[\\\\\\\"alice\\\\\\\"]\\\"}\"", true)]
    [InlineData(
        "Microsoft.Devices/provisioningServices/dps",
        "\"properties\":\"{\\\"id\\\":\\\"alice\\\",\\\"type\\\":\\\"Registration\\\"}\"",
        true
    )]
    [InlineData("Microsoft.Devices/provisioningServices/dps", "\"properties\":\"{\\\"id\\\":\\\"ALICE\\\"}\"", true)]
    [InlineData("Microsoft.Devices/provisioningServices/dps", "\"properties\":\"{\\\"id\\\":\\\"alice2\\\"}\"", false)]
    [InlineData(
        "Microsoft.Devices/IotHubs/contoso-hub",
        "\"properties\":\"{\\\"deviceId\\\":\\\"bob\\\",\\\"peer\\\":\\\"alice\\\"}\"",
        false
    )]
    [InlineData("Microsoft.Devices/IotHubs/fabrikam-hub", "\"resultDescription\":\"of alice\"", false)]
    public async Task Row_OfAnotherResource_ThatNamesTheDeviceAnywhere_IsItsOwnersToJudge(string resource, string more, bool isNamed)
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add();
        string id = $"/subscriptions/s/resourceGroups/g/providers/{resource}";
        sandbox.Send(
            hub,
            $$"""{"records":[{"time":"2026-01-05T08:00:00Z","resourceId":"{{id.ToUpperInvariant()}}","category":"C",{{more}}}]}"""
        );

        DeviceDataFinding found = await sandbox.FindOneAsync(EventHubSandbox.Alice);
        sandbox.Send(
            hub,
            $$"""{"records":[{"TimeGenerated":"2026-01-05T08:00:00Z","_ResourceId":"{{id.ToLowerInvariant()}}","Type":"T",{{more}}}]}"""
        );
        DeviceDataFinding exported = await sandbox.FindOneAsync(EventHubSandbox.Alice);

        Assert.Equal((isNamed ? Verdict.OwnerAction : Verdict.Absent, 0L), (found.Verdict, found.RecordCount));
        Assert.Equal(isNamed, found.Detail?.Contains("1 record of others names", StringComparison.OrdinalIgnoreCase) == true);
        Assert.Equal(isNamed, exported.Detail?.Contains("2 records of others name", StringComparison.OrdinalIgnoreCase) == true);
    }

    [Theory]
    [InlineData("neither")]
    [InlineData("""{"records":[{"category":"Connections","resourceId":"/x","properties":"{}"}""")]
    [InlineData("""{"records":[7]}""")]
    [InlineData("""{"temperature":21}""")]
    [InlineData("")]
    public async Task Event_WhoseDeviceNobodyCanTell_MakesNoDeviceAbsent(string body)
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add();
        EventHubSandbox.Route(hub, sandbox.Message(EventHubSandbox.Alice));
        sandbox.Send(hub, body);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(EventHubSandbox.Name, EventHubSandbox.Alice, EventHubSandbox.Bob);

        Assert.All(found, one => Assert.Equal(Verdict.Unreachable, one.Verdict));
        Fault fault = Assert.Single(sandbox.Reported);
        Assert.Equal("EventsUnreadable", fault.Id);
        Assert.Contains("1 event ", fault.Message, StringComparison.Ordinal);
        Assert.Contains("sequence number 1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_HoldsPropertiesAndBody_AsTheyWereSent()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add();
        RoutedMessage message = sandbox.Message(EventHubSandbox.Alice, new KeyValuePair<string, string>("room", "7"));
        EventHubSandbox.Route(hub, message with { MessageId = "m1" });
        EventHubSandbox.Route(hub, message with { Body = new byte[] { 0xff, 0x00 } });

        (_, Packages.MemoryTarget target) = await sandbox.ExportAsync(EventHubSandbox.Name, EventHubSandbox.Alice);

        IReadOnlyList<JsonElement> lines = target.Records("stored-events");
        JsonElement first = lines[0].GetProperty("event");
        JsonElement system = first.GetProperty("systemProperties");
        Assert.Equal("alice", first.GetProperty("body").GetProperty("from").GetString());
        Assert.Equal("7", first.GetProperty("properties").GetProperty("room").GetString());
        Assert.Equal(
            ("alice", "gen-1", "m1", "application/json"),
            (
                system.GetProperty(Annotation).GetString(),
                system.GetProperty("iothub-connection-auth-generation-id").GetString(),
                system.GetProperty("message_id").GetString(),
                system.GetProperty("content_type").GetString()
            )
        );
        Assert.Equal(Convert.ToBase64String([0xff, 0x00]), lines[1].GetProperty("event").GetProperty("body").GetString());
        Assert.Equal([0L, 1L], lines.Select(line => line.GetProperty("sequenceNumber").GetInt64()));
    }

    [Fact]
    public async Task Bytes_AreThoseOfTheBodies()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add();
        EventHubSandbox.Route(hub, sandbox.Message(EventHubSandbox.Alice) with { Body = Encoding.UTF8.GetBytes("12345") });
        EventHubSandbox.Route(hub, sandbox.Message(EventHubSandbox.Alice) with { Body = Encoding.UTF8.GetBytes("678") });

        Assert.Equal(8, (await sandbox.FindOneAsync(EventHubSandbox.Alice)).Bytes);
    }
}
