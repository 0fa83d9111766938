using System.Net;
using System.Text.Json.Nodes;
using Azure.Messaging.EventHubs;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.Messaging.ServiceBus;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sandbox.Messaging;

/// <summary>Messaging as Resource Manager shows it.</summary>
public sealed class MessagingArmTests
{
    private const string Version = "2024-01-01";

    [Fact]
    public async Task Lists_LeadToEveryEntity_InPages()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        WorldNames names = session.Server.World.Names;

        Assert.Equal(["contoso-events"], await NamesAsync(session, $"{names.Subscription}/providers/Microsoft.EventHub/namespaces"));
        Assert.Equal(
            ["analytics", "device-events", "insights-logs-connections", "insights-logs-deviceidentityoperations"],
            await NamesAsync(session, $"{names.EventHubsId}/eventhubs")
        );
        Assert.Equal(["$Default", "archiver"], await NamesAsync(session, $"{names.EventHubsId}/eventhubs/analytics/consumergroups"));
        Assert.Equal(["RootManageSharedAccessKey"], await NamesAsync(session, $"{names.EventHubsId}/authorizationRules"));
        Assert.Equal(["dashboards"], await NamesAsync(session, $"{names.EventHubsId}/eventhubs/analytics/authorizationRules"));
        Assert.Equal(
            ["contoso-bus"],
            await NamesAsync(session, $"{names.Subscription}/resourceGroups/rg-data/providers/Microsoft.ServiceBus/namespaces")
        );
        Assert.Equal(["alerts", "alerts-audit", "commands", "device-events"], await NamesAsync(session, $"{names.ServiceBusId}/queues"));
        Assert.Equal(["alerts-topic", "device-events-topic"], await NamesAsync(session, $"{names.ServiceBusId}/topics"));
        string subscriptions = $"{names.ServiceBusId}/topics/alerts-topic/subscriptions";
        Assert.Equal(["audit", "muted", "operations", "security"], await NamesAsync(session, subscriptions));
        Assert.Equal(["$Default"], await NamesAsync(session, $"{subscriptions}/security/rules"));
        string groups = $"{names.HubId}/eventHubEndpoints/events/ConsumerGroups";
        Assert.Equal(["$Default", "dashboards"], await NamesAsync(session, groups, "2023-06-30"));
    }

    [Fact]
    public async Task EventHub_ShowsRetentionAndCapture_AsEachVersionKnowsThem()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        string hubs = $"{session.Server.World.Names.EventHubsId}/eventhubs";
        session.Events.Add("for-ever", new EventHubOptions { Retention = null });
        session.Events.Add("compacted", new EventHubOptions { CleanupPolicy = "Compact", TombstoneRetentionHours = 12 });
        session.Events.Add(
            "captured",
            new EventHubOptions
            {
                Capture = new JsonObject { ["enabled"] = true, ["encoding"] = "Avro" },
            }
        );

        JsonNode analytics = await PropertiesAsync(session, $"{hubs}/analytics");
        JsonNode older = await PropertiesAsync(session, $"{hubs}/analytics", "2021-11-01");
        JsonNode forEver = await PropertiesAsync(session, $"{hubs}/for-ever");
        JsonNode compacted = await PropertiesAsync(session, $"{hubs}/compacted");
        JsonNode captured = await PropertiesAsync(session, $"{hubs}/captured");

        Assert.Equal(
            (7, 4, 168),
            (
                (int)analytics["messageRetentionInDays"]!,
                (int)analytics["partitionCount"]!,
                (int)analytics["retentionDescription"]!["retentionTimeInHours"]!
            )
        );
        Assert.Equal("Delete", (string)analytics["retentionDescription"]!["cleanupPolicy"]!);
        Assert.Null(analytics["captureDescription"]);
        Assert.Equal((7, null), ((int)older["messageRetentionInDays"]!, older["retentionDescription"]));
        Assert.Equal(-1, (int)forEver["retentionDescription"]!["retentionTimeInHours"]!);
        Assert.Equal(("Compact", long.MaxValue, 12), Retention(compacted));
        Assert.True((bool)captured["captureDescription"]!["enabled"]!);
    }

    [Fact]
    public async Task Entities_OfServiceBus_ShowHowTheyKeepAndForward()
    {
        await using MessagingSession session = await MessagingSession.StartAsync(hasData: true);
        string space = session.Server.World.Names.ServiceBusId;
        session.Bus.AddQueue(
            "own",
            new BusQueueOptions
            {
                RequiresSession = true,
                DuplicateWindow = TimeSpan.FromMinutes(3),
                ForwardDeadLettersTo = "alerts",
            }
        );

        JsonNode alerts = await PropertiesAsync(session, $"{space}/queues/ALERTS");
        JsonNode own = await PropertiesAsync(session, $"{space}/queues/own");
        JsonNode audit = await PropertiesAsync(session, $"{space}/topics/alerts-topic/subscriptions/audit");
        JsonNode rule = await PropertiesAsync(session, $"{space}/topics/alerts-topic/subscriptions/security/rules/$Default");
        JsonNode queue = await PropertiesAsync(session, $"{space}/queues/alerts-audit");

        Assert.Equal(
            ("P14D", 10, true),
            (
                (string)alerts["defaultMessageTimeToLive"]!,
                (int)alerts["maxDeliveryCount"]!,
                (bool)alerts["deadLetteringOnMessageExpiration"]!
            )
        );
        Assert.Equal(session.Bus.Queue("alerts")!.DeadLetters!.Messages.Count, (int)alerts["countDetails"]!["deadLetterMessageCount"]!);
        Assert.True((int)alerts["countDetails"]!["scheduledMessageCount"]! > 0);
        Assert.Equal(
            (true, true, "PT3M", "alerts"),
            (
                (bool)own["requiresSession"]!,
                (bool)own["requiresDuplicateDetection"]!,
                (string)own["duplicateDetectionHistoryTimeWindow"]!,
                (string)own["forwardDeadLetteredMessagesTo"]!
            )
        );
        Assert.Equal("alerts-audit", (string)audit["forwardTo"]!);
        Assert.Equal("critical = 'true'", (string)rule["sqlFilter"]!["sqlExpression"]!);
        Assert.Equal(
            (true, "P10675199DT2H48M5.4775807S"),
            ((bool)queue["enablePartitioning"]!, (string)queue["defaultMessageTimeToLive"]!)
        );
    }

    [Fact]
    public async Task ListKeys_GivesKeysThatOpenTheEntity()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        string rule = $"{session.Server.World.Names.EventHubsId}/eventhubs/analytics/authorizationRules/dashboards";

        using HttpResponseMessage response = await session.Sandbox.ArmAsync("POST", $"{rule}/listKeys?api-version={Version}");
        JsonNode keys = await SandboxSession.JsonOf(response);
        await using var connection = new EventHubConnection(
            (string)keys["primaryConnectionString"]!,
            session.EventOptions(MessagingSession.EventsHost)
        );

        Assert.Equal("dashboards", (string)keys["keyName"]!);
        Assert.Empty(await MessagingSession.ReadAsync(connection, "0"));
    }

    [Theory]
    [InlineData("{0}/eventhubs/none", 404)]
    [InlineData("{0}/eventhubs/analytics/consumergroups/none", 404)]
    [InlineData("{0}/authorizationRules/none", 404)]
    [InlineData("{0}/schemagroups/none", 501)]
    [InlineData("{1}/queues/none", 404)]
    [InlineData("{1}/topics/alerts-topic/subscriptions/none", 404)]
    [InlineData("{1}/migrationConfigurations/$default", 501)]
    public async Task Resource_ThatIsMissing_IsNotOneThatIsNotSimulated(string path, int status)
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        WorldNames names = session.Server.World.Names;
        string address = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, names.EventHubsId, names.ServiceBusId);

        using HttpResponseMessage response = await session.Sandbox.ArmAsync("GET", $"{address}?api-version={Version}");

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
    }

    private static (string, long, int) Retention(JsonNode properties) =>
        (
            (string)properties["retentionDescription"]!["cleanupPolicy"]!,
            (long)properties["retentionDescription"]!["retentionTimeInHours"]!,
            (int)properties["retentionDescription"]!["tombstoneRetentionTimeInHours"]!
        );

    private static async Task<JsonNode> PropertiesAsync(MessagingSession session, string path, string version = Version)
    {
        using HttpResponseMessage response = await session.Sandbox.ArmAsync("GET", $"{path}?api-version={version}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await SandboxSession.JsonOf(response))["properties"]!;
    }

    private static async Task<List<string>> NamesAsync(MessagingSession session, string path, string version = Version)
    {
        var names = new List<string>();
        string? next = $"{path}?api-version={version}";
        while (next is not null)
        {
            using HttpResponseMessage response = await session.Sandbox.ArmAsync("GET", next);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            JsonNode page = await SandboxSession.JsonOf(response);
            names.AddRange(page["value"]!.AsArray().Select(item => (string)item!["name"]!));
            next = (string?)page["nextLink"] is { } link ? new Uri(link).PathAndQuery : null;
        }

        return names;
    }
}
