using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Core.Tests.Sandbox.Messaging;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.Messaging.Amqp;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.EventHubs;

/// <summary>What goes wrong with event hubs: nothing is counted twice or missed, and nobody is absent from what was not read.</summary>
public sealed class EventHubFaultTests
{
    [Theory]
    [InlineData("begin", 0)]
    [InlineData("attach", 2)]
    [InlineData("flow", 3)]
    [InlineData("transfer", 0)]
    [InlineData("transfer", 150)]
    public async Task Reset_AtAFrame_CountsEachEventOnce(string frame, int skip)
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync(hasData: true);
        string[] devices = [.. sandbox.Session.Server.World.Truth.Devices];
        long[] expected = Counts(await sandbox.FindAsync(WorldNames.AnalyticsHub, devices));
        sandbox.Session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Frame = frame,
                Skip = skip,
                Reset = true,
            }
        );

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(WorldNames.AnalyticsHub, devices);

        Assert.Empty(sandbox.Session.Server.AmqpFaults.Pending);
        Assert.Equal(expected, Counts(found));
        Assert.Empty(sandbox.Reported);
    }

    [Fact]
    public async Task Reset_InAnExport_WritesEachEventOnce()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync(hasData: true);
        (_, Packages.MemoryTarget whole) = await sandbox.ExportAsync(WorldNames.AnalyticsHub, "dev1");
        sandbox.Session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Frame = "transfer",
                AddressContains = "/Partitions/",
                Skip = 120,
                Times = 2,
                Reset = true,
            }
        );

        (_, Packages.MemoryTarget broken) = await sandbox.ExportAsync(WorldNames.AnalyticsHub, "dev1");

        Assert.NotEmpty(whole.Records("stored-events"));
        Assert.Equal(whole.Text("stored-events.ndjson"), broken.Text("stored-events.ndjson"));
        Assert.Empty(sandbox.Session.Server.AmqpFaults.Pending);
    }

    [Fact]
    public async Task Token_ThatEndsDuringARead_IsRenewed()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync(hasData: true);
        long[] expected = Counts(await sandbox.FindAsync(WorldNames.AnalyticsHub, "dev1"));
        sandbox.Session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Operation = "put-token",
                TokenSeconds = 0.2,
                Times = 3,
            }
        );
        sandbox.Session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Frame = "transfer",
                AddressContains = "/Partitions/",
                Skip = 50,
                LatencyMilliseconds = 500,
            }
        );

        Assert.Equal(expected, Counts(await sandbox.FindAsync(WorldNames.AnalyticsHub, "dev1")));
    }

    [Theory]
    [InlineData("open", null)]
    [InlineData(null, "READ")]
    public async Task Answer_LaterThanOneTryWaits_IsAskedForAgain(string? frame, string? operation)
    {
        await using MessagingSession session = await MessagingSession.StartAsync(hasData: true);
        var patience = TimeSpan.FromSeconds(5);
        using AzureAccess access = SandboxAccess.Open(session.Server, new Wire(), patience);
        session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Frame = frame,
                Operation = operation,
                LatencyMilliseconds = (int)(2 * patience).TotalMilliseconds,
            }
        );
        await using var client = new EventHubClient(
            access,
            new EventHubPlace(MessagingSession.EventsHost, WorldNames.AnalyticsHub, "analytics")
        );

        Assert.NotEmpty(await client.PartitionsAsync(CancellationToken.None));
    }

    [Fact]
    public async Task MissingRight_IsNamedWithItsScope()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        sandbox.Add();
        WorldNames names = sandbox.Session.Server.World.Names;
        sandbox.Session.Server.Access.Assignments = [new RoleAssignment(names.Subscription, new RoleDefinition { Actions = ["*/read"] })];

        Fault fault = await sandbox.RefusalAsync();

        Assert.Equal("PermissionMissing", fault.Id);
        Assert.Contains("Azure Event Hubs Data Receiver", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains($"{names.EventHubsId}/eventhubs/{EventHubSandbox.Name}", fault.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EventHubSandbox.Name, MessagingRule.Root)]
    [InlineData(WorldNames.AnalyticsHub, "dashboards")]
    public async Task MissingRight_OfAnAccountThatMayListKeys_IsReplacedByTheKeyOfTheNarrowestPolicy(string name, string policy)
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Session.Events.Find(name) ?? sandbox.Add();
        EventHubSandbox.Route(hub, sandbox.Message(EventHubSandbox.Alice));
        sandbox.Session.Server.Access.Denied = [$"messaging:{WorldNames.EventsNamespace}/{name}"];

        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(name, EventHubSandbox.Alice));

        Assert.Equal((Verdict.Expiring, 1L), (found.Verdict, found.RecordCount));
        string note = Assert.Single(sandbox.Events.OfType<NoticeEvent>()).Text;
        Assert.Contains($"the key of the policy '{policy}'", note, StringComparison.Ordinal);
        Assert.DoesNotContain(sandbox.Session.Events.Rules, rule => note.Contains(rule.PrimaryKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task BuiltInEndpoint_WhoseKeysMayNotBeListed_SaysWhichActionIsMissing()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        sandbox.Session.Server.Access.Assignments =
        [
            new RoleAssignment(sandbox.Session.Server.World.Names.Subscription, new RoleDefinition { Actions = ["*/read"] }),
        ];

        Fault fault = (await Assert.ThrowsAsync<DsrException>(() => sandbox.FindBuiltInAsync(EventHubSandbox.Alice))).Fault;

        Assert.Equal("PermissionMissing", fault.Id);
        Assert.Contains("listkeys", fault.RecommendedAction, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(sandbox.Session.Server.World.Policies, policy =>
            fault.ToString()!.Contains(policy.PrimaryKey, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Missing_EventHubOrConsumerGroup_IsAMissingLocation()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        Assert.Equal("LocationMissing", (await sandbox.RefusalAsync("nowhere")).Id);

        EventHubSandbox.Route(sandbox.Add(), sandbox.Message(EventHubSandbox.Alice));
        sandbox.Group = "nobodys";
        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(EventHubSandbox.Name, EventHubSandbox.Alice);

        Assert.Equal(Verdict.Unreachable, found[0].Verdict);
        Fault fault = Assert.Single(sandbox.Reported);
        Assert.Equal("LocationMissing", fault.Id);
        Assert.Contains("nobodys", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConsumerGroup_ThatIsFull_IsSaid_AndOneOfOnesOwnHelps()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add(new EventHubOptions { Partitions = 1, ConsumerGroups = ["ours"] });
        EventHubSandbox.Route(hub, sandbox.Message(EventHubSandbox.Alice));
        await using EventHubConnection connection = sandbox.Session.Connect(EventHubSandbox.Name);
        List<PartitionReceiver> readers =
        [
            .. Enumerable.Range(0, 5).Select(_ => MessagingSession.Receiver(connection, "0", EventPosition.Earliest)),
        ];
        foreach (PartitionReceiver reader in readers)
            Assert.Single(await reader.ReceiveBatchAsync(1, MessagingSession.Patience));

        DeviceDataFinding full = await sandbox.FindOneAsync(EventHubSandbox.Alice);
        sandbox.Group = "ours";
        DeviceDataFinding own = await sandbox.FindOneAsync(EventHubSandbox.Alice);

        Assert.Equal((Verdict.Unreachable, Verdict.Expiring), (full.Verdict, own.Verdict));
        Assert.Equal("ConsumerGroupFull", Assert.Single(sandbox.Reported).Id);
        foreach (PartitionReceiver reader in readers)
            await reader.DisposeAsync();
    }

    [Fact]
    public async Task ConsumerGroup_ThatAReaderClaimsForItself_IsSaid_AndOneOfOnesOwnHelps()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add(new EventHubOptions { Partitions = 1, ConsumerGroups = ["ours"] });
        EventHubSandbox.Route(hub, sandbox.Message(EventHubSandbox.Alice));
        await using EventHubConnection connection = sandbox.Session.Connect(EventHubSandbox.Name);
        await using var claiming = new PartitionReceiver(
            EventHubConsumerClient.DefaultConsumerGroupName,
            "0",
            EventPosition.Earliest,
            connection,
            new PartitionReceiverOptions { OwnerLevel = 0 }
        );
        Assert.Single(await claiming.ReceiveBatchAsync(1, MessagingSession.Patience));

        DeviceDataFinding claimed = await sandbox.FindOneAsync(EventHubSandbox.Alice);
        sandbox.Group = "ours";
        DeviceDataFinding own = await sandbox.FindOneAsync(EventHubSandbox.Alice);

        Assert.Equal((Verdict.Unreachable, Verdict.Expiring), (claimed.Verdict, own.Verdict));
        Fault fault = Assert.Single(sandbox.Reported);
        Assert.Equal("ConsumerGroupClaimed", fault.Id);
        Assert.Contains("'consumerGroup'", fault.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$Default")]
    [InlineData("ours")]
    public async Task ConsumerGroup_ThatIsFullForAWhile_IsReadWhenAReaderHasLeft_AndThatIsWarnedOf(string group)
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add(new EventHubOptions { Partitions = 1, ConsumerGroups = ["ours"] });
        EventHubSandbox.Route(hub, sandbox.Message(EventHubSandbox.Alice));
        sandbox.Group = group;
        sandbox.Session.Server.AmqpFaults.Add(
            new AmqpFaultRule
            {
                Frame = "attach",
                AddressContains = $"/ConsumerGroups/{group}/Partitions/0",
                Error = "amqp:resource-limit-exceeded",
                Times = 2,
            }
        );

        DeviceDataFinding found = await sandbox.FindOneAsync(EventHubSandbox.Alice);

        Assert.Empty(sandbox.Session.Server.AmqpFaults.Pending);
        Assert.Equal((Verdict.Expiring, 1L), (found.Verdict, found.RecordCount));
        Assert.Empty(sandbox.Reported);
        NoticeEvent warning = Assert.Single(sandbox.Events.OfType<NoticeEvent>(), static notice => notice.Level == NoticeLevel.Warning);
        Assert.Contains($"consumer group '{group}'", warning.Text, StringComparison.Ordinal);
        Assert.Contains("'consumerGroup'", warning.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_ClaimsNothing_AndOthersReadOn()
    {
        await using EventHubSandbox sandbox = await EventHubSandbox.StartAsync();
        EventHub hub = sandbox.Add();
        EventHubSandbox.Route(hub, sandbox.Message(EventHubSandbox.Alice));
        await using EventHubConnection connection = sandbox.Session.Connect(EventHubSandbox.Name);
        await using PartitionReceiver other = MessagingSession.Receiver(connection, "0", EventPosition.Earliest);
        Assert.Single(await other.ReceiveBatchAsync(1, MessagingSession.Patience));

        Assert.Equal(Verdict.Expiring, (await sandbox.FindOneAsync(EventHubSandbox.Alice)).Verdict);
        EventHubSandbox.Route(hub, sandbox.Message(EventHubSandbox.Bob));

        Assert.Single(await other.ReceiveBatchAsync(1, MessagingSession.Patience));
    }

    private static long[] Counts(IReadOnlyList<DeviceDataFinding> findings) => [.. findings.Select(one => one.RecordCount)];
}
