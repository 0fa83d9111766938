using System.Collections.Concurrent;
using System.Text;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BuiltInEndpoints;
using IotHubDsr.Core.Sinks.EventHubs;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Core.Tests.Sandbox.Messaging;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.EventHubs;

/// <summary>Event hubs of a sandbox, the sinks under test, and calls that remember what they were told.</summary>
internal sealed class EventHubSandbox : IAsyncDisposable
{
    public const string Alice = "alice";
    public const string Bob = "bob";
    public const string Name = "under-test";

    private readonly MessagingSession _session;
    private readonly AzureAccess _access;
    private readonly EventHubSink _sink;
    private readonly BuiltInEndpointSink _builtIn;

    private EventHubSandbox(MessagingSession session)
    {
        _session = session;
        _access = SandboxAccess.Open(session.Server, new Wire());
        _sink = new EventHubSink(_access, WorldNames.HubName);
        _builtIn = new BuiltInEndpointSink(_access, WorldNames.HubName);
    }

    public MessagingSession Session => _session;

    public SandboxClock Clock => _session.Clock;

    public List<DsrEvent> Events { get; } = [];

    public IEnumerable<Fault> Reported => Events.OfType<FaultEvent>().Select(reported => reported.Fault);

    /// <summary>What is asked for of the devices.</summary>
    public ErasureOptions Erasure { get; set; } = ErasureOptions.OwnAndCurrent;

    /// <summary>The consumer group of the location; null for none.</summary>
    public string? Group { get; set; }

    /// <summary>What is known of other hubs that write to the location.</summary>
    public Dictionary<string, string> Sharing { get; set; } = [];

    /// <summary>Generation IDs that the registry has shown, by device ID.</summary>
    public Dictionary<string, string> Registered { get; } = [];

    /// <summary>What the operator vouches for.</summary>
    public IReadOnlyList<OperatorStatement> Statements { get; set; } = [];

    public static async Task<EventHubSandbox> StartAsync(bool hasData = false) => new(await MessagingSession.StartAsync(hasData));

    /// <summary>An event hub of the namespace for tests.</summary>
    public EventHub Add(EventHubOptions? options = null) =>
        _session.Events.Add(Name, options ?? new EventHubOptions { Partitions = 1, Retention = TimeSpan.FromDays(7) });

    public Task<IReadOnlyList<DeviceDataFinding>> FindAsync(string hub, params string[] deviceIds) =>
        _sink.FindAsync(Call(LocationOf(hub)), deviceIds, CancellationToken.None);

    public async Task<DeviceDataFinding> FindOneAsync(string deviceId) => Assert.Single(await FindAsync(Name, deviceId));

    public async Task<Fault> RefusalAsync(string hub = Name) => (await Assert.ThrowsAsync<DsrException>(() => FindAsync(hub, Alice))).Fault;

    public Task<IReadOnlyList<DeviceDataFinding>> FindBuiltInAsync(params string[] deviceIds) =>
        _builtIn.FindAsync(Call(BuiltIn), deviceIds, CancellationToken.None);

    public async Task<(IReadOnlyList<ExportCompleteness> Accounts, MemoryTarget Target)> ExportAsync(string hub, params string[] deviceIds)
    {
        var target = new MemoryTarget();
        return (await _sink.ExportAsync(Call(LocationOf(hub)), deviceIds, target, CancellationToken.None), target);
    }

    /// <summary>Adds what the hub routes.</summary>
    public static void Route(EventHub hub, RoutedMessage message, DateTimeOffset? stored = null)
    {
        byte[] tail = new RoutedMessageEncoder().ForEventHubs(message);
        hub.Partitions[0].Append(tail, null, RoutedMessageEncoder.Annotations(message), stored ?? message.Enqueued);
    }

    /// <summary>Adds an event that no hub routed.</summary>
    public void Send(EventHub hub, string body, params KeyValuePair<string, string>[] properties) =>
        hub.Partitions[0].Append(new RoutedMessageEncoder().Json(null, body, properties), enqueued: Clock.GetUtcNow().AddMinutes(-5));

    public RoutedMessage Message(string deviceId, params KeyValuePair<string, string>[] properties) =>
        new(Clock.GetUtcNow().AddHours(-1), deviceId, "gen-1", Encoding.UTF8.GetBytes($$"""{"from":"{{deviceId}}"}"""))
        {
            Properties = properties,
            IsJson = true,
        };

    public ValueTask DisposeAsync()
    {
        _access.Dispose();
        return _session.DisposeAsync();
    }

    private DataLocation LocationOf(string hub) =>
        new()
        {
            Id = $"event-hub.{hub}",
            Kind = LocationKinds.EventHub,
            Place = $"{WorldNames.EventsNamespace}/{hub}",
            ResourceId = $"{_session.Server.World.Names.EventHubsId}/eventhubs/{hub}",
            Provenance = ["a test"],
            Statements = Statements,
            Settings = Group is null ? Sharing : new Dictionary<string, string>(Sharing) { [LocationSettings.ConsumerGroup] = Group },
        };

    private DataLocation BuiltIn =>
        new()
        {
            Id = "built-in",
            Kind = LocationKinds.BuiltInEndpoint,
            Place = $"{WorldNames.HubName}/events",
            ResourceId = _session.Server.World.Names.HubId,
            Provenance = ["a test"],
        };

    private SinkCall Call(DataLocation location) => new(location, new SinkOptions(4) { Erasure = Erasure }, (dsrEvent, _) =>
        {
            lock (Events)
                Events.Add(dsrEvent);
            return ValueTask.CompletedTask;
        }) { Generations = new ConcurrentDictionary<string, string>(Registered, StringComparer.Ordinal) };
}
