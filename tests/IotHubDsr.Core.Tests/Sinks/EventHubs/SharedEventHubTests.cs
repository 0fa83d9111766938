using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.EventHubs;

/// <summary>An event hub that several hubs route to: another one can have a device of the same ID.</summary>
public sealed class SharedEventHubTests
{
    private const string Alice = EventHubSandbox.Alice;
    private const string Other = "fabrikam-hub";
    private const string Twin = "twinChangeEvents";

    [Fact]
    public async Task Telemetry_IsTheSubjectsByItsRegisteredGenerationOnly()
    {
        await using EventHubSandbox sandbox = await StartAsync();
        EventHub hub = sandbox.Add();
        RoutedMessage message = sandbox.Message(Alice);
        EventHubSandbox.Route(hub, message);
        EventHubSandbox.Route(hub, message with { GenerationId = "gen-2" });
        EventHubSandbox.Route(hub, message with { GenerationId = "" });

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        (IReadOnlyList<ExportCompleteness> accounts, MemoryTarget target) = await sandbox.ExportAsync(EventHubSandbox.Name, Alice);

        Assert.Equal((Verdict.Expiring, 1L, 0L), (found.Verdict, found.RecordCount, found.OtherGenerationRecords));
        Assert.Contains("Hub 'fabrikam-hub' also writes to the place, and 2 records", found.Detail, StringComparison.Ordinal);
        Assert.Contains("-DedicatedContainer", found.Detail, StringComparison.Ordinal);
        Assert.Equal((1L, 1L, 0L), (accounts[0].Found, accounts[0].Included, accounts[0].Withheld));
        Assert.Contains("2 records of the device ID", accounts[0].Ground, StringComparison.Ordinal);
        Assert.Equal([0L], target.Records("stored-events").Select(line => line.GetProperty("sequenceNumber").GetInt64()));
    }

    [Fact]
    public async Task Notice_IsItsHubs_AndOneThatTellsNoneIsNobodys()
    {
        await using EventHubSandbox sandbox = await StartAsync();
        EventHub hub = sandbox.Add();
        RoutedMessage notice = sandbox.Message(Alice) with { MessageSource = Twin };
        EventHubSandbox.Route(hub, notice);
        EventHubSandbox.Route(hub, notice with { HubName = "?", Properties = [Named("CONTOSO-HUB")] });
        EventHubSandbox.Route(hub, notice with { HubName = Other, Properties = [Named(Other)] });
        EventHubSandbox.Route(hub, notice with { HubName = Other });

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);

        Assert.Equal((Verdict.Expiring, 2L), (found.Verdict, found.RecordCount));
        Assert.Contains("1 record of the device ID tells neither", found.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NameOfTheHub_ThatADeviceSets_TellsNothing()
    {
        await using EventHubSandbox sandbox = await StartAsync();
        EventHubSandbox.Route(
            sandbox.Add(),
            sandbox.Message(Alice) with
            {
                GenerationId = "gen-2",
                Properties = [Named(WorldNames.HubName)],
            }
        );

        Assert.Equal((Verdict.OwnerAction, 0L), Short(await sandbox.FindOneAsync(Alice)));
    }

    [Theory]
    [InlineData(LocationSettings.OtherHubs, Other, "Hub 'fabrikam-hub' also writes")]
    [InlineData(
        LocationSettings.SharingUnknown,
        "no right to list hubs.",
        "unknown whether another hub also writes to the place: no right"
    )]
    public async Task Device_WithoutARegistration_IsNeitherAbsentNorExported(string setting, string value, string ground)
    {
        await using EventHubSandbox sandbox = await StartAsync();
        sandbox.Sharing = new Dictionary<string, string> { [setting] = value };
        sandbox.Registered.Clear();
        EventHubSandbox.Route(sandbox.Add(), sandbox.Message(Alice));

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(EventHubSandbox.Name, Alice, EventHubSandbox.Bob);
        (IReadOnlyList<ExportCompleteness> accounts, MemoryTarget target) = await sandbox.ExportAsync(EventHubSandbox.Name, Alice);

        Assert.Equal([(Verdict.OwnerAction, 0L), (Verdict.Absent, 0L)], found.Select(Short));
        Assert.Null(found[0].Until);
        Assert.Contains(ground, found[0].Detail, StringComparison.Ordinal);
        Assert.Equal((Verdict.OwnerAction, 0L), (accounts[0].Verdict, accounts[0].Included));
        Assert.Empty(target.Files);
    }

    [Fact]
    public async Task Operator_WhoSaysThatThePlaceIsThisHubs_IsTakenAtTheirWord()
    {
        await using EventHubSandbox sandbox = await StartAsync();
        sandbox.Statements = [new OperatorStatement(OperatorStatementKind.DedicatedContainer, "moved away in 2025")];
        EventHub hub = sandbox.Add();
        EventHubSandbox.Route(hub, sandbox.Message(Alice));
        EventHubSandbox.Route(hub, sandbox.Message(Alice) with { GenerationId = "gen-2" });

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);

        Assert.Equal((2L, 1L), (found.RecordCount, found.OtherGenerationRecords));
    }

    [Fact]
    public async Task GenerationThatIsAskedFor_IsTheSubjects_WhoeverIsRegistered()
    {
        await using EventHubSandbox sandbox = await StartAsync();
        sandbox.Registered[Alice] = "gen-9";
        sandbox.Erasure = sandbox.Erasure with { Scope = new RecordScope { GenerationId = "gen-1" } };
        EventHub hub = sandbox.Add();
        EventHubSandbox.Route(hub, sandbox.Message(Alice));
        EventHubSandbox.Route(hub, sandbox.Message(Alice) with { GenerationId = "gen-9" });

        Assert.Equal((Verdict.Expiring, 1L), Short(await sandbox.FindOneAsync(Alice)));
    }

    [Fact]
    public async Task Gateway_TellsTheHubByItsOwnGeneration()
    {
        await using EventHubSandbox sandbox = await StartAsync();
        EventHubSandbox.Route(sandbox.Add(), sandbox.Message("gateway", new KeyValuePair<string, string>("deviceId", Alice)));

        DeviceDataFinding alone = await sandbox.FindOneAsync(Alice);
        sandbox.Registered["gateway"] = "gen-1";
        IReadOnlyList<DeviceDataFinding> together = await sandbox.FindAsync(EventHubSandbox.Name, Alice, "gateway");

        Assert.Equal((Verdict.OwnerAction, 0L), Short(alone));
        Assert.Equal((Verdict.Expiring, 1L), Short(together[0]));
        Assert.Equal(1L, together[1].RelayedCount);
    }

    [Fact]
    public async Task RowsAndEvents_TellTheirHubThemselves()
    {
        await using EventHubSandbox sandbox = await StartAsync();
        EventHub hub = sandbox.Add();
        foreach (string name in (string[])["CONTOSO-HUB", "FABRIKAM-HUB"])
        {
            string resource = $"/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/{name}";
            sandbox.Send(
                hub,
                $$$"""{"records":[{"resourceId":"{{{resource}}}","category":"Connections","properties":"{\"deviceId\":\"alice\"}"}]}"""
            );
            sandbox.Send(hub, $$"""[{"topic":"{{resource}}","subject":"devices/alice","eventType":"t","data":{"deviceId":"alice"} }]""");
        }

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);

        Assert.Equal((Verdict.Expiring, 2L), Short(found));
        Assert.DoesNotContain("also writes", found.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alice", "Alice")]
    [InlineData("0815", "815")]
    [InlineData("it's", "its")]
    public async Task LookAlike_WithTheSameGeneration_IsNoneOfTheSubjects(string deviceId, string lookAlike)
    {
        await using EventHubSandbox sandbox = await StartAsync();
        sandbox.Registered[deviceId] = "gen-1";
        EventHubSandbox.Route(sandbox.Add(), sandbox.Message(lookAlike));

        Assert.Equal((Verdict.Absent, 0L), Short(await sandbox.FindOneAsync(deviceId)));
    }

    private static (Verdict Verdict, long Records) Short(DeviceDataFinding found) => (found.Verdict, found.RecordCount);

    private static KeyValuePair<string, string> Named(string hub) => new("hubName", hub);

    private static async Task<EventHubSandbox> StartAsync()
    {
        EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        sandbox.Sharing = new Dictionary<string, string> { [LocationSettings.OtherHubs] = Other };
        sandbox.Registered[Alice] = "gen-1";
        return sandbox;
    }
}
