using System.Text;
using Azure.Messaging.ServiceBus;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BusEntities;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Core.Tests.Sandbox.Messaging;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Messaging.Amqp;
using IotHubDsr.Sandbox.Messaging.ServiceBus;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.ServiceBus;

/// <summary>Queues and topics of a sandbox, the sinks under test, and calls that remember what they were told.</summary>
internal sealed class BusSandbox : IAsyncDisposable
{
    public const string Alice = "alice";
    public const string Bob = "bob";
    public const string Name = "under-test";

    private readonly RoutedMessageEncoder _encoder = new();
    private readonly MessagingSession _session;
    private readonly AzureAccess _access;

    private BusSandbox(MessagingSession session)
    {
        _session = session;
        _access = SandboxAccess.Open(session.Server, new Wire());
    }

    public MessagingSession Session => _session;

    public SandboxClock Clock => _session.Clock;

    public List<DsrEvent> Events { get; } = [];

    public IEnumerable<Fault> Reported => Events.OfType<FaultEvent>().Select(reported => reported.Fault);

    /// <summary>What was announced, in order.</summary>
    public List<Announcement> Announced { get; } = [];

    /// <summary>Runs when something is announced, before it is done.</summary>
    public Func<Announcement, Task> OnAnnounced { get; set; } = static _ => Task.CompletedTask;

    /// <summary>What a plan shows of the location that is asked about.</summary>
    public IReadOnlyList<SeenItem> Planned { get; set; } = [];

    /// <summary>What is asked for of the devices.</summary>
    public ErasureOptions Erasure { get; set; } = ErasureOptions.OwnAndCurrent;

    /// <summary>Devices of which an operator holds all.</summary>
    public IReadOnlyCollection<string> HeldDevices { get; set; } = [];

    public static async Task<BusSandbox> StartAsync(bool hasData = false, bool eventsToServiceBus = false) =>
        new(await MessagingSession.StartAsync(hasData, eventsToServiceBus));

    /// <summary>A queue of the namespace for tests.</summary>
    public BusQueue Add(BusQueueOptions? options = null, string name = Name) =>
        _session.Bus.AddQueue(name, options ?? new BusQueueOptions());

    public Task<IReadOnlyList<DeviceDataFinding>> FindAsync(params string[] deviceIds) => FindAsync(LocationOf(Name), deviceIds);

    public Task<IReadOnlyList<DeviceDataFinding>> FindAsync(DataLocation location, params string[] deviceIds) =>
        SinkOf(location).FindAsync(Call(location), deviceIds, CancellationToken.None);

    public async Task<DeviceDataFinding> FindOneAsync(string deviceId) => Assert.Single(await FindAsync(deviceId));

    public async Task<(IReadOnlyList<ExportCompleteness> Accounts, MemoryTarget Target)> ExportAsync(
        DataLocation location,
        params string[] deviceIds
    )
    {
        var target = new MemoryTarget();
        return (await SinkOf(location).ExportAsync(Call(location), deviceIds, target, CancellationToken.None), target);
    }

    public Task<(IReadOnlyList<ExportCompleteness> Accounts, MemoryTarget Target)> ExportAsync(params string[] deviceIds) =>
        ExportAsync(LocationOf(Name), deviceIds);

    /// <summary>Finds and erases what was found.</summary>
    public async Task<ErasureOutcome> EraseAsync(string deviceId) => await EraseAsync(await FindOneAsync(deviceId));

    public async Task<ErasureOutcome> EraseAsync(DeviceDataFinding finding) =>
        Assert.Single(await SinkOf(finding.Location).EraseAsync(Call(finding.Location), [finding], CancellationToken.None));

    /// <summary>Adds what the hub routes.</summary>
    public BusMessage Route(BusQueue queue, string deviceId, Action<BusMessage>? change = null) =>
        Put(queue, new BusMessage(EncodedMessage.Read(_encoder.ForServiceBus(Message(deviceId)))), change);

    /// <summary>Adds a message that no hub routed.</summary>
    public BusMessage Send(BusQueue queue, string body, params KeyValuePair<string, string>[] properties) =>
        Put(queue, new BusMessage(EncodedMessage.Read(_encoder.Json(null, body, properties))), null);

    /// <summary>Adds a message that a client sends.</summary>
    public async Task SendAsync(params ServiceBusMessage[] messages)
    {
        await using ServiceBusClient client = _session.BusClient();
        await using ServiceBusSender sender = client.CreateSender(Name);
        foreach (ServiceBusMessage message in messages)
            await sender.SendMessageAsync(message);
    }

    public static ServiceBusMessage Of(string deviceId, string? session = null) =>
        new($$"""{"from":"{{deviceId}}"}""")
        {
            SessionId = session,
            ApplicationProperties = { ["iothub-connection-device-id"] = deviceId, ["iothub-message-source"] = "Telemetry" },
        };

    public RoutedMessage Message(string deviceId, params KeyValuePair<string, string>[] properties) =>
        new(Clock.GetUtcNow().AddHours(-1), deviceId, "gen-1", Encoding.UTF8.GetBytes($$"""{"from":"{{deviceId}}"}"""))
        {
            Properties = properties,
            IsJson = true,
        };

    public BusMessage Route(BusQueue queue, RoutedMessage message) =>
        Put(queue, new BusMessage(EncodedMessage.Read(_encoder.ForServiceBus(message))), null);

    /// <summary>As if a receiver had settled it.</summary>
    public static void Settle(BusQueue queue, BusMessage message, Settlement how, int times = 1)
    {
        for (int time = 0; time < times; time++)
            queue.SettleSeeded(message, how, []);
    }

    /// <summary>The device of a message, as its application property tells it.</summary>
    public static string? DeviceOf(BusMessage message) =>
        message.ApplicationProperties.GetValueOrDefault("iothub-connection-device-id") as string;

    public DataLocation LocationOf(string name, bool isTopic = false) =>
        new()
        {
            Id = $"service-bus.{name}",
            Kind = isTopic ? LocationKinds.ServiceBusTopic : LocationKinds.ServiceBusQueue,
            Place = $"{WorldNames.BusNamespace}/{name}",
            ResourceId = $"{_session.Server.World.Names.ServiceBusId}/{(isTopic ? "topics" : "queues")}/{name}",
            Provenance = ["a test"],
        };

    public ValueTask DisposeAsync()
    {
        _access.Dispose();
        return _session.DisposeAsync();
    }

    private static BusMessage Put(BusQueue queue, BusMessage message, Action<BusMessage>? change)
    {
        change?.Invoke(message);
        queue.Take(message);
        return message;
    }

    private BusSink SinkOf(DataLocation location) =>
        new(_access, WorldNames.HubName, isTopic: location.Kind == LocationKinds.ServiceBusTopic);

    private SinkCall Call(DataLocation location) =>
        new(
            location,
            new SinkOptions(4) { Erasure = Erasure },
            (dsrEvent, _) =>
            {
                lock (Events)
                    Events.Add(dsrEvent);
                return ValueTask.CompletedTask;
            },
            async (what, _) =>
            {
                lock (Announced)
                    Announced.Add(what);
                await OnAnnounced(what);
            }
        )
        {
            PlannedItems = () => Planned,
            HeldDevices = HeldDevices,
        };
}
