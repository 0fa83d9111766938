using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Queues;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.StorageQueues;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Core.Tests.Sandbox.Storage.Queues;
using IotHubDsr.Sandbox.World;
using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Core.Tests.Sinks.StorageQueues;

/// <summary>An empty queue of one of the services, seen by the sink and by a plain client, and what the sink told.</summary>
internal sealed class QueueSinkUnderTest : IAsyncDisposable
{
    public const string Alice = "alice";
    public const string Bob = "bob";

    private readonly QueueUnderTest _queue;
    private readonly AzureAccess? _access;

    private QueueSinkUnderTest(QueueUnderTest queue)
    {
        _queue = queue;
        _access = queue.Sandbox is { } sandbox ? SandboxAccess.Open(sandbox.Server, Wire) : null;
        Sink = NewSink();
    }

    public QueueClient Client => _queue.Client;

    public SandboxSession Sandbox => _queue.Sandbox!;

    public IotHubDsr.Sandbox.Storage.Queues.StorageQueue Queue => _queue.Queue;

    public Wire Wire { get; } = new();

    public StorageQueueSink Sink { get; private set; }

    public List<DsrEvent> Events { get; } = [];

    public List<Announcement> Announced { get; } = [];

    /// <summary>Runs before an announcement is on record.</summary>
    public Action? OnAnnounce { get; set; }

    public IEnumerable<Fault> Reported => Events.OfType<FaultEvent>().Select(reported => reported.Fault);

    /// <summary>What is asked for of the devices.</summary>
    public ErasureOptions Erasure { get; set; } = ErasureOptions.OwnAndCurrent;

    /// <summary>See <see cref="SinkCall.Bounds"/>.</summary>
    public IReadOnlyDictionary<string, RecordBound> Bounds { get; set; } = new Dictionary<string, RecordBound>();

    /// <summary>Devices of which an operator holds all.</summary>
    public IReadOnlyCollection<string> HeldDevices { get; set; } = [];

    /// <summary>What the calls of one operation share.</summary>
    public WorkGate Operation { get; set; } = new(4);

    /// <summary>How the queue was read last.</summary>
    public string? Reading { get; private set; }

    public static async Task<QueueSinkUnderTest> StartAsync(string service, AzuriteServer azurite) =>
        new(await QueueUnderTest.StartAsync(service, azurite));

    public static async Task<QueueSinkUnderTest> StartAsync() => new(await QueueUnderTest.StartAsync());

    /// <summary>Another process: a sink that knows nothing of this one.</summary>
    public void Restart() => Sink = NewSink();

    /// <summary>Puts an event of this hub about a device as Event Grid does.</summary>
    public Task PutAsync(string deviceId, TimeSpan? life = null) => PutAsync(Event(deviceId), life);

    public Task PutAsync(JsonNode described, TimeSpan? life = null) =>
        Client.SendMessageAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes(described.ToJsonString())), timeToLive: life);

    public static JsonObject Event(string deviceId, string hub = WorldNames.HubName) =>
        new()
        {
            ["id"] = Guid.NewGuid().ToString(),
            ["topic"] = $"/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/{hub.ToUpperInvariant()}",
            ["subject"] = $"devices/{deviceId}",
            ["eventType"] = "Microsoft.Devices.DeviceConnected",
            ["data"] = new JsonObject { ["hubName"] = hub, ["deviceId"] = deviceId },
            ["dataVersion"] = "1",
            ["metadataVersion"] = "1",
            ["eventTime"] = "2026-01-05T08:00:00Z",
        };

    public async Task<IReadOnlyList<DeviceDataFinding>> FindAsync(params string[] deviceIds)
    {
        SinkCall call = Call();
        IReadOnlyList<DeviceDataFinding> findings = await Sink.FindAsync(call, deviceIds, CancellationToken.None);
        Reading = call.Reading;
        return findings;
    }

    public async Task<DeviceDataFinding> FindOneAsync(string deviceId) => Assert.Single(await FindAsync(deviceId));

    public async Task<IReadOnlyList<ErasureOutcome>> EraseAsync(params string[] deviceIds) =>
        await EraseAsync(await FindAsync(deviceIds), CancellationToken.None);

    public Task<IReadOnlyList<ErasureOutcome>> EraseAsync(
        IReadOnlyList<DeviceDataFinding> findings,
        CancellationToken cancellationToken,
        Func<string, long?>? more = null
    ) => Sink.EraseAsync(Call(more is null ? null : new ErasureAllowance(findings, more)), findings, cancellationToken);

    public async Task<(IReadOnlyList<ExportCompleteness> Accounts, MemoryTarget Target)> ExportAsync(params string[] deviceIds)
    {
        var target = new MemoryTarget();
        return (await Sink.ExportAsync(Call(), deviceIds, target, CancellationToken.None), target);
    }

    /// <summary>Receives all that is visible and deletes it: the texts, in order, each with how often it was received before.</summary>
    public async Task<List<(string Text, long Dequeues)>> DrainAsync()
    {
        List<(string, long)> drained = [];
        while ((await Client.ReceiveMessagesAsync(32)).Value is { Length: > 0 } some)
        {
            foreach (QueueMessage message in some)
            {
                drained.Add((message.MessageText, message.DequeueCount - 1));
                await Client.DeleteMessageAsync(message.MessageId, message.PopReceipt);
            }
        }

        return drained;
    }

    public async ValueTask DisposeAsync()
    {
        _access?.Dispose();
        await _queue.DisposeAsync();
    }

    private StorageQueueSink NewSink() =>
        new(
            _access is { } access
                ? new QueueAddresses(access).OpenAsync
                : (location, _) => Task.FromResult(new QueueAccess(Client, location.ToString(), "the queue")),
            WorldNames.HubName,
            _queue.Sandbox?.Server.World.Clock ?? TimeProvider.System
        );

    private SinkCall Call(ErasureAllowance? allowance = null) =>
        new(
            new DataLocation
            {
                Id = "queue",
                Kind = LocationKinds.StorageQueue,
                Place = $"{(_access is null ? "azurite" : WorldNames.UploadAccount)}/{Client.Name}",
                ResourceId = _queue.Sandbox?.Server.World.Names.StorageId(WorldNames.UploadAccount),
                Provenance = ["a test"],
                Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            },
            new SinkOptions(4) { Erasure = Erasure },
            (dsrEvent, _) =>
            {
                lock (Events)
                    Events.Add(dsrEvent);
                return ValueTask.CompletedTask;
            },
            (what, _) =>
            {
                OnAnnounce?.Invoke();
                Announced.Add(what);
                return ValueTask.CompletedTask;
            }
        )
        {
            Allowance = allowance,
            Bounds = allowance is null ? new Dictionary<string, RecordBound>() : Bounds,
            HeldDevices = HeldDevices,
            Gate = Operation,
        };
}
