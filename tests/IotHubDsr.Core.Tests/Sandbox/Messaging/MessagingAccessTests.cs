using Azure;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Producer;
using Azure.Messaging.ServiceBus;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sandbox.Messaging;

/// <summary>Who may do what in messaging: signatures, tokens, roles, and how each ends.</summary>
public sealed class MessagingAccessTests
{
    private const string Receive = "Microsoft.EventHub/*/receive/action";
    private const string ReceiveMessages = "Microsoft.ServiceBus/*/receive/action";

    [Fact]
    public async Task Signature_OfARule_GivesItsRightsAndNoMore()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        var listen = new EventHubConnection(
            MessagingSession.EventsHost,
            WorldNames.AnalyticsHub,
            MessagingSession.Key(session.Events, "dashboards"),
            session.EventOptions(MessagingSession.EventsHost)
        );
        await using EventHubConnection connection = listen;

        Assert.Empty(await MessagingSession.ReadAsync(connection, "0"));
        await using EventHubProducerClient producer = MessagingSession.Producer(connection);
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => producer.SendAsync([new EventData("x")]));
        // The rule is of one hub, so its key opens no other.
        await using var other = new EventHubConnection(
            MessagingSession.EventsHost,
            WorldNames.DeviceEventsHub,
            MessagingSession.Key(session.Events, "dashboards"),
            session.EventOptions(MessagingSession.EventsHost)
        );
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => MessagingSession.ReadAsync(other, "0"));
    }

    [Fact]
    public async Task Signature_WithAWrongKey_IsRefused()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        var wrong = new AzureNamedKeyCredential(MessagingRule.Root, Convert.ToBase64String(new byte[32]));
        await using var connection = new EventHubConnection(
            MessagingSession.EventsHost,
            WorldNames.AnalyticsHub,
            wrong,
            session.EventOptions(MessagingSession.EventsHost)
        );
        await using var client = new ServiceBusClient(MessagingSession.BusHost, wrong, session.BusOptions());
        await using EventHubConsumerClient consumer = MessagingSession.Consumer(connection);
        await using PartitionReceiver receiver = MessagingSession.Receiver(connection, "0", EventPosition.Earliest);

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => consumer.GetEventHubPropertiesAsync());
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => receiver.ReceiveBatchAsync(1, MessagingSession.Patience));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => client.CreateReceiver(WorldNames.AlertsQueue).PeekMessageAsync());
        Assert.Contains(session.Logged("put-token"), request => request.Status == 401);
    }

    [Fact]
    public async Task BuiltInEndpoint_TakesTheHubsPolicies_AndNoTokens()
    {
        await using MessagingSession session = await MessagingSession.StartAsync(hasData: true);
        IReadOnlyList<IotHubDsr.Sandbox.Hub.HubPolicy> policies = session.Server.World.Policies;
        EventHubConnection Connect(string policy) =>
            new(
                MessagingSession.BuiltInHost,
                WorldNames.HubName,
                new AzureNamedKeyCredential(policy, policies.Single(one => one.Name == policy).PrimaryKey),
                session.EventOptions(MessagingSession.BuiltInHost)
            );

        await using EventHubConnection owner = Connect("iothubowner");
        await using EventHubConnection service = Connect("service");
        await using EventHubConnection device = Connect("device");
        await using EventHubConnection token = session.Connect(WorldNames.HubName, MessagingSession.BuiltInHost);

        Assert.NotEmpty(await MessagingSession.ReadAllAsync(owner));
        Assert.NotEmpty(await MessagingSession.ReadAllAsync(service));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => MessagingSession.ReadAllAsync(device));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => MessagingSession.ReadAllAsync(token));
        await using EventHubProducerClient producer = MessagingSession.Producer(owner);
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => producer.SendAsync([new EventData("x")]));
    }

    [Fact]
    public async Task Roles_OfAnEntity_ReachThatOneAlone()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        WorldNames names = session.Server.World.Names;
        session.Server.Access.Assignments =
        [
            new($"{names.EventHubsId}/eventhubs/{WorldNames.AnalyticsHub}", new RoleDefinition { DataActions = [Receive] }),
            new(
                $"{names.ServiceBusId}/topics/{WorldNames.AlertsTopic}/subscriptions/operations",
                new() { DataActions = [ReceiveMessages] }
            ),
        ];
        await using EventHubConnection allowed = session.Connect(WorldNames.AnalyticsHub);
        await using EventHubConnection other = session.Connect(WorldNames.DeviceEventsHub);
        await using ServiceBusClient client = session.BusClient();

        Assert.Empty(await MessagingSession.ReadAsync(allowed, "0"));
        Assert.Null(await client.CreateReceiver(WorldNames.AlertsTopic, "operations").PeekMessageAsync());
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => MessagingSession.ReadAsync(other, "0"));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() =>
            client.CreateReceiver(WorldNames.AlertsTopic, "security").PeekMessageAsync()
        );
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => client.CreateReceiver(WorldNames.AlertsQueue).PeekMessageAsync());
        await using ServiceBusSender sender = client.CreateSender(WorldNames.AlertsQueue);
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => sender.SendMessageAsync(new ServiceBusMessage("x")));
    }

    [Fact]
    public async Task Denial_OfAnEntity_RefusesItAndNotItsNeighbour()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        session.Server.Access.Denied = [$"messaging:{WorldNames.EventsNamespace}/{WorldNames.AnalyticsHub}"];
        await using EventHubConnection denied = session.Connect(WorldNames.AnalyticsHub);
        await using EventHubConnection allowed = session.Connect(WorldNames.DeviceEventsHub);

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => MessagingSession.ReadAsync(denied, "0"));
        Assert.Empty(await MessagingSession.ReadAsync(allowed, "0"));
    }

    [Fact]
    public async Task Token_ThatHasExpired_IsRefused()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        session.Server.Tokens.Lifetime = TimeSpan.Zero;
        await using EventHubConnection connection = session.Connect(WorldNames.AnalyticsHub);

        UnauthorizedAccessException refused = await Assert.ThrowsAsync<UnauthorizedAccessException>(() =>
            MessagingSession.ReadAsync(connection, "0")
        );

        Assert.Contains("ExpiredToken", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_ThatExpiresDuringARead_EndsTheLink_AndTheNextReadGoesOn()
    {
        await using MessagingSession session = await MessagingSession.StartAsync(hasData: true);
        session.Server.AmqpFaults.Add(new() { Operation = "put-token", TokenSeconds = 0.5 });
        await using EventHubConnection connection = session.Connect(WorldNames.AnalyticsHub);
        await using PartitionReceiver receiver = MessagingSession.Receiver(
            connection,
            "0",
            EventPosition.Earliest,
            new PartitionReceiverOptions { PrefetchCount = 0, RetryOptions = MessagingSession.NoRetry() }
        );
        EventData first = Assert.Single(await receiver.ReceiveBatchAsync(1, MessagingSession.Patience));

        await Eventually.HoldsAsync(() =>
            session
                .Server.World.Messaging.EventHubs(WorldNames.EventsNamespace)
                .Find(WorldNames.AnalyticsHub)!
                .Group("$Default")
                .ReadersOf("0") == 0
        );
        List<EventData> rest = [];

        // The client learns of the end of its link by an error, or by an answer without events.
        for (int attempt = 0; rest.Count == 0 && attempt < 3; attempt++)
        {
            try
            {
                rest.AddRange(await receiver.ReceiveBatchAsync(1, MessagingSession.Patience));
            }
            catch (UnauthorizedAccessException)
            {
                continue;
            }
        }

        Assert.Equal((0, 1), (first.SequenceNumber, Assert.Single(rest).SequenceNumber));
    }

    [Fact]
    public async Task Token_ThatIsRefusedOnDemand_IsPutAgainByTheNextCall()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        session.Server.AmqpFaults.Add(
            new()
            {
                Operation = "put-token",
                Error = "amqp:unauthorized-access",
                Status = 401,
            }
        );
        await using EventHubConnection connection = session.Connect(WorldNames.AnalyticsHub);
        await using PartitionReceiver receiver = MessagingSession.Receiver(connection, "0", EventPosition.Earliest);

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => receiver.ReceiveBatchAsync(1, TimeSpan.FromMilliseconds(100)));
        Assert.Empty(await receiver.ReceiveBatchAsync(1, TimeSpan.FromMilliseconds(100)));

        Assert.Equal([401, 202], session.Logged("put-token").Select(request => request.Status));
    }

    [Fact]
    public async Task Certificate_IsForNamespacesAlone()
    {
        await using MessagingSession session = await MessagingSession.StartAsync();
        await using var connection = new EventHubConnection(
            MessagingSession.EventsHost,
            WorldNames.AnalyticsHub,
            session.Credential,
            new EventHubConnectionOptions
            {
                CustomEndpointAddress = session.Endpoint,
                CertificateValidationCallback = session.Trust("contoso.example.net"),
            }
        );

        await Assert.ThrowsAnyAsync<Exception>(() => MessagingSession.ReadAsync(connection, "0"));
        Assert.Empty(session.Logged("open"));
    }

    [Fact]
    public async Task Namespace_ThatIsNotThere_CannotBeReached_AsIfItsNameDidNotResolve()
    {
        const string host = "fabrikam-events.servicebus.windows.net";
        await using MessagingSession session = await MessagingSession.StartAsync();
        await using EventHubConnection connection = session.Connect("any", host);

        EventHubsException refused = await Assert.ThrowsAsync<EventHubsException>(() => MessagingSession.ReadAsync(connection, "0"));

        Assert.Equal(EventHubsException.FailureReason.ServiceCommunicationProblem, refused.Reason);
        Assert.Contains(session.Logged("open"), request => request.Status == 404 && request.Host == host);
    }
}
