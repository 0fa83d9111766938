using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Azure;
using Azure.Core;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Producer;
using Azure.Messaging.ServiceBus;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.Messaging.ServiceBus;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sandbox.Messaging;

/// <summary>A sandbox, and Microsoft's clients for .NET that reach its broker as those of the module do.</summary>
internal sealed class MessagingSession : IAsyncDisposable
{
    public const string EventsHost = WorldNames.EventsNamespace + MessagingNamespace.Suffix;
    public const string BusHost = WorldNames.BusNamespace + MessagingNamespace.Suffix;
    public const string BuiltInHost = WorldNames.BuiltInNamespace + MessagingNamespace.Suffix;

    /// <summary>Long enough for a machine that is ten times slower; nothing waits for it that goes well.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly X509Certificate2 _authority;

    private MessagingSession(SandboxSession sandbox)
    {
        Sandbox = sandbox;
        _authority = X509Certificate2.CreateFromPem(sandbox.Descriptor.CaCertificatePem);
        Credential = new SandboxCredential(sandbox.Server);
    }

    public SandboxSession Sandbox { get; }

    public SandboxServer Server => Sandbox.Server;

    public SandboxClock Clock => Server.World.Clock;

    public EventHubsNamespace Events => Server.World.Messaging.EventHubs(WorldNames.EventsNamespace);

    public ServiceBusNamespace Bus => Server.World.Messaging.ServiceBus(WorldNames.BusNamespace);

    public TokenCredential Credential { get; }

    public Uri Endpoint => new($"sb://127.0.0.1:{Sandbox.Descriptor.AmqpPort}");

    public static async Task<MessagingSession> StartAsync(bool hasData = false, bool eventsToServiceBus = false) =>
        new(await SandboxSession.StartAsync(new SandboxOptions { HasData = hasData, EventsToServiceBus = eventsToServiceBus }));

    public static AzureNamedKeyCredential Key(MessagingNamespace space, string rule)
    {
        MessagingRule found = space.Rules.Single(one => one.Name == rule);
        return new AzureNamedKeyCredential(found.Name, found.PrimaryKey);
    }

    /// <summary>Trusts this sandbox's authority, and only for the namespace that is meant.</summary>
    public RemoteCertificateValidationCallback Trust(string host) =>
        (_, certificate, _, _) =>
        {
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(_authority);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(certificate!.GetRawCertData());
            return chain.Build(leaf) && leaf.MatchesHostname(host);
        };

    public EventHubConnectionOptions EventOptions(string host) =>
        new() { CustomEndpointAddress = Endpoint, CertificateValidationCallback = Trust(host) };

    public EventHubConnection Connect(string hub, string host = EventsHost) => new(host, hub, Credential, EventOptions(host));

    public static EventHubConsumerClient Consumer(EventHubConnection connection, string group = EventHub.DefaultGroup) =>
        new(group, connection, new EventHubConsumerClientOptions { RetryOptions = NoRetry() });

    public static EventHubProducerClient Producer(EventHubConnection connection) =>
        new(connection, new EventHubProducerClientOptions { RetryOptions = NoRetry() });

    public static PartitionReceiver Receiver(
        EventHubConnection connection,
        string partition,
        EventPosition position,
        PartitionReceiverOptions? options = null,
        string group = EventHub.DefaultGroup
    ) => new(group, partition, position, connection, options ?? new PartitionReceiverOptions { RetryOptions = NoRetry() });

    public ServiceBusClient BusClient(int retries = 0, TimeSpan? patience = null) =>
        new(BusHost, Credential, BusOptions(retries, patience));

    public ServiceBusClientOptions BusOptions(int retries = 0, TimeSpan? patience = null) =>
        new()
        {
            CustomEndpointAddress = Endpoint,
            CertificateValidationCallback = Trust(BusHost),
            RetryOptions = new ServiceBusRetryOptions { MaxRetries = retries, TryTimeout = patience ?? Patience },
        };

    public static EventHubsRetryOptions NoRetry() => new() { MaximumRetries = 0, TryTimeout = Patience };

    /// <summary>Operations that the broker has logged for an address, or a part of one.</summary>
    public IReadOnlyList<LoggedRequest> Logged(string operation, string address = "") =>
        [
            .. Server
                .RequestLog.After(0)
                .Where(request => request.Method == operation && request.Target.Contains(address, StringComparison.OrdinalIgnoreCase)),
        ];

    /// <summary>Reads a partition up to the last event that it has now.</summary>
    public static async Task<List<EventData>> ReadAsync(EventHubConnection connection, string partition, EventPosition? position = null)
    {
        await using EventHubConsumerClient consumer = Consumer(connection);
        PartitionProperties properties = await consumer.GetPartitionPropertiesAsync(partition);
        await using PartitionReceiver receiver = Receiver(connection, partition, position ?? EventPosition.Earliest);
        var events = new List<EventData>();
        while (!properties.IsEmpty && (events.Count == 0 || events[^1].SequenceNumber < properties.LastEnqueuedSequenceNumber))
            events.AddRange(await receiver.ReceiveBatchAsync(100, Patience));

        return events;
    }

    public static async Task<List<EventData>> ReadAllAsync(EventHubConnection connection)
    {
        await using EventHubConsumerClient consumer = Consumer(connection);
        var events = new List<EventData>();
        foreach (string partition in await consumer.GetPartitionIdsAsync())
            events.AddRange(await ReadAsync(connection, partition));

        return events;
    }

    /// <summary>Peeks until a page is empty, as a reader must that wants to have seen all.</summary>
    public static async Task<List<ServiceBusReceivedMessage>> PeekAllAsync(ServiceBusReceiver receiver, int page = 100)
    {
        var messages = new List<ServiceBusReceivedMessage>();
        long from = 0;
        while (await receiver.PeekMessagesAsync(page, from) is { Count: > 0 } peeked)
        {
            messages.AddRange(peeked);
            from = peeked[^1].SequenceNumber + 1;
        }

        return messages;
    }

    public ValueTask DisposeAsync()
    {
        _authority.Dispose();
        return Sandbox.DisposeAsync();
    }

    private sealed class SandboxCredential(SandboxServer server) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(
                server.Tokens.Issue(requestContext.Scopes[0].Replace("/.default", "", StringComparison.Ordinal)),
                TimeProvider.System.GetUtcNow().AddSeconds(server.Tokens.AnnouncedLifetimeSeconds)
            );

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
