using System.Text;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Messaging.ServiceBus;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sandbox.Messaging;

/// <summary>What the hub does after the start arrives where its routes and subscriptions say.</summary>
public sealed class MessagingRoutingTests
{
    [Theory]
    [InlineData("true", 1, 1)]
    [InlineData("false", 1, 0)]
    public async Task Telemetry_GoesByTheConditionOfEachRoute(string alert, int toHub, int toBus)
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        RoutedMessage message = Message(session) with { Properties = [new(MessageSeed.Alert, alert)] };

        session.Server.World.Events.Accept([message], 1);

        Assert.Equal(toHub, Count(session, WorldNames.EventsNamespace, WorldNames.AnalyticsHub));
        Assert.Equal(0, Count(session, WorldNames.BuiltInNamespace, WorldNames.HubName));
        Assert.Equal(toBus, session.Bus.Queue(WorldNames.AlertsQueue)!.Messages.Count);
        Assert.Equal(toBus, session.Bus.Topic(WorldNames.AlertsTopic)!.Find("operations")!.Queue.Messages.Count);
        Assert.Equal(toBus, session.Bus.Queue(WorldNames.AuditQueue)!.Messages.Count);
        Assert.Empty(session.Bus.Topic(WorldNames.AlertsTopic)!.Find("muted")!.Queue.Messages);
        Assert.Equal(1, Count(session, WorldNames.EventsNamespace, WorldNames.DeviceEventsHub));
    }

    [Fact]
    public async Task Deletion_OfADevice_IsToldByEventGridAndNotByRoutesOfTelemetry()
    {
        await using MessagingSession session = await MessagingSession.StartAsync(eventsToServiceBus: true);

        using HttpResponseMessage deleted = await session.Sandbox.HubAsync("DELETE", "/devices/dev1", null, ("If-Match", "*"));

        Assert.True(deleted.IsSuccessStatusCode);
        Assert.Equal(0, Count(session, WorldNames.EventsNamespace, WorldNames.AnalyticsHub));
        BusMessage told = Assert.Single(session.Bus.Queue(WorldNames.DeviceEventsQueue)!.Messages);
        string text = Encoding.UTF8.GetString(told.Tail.Span);
        JsonNode envelope = JsonNode.Parse(text[text.IndexOf('{', StringComparison.Ordinal)..])!;
        Assert.Equal("Microsoft.Devices.DeviceDeleted", (string)envelope["eventType"]!);
        Assert.Equal("dev1", (string)envelope["data"]!["twin"]!["deviceId"]!);
        Assert.Equal(1, Count(session, WorldNames.EventsNamespace, WorldNames.DeviceEventsHub));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("kind = 'it''s'", true)]
    [InlineData("kind='its'", false)]
    [InlineData("other = 'it''s'", false)]
    [InlineData("$body.kind = 'it''s'", false)]
    public void Condition_HoldsOverApplicationProperties(string condition, bool holds)
    {
        var message = new RoutedMessage(default, "dev1", "1", ReadOnlyMemory<byte>.Empty) { Properties = [new("kind", "it's")] };

        Assert.Equal(holds, RouteCondition.Holds(condition, message));
    }

    private static RoutedMessage Message(MessagingSession session) =>
        new(session.Clock.GetUtcNow(), "it's", "638000000000000000", "{\"t\":1}"u8.ToArray()) { IsJson = true };

    private static int Count(MessagingSession session, string space, string hub) =>
        session.Server.World.Messaging.EventHubs(space).Find(hub)!.Partitions.Sum(partition => partition.Count);
}
