using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.CosmosContainers;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Core.Tests.Sandbox.Cosmos;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Cosmos.Documents;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.CosmosContainers;

/// <summary>A container of Cosmos DB in a sandbox, the sink under test, and calls that remember what they were told.</summary>
internal sealed class DocumentSandbox : IAsyncDisposable
{
    public const string Alice = "alice";
    public const string Bob = "bob";

    private readonly CosmosSession _session;
    private readonly CallRecorder _recorder = new();
    private readonly AzureAccess _access;

    private DocumentSandbox(CosmosSession session, CosmosContainer container)
    {
        _session = session;
        Container = container;
        _access = SandboxAccess.Open(session.Sandbox.Server, Wire);
        Sink = new CosmosContainerSink(_access, WorldNames.HubName, session.Sandbox.Server.World.Clock);
    }

    public CosmosContainer Container { get; }

    public CosmosAccount Account => _session.Account;

    public SandboxServer Server => _session.Sandbox.Server;

    public Wire Wire { get; } = new();

    public CosmosContainerSink Sink { get; }

    public List<DsrEvent> Events => _recorder.Events;

    public List<Announcement> Announced => _recorder.Announced;

    public IEnumerable<Fault> Reported => _recorder.Reported;

    public IEnumerable<string> Notes => Events.OfType<NoticeEvent>().Select(note => note.Text);

    /// <summary>What is asked for of the devices.</summary>
    public ErasureOptions Erasure { get; set; } = ErasureOptions.OwnAndCurrent;

    /// <summary>Settings of the location.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    public IReadOnlyList<OperatorStatement> Statements { get; set; } = [];

    /// <summary>When something of a device was erased last.</summary>
    public DateTimeOffset? ErasedAt { get; set; }

    /// <summary>By when what a plan showed was gone.</summary>
    public DateTimeOffset? GoneBy { get; set; }

    /// <summary>Generation IDs that the registry has shown, by device ID.</summary>
    public ConcurrentDictionary<string, string> Registered { get; } = [];

    public ILookup<string, string> Held { get; set; } = Array.Empty<string>().ToLookup(path => path);

    /// <summary>Devices of which an operator holds all.</summary>
    public IReadOnlyCollection<string> HeldDevices { get; set; } = [];

    /// <summary>How much more than was found may be erased, by device; null for any number.</summary>
    public Func<string, long?>? More { get; set; }

    public Func<string, Fault?> Doubt { get; set; } = _ => null;

    public IReadOnlyDictionary<string, RecordBound> Bounds { get; set; } = new Dictionary<string, RecordBound>();

    /// <summary>A container with one key, or with what is given.</summary>
    public static async Task<DocumentSandbox> StartAsync(CosmosContainerOptions? options = null)
    {
        CosmosSession session = await CosmosSession.StartAsync();
        return new(session, session.Make("documents", options ?? Keyed("/pk") with { RangeCount = 3 }));
    }

    /// <summary>A container with some documents of Alice and of Bob, in several partitions.</summary>
    public static async Task<DocumentSandbox> StartFilledAsync(int own, int others)
    {
        DocumentSandbox sandbox = await StartAsync();
        for (int n = 0; n < own; n++)
            sandbox.Put(Message($"alice-{n}", Alice, $"k{n % 7}"));
        for (int n = 0; n < others; n++)
            sandbox.Put(Message($"bob-{n}", Bob, n == 0 ? "bob-2026-11" : $"k{n % 7}-bob"));
        return sandbox;
    }

    /// <summary>The container of the seeded world.</summary>
    public static async Task<DocumentSandbox> StartSeededAsync()
    {
        CosmosSession session = await CosmosSession.StartAsync(new SandboxOptions());
        return new(session, session.Routed);
    }

    public static CosmosContainerOptions Keyed(params string[] paths) => new(new PartitionKeyDefinition(paths));

    /// <summary>A message as the hub writes it.</summary>
    public static JsonObject Message(string id, string deviceId, string? key = null) =>
        new()
        {
            ["id"] = id,
            ["pk"] = key ?? $"{deviceId}-2026-11",
            ["Properties"] = new JsonObject(),
            ["SystemProperties"] = new JsonObject
            {
                ["iothub-connection-device-id"] = deviceId,
                ["iothub-connection-auth-generation-id"] = "gen-1",
                ["iothub-content-type"] = "application/json;charset=utf-8",
                ["iothub-enqueuedtime"] = "2026-11-20T10:00:00.0000000Z",
                ["iothub-message-source"] = "Telemetry",
            },
            ["iothub-name"] = WorldNames.HubName,
            ["Body"] = new JsonObject { ["temperature"] = 21.5, ["of"] = deviceId.Length },
        };

    /// <summary>Stores a document; one with the same key and ID is replaced.</summary>
    public void Put(JsonObject document)
    {
        JsonElement content = JsonDocument.Parse(document.ToJsonString()).RootElement;
        PartitionKeyValue key = Container.Options.PartitionKey.ValueIn(content);
        string id = (string)document["id"]!;
        lock (Container.Gate)
        {
            Container.TryGet(key, id, out IotHubDsr.Sandbox.Cosmos.Documents.StoredDocument? replaced);
            Assert.NotNull(Container.Put(content, id, key, replaced));
        }
    }

    public void Remove(string id)
    {
        lock (Container.Gate)
            Container.Remove(Container.Documents.Single(document => document.Id == id));
    }

    /// <summary>All documents by their IDs, each to the byte.</summary>
    public Dictionary<string, string> Documents
    {
        get
        {
            lock (Container.Gate)
            {
                return Container.Documents.ToDictionary(
                    document => $"{document.Key.Text}/{document.Id}",
                    document => document.Content.GetRawText(),
                    StringComparer.Ordinal
                );
            }
        }
    }

    /// <summary>The IDs of the documents that are there.</summary>
    public string[] Ids
    {
        get
        {
            lock (Container.Gate)
                return [.. Container.Documents.Select(document => document.Id).Order(StringComparer.Ordinal)];
        }
    }

    public Task<IReadOnlyList<DeviceDataFinding>> FindAsync(params string[] deviceIds) =>
        Sink.FindAsync(Call(), deviceIds, CancellationToken.None);

    public async Task<DeviceDataFinding> FindOneAsync(string deviceId = Alice) => Assert.Single(await FindAsync(deviceId));

    public async Task<(IReadOnlyList<ExportCompleteness> Accounts, MemoryTarget Target)> ExportAsync(params string[] deviceIds)
    {
        var target = new MemoryTarget();
        return (await Sink.ExportAsync(Call(), deviceIds, target, CancellationToken.None), target);
    }

    public Task<IReadOnlyList<ErasureOutcome>> EraseAsync(IReadOnlyList<DeviceDataFinding> findings) =>
        Sink.EraseAsync(Call(More is null ? null : new ErasureAllowance(findings, More)), findings, CancellationToken.None);

    /// <summary>Finds, and erases what was found.</summary>
    public async Task<ErasureOutcome> EraseOneAsync(string deviceId = Alice) =>
        Assert.Single(await EraseAsync([await FindOneAsync(deviceId)]));

    /// <summary>A fault of the requests with a verb.</summary>
    public void Fail(FaultRule rule) => Server.Faults.Add(rule with { Service = "cosmos" });

    public IReadOnlyList<LoggedRequest> Sent(string method) =>
        [.. Server.RequestLog.After(0).Where(request => request.Service == "cosmos" && request.Method == method)];

    public async ValueTask DisposeAsync()
    {
        _access.Dispose();
        await _session.DisposeAsync();
    }

    private SinkCall Call(ErasureAllowance? allowance = null) =>
        new(
            new DataLocation
            {
                Id = "cosmos",
                Kind = LocationKinds.CosmosContainer,
                Place = $"{Account.Name}/{Container.Database.Name}/{Container.Name}",
                ResourceId = Server.World.Names.CosmosId(Account.Name),
                Provenance = ["a test"],
                Settings = Settings,
                Statements = Statements,
            },
            new SinkOptions(4) { Erasure = Erasure },
            _recorder.TellAsync,
            _recorder.AnnounceAsync
        )
        {
            ErasedAt = _ => ErasedAt,
            Generations = Registered,
            GoneBy = _ => GoneBy,
            Held = Held,
            HeldDevices = HeldDevices,
            Allowance = allowance,
            Bounds = Bounds,
            Doubt = (deviceId, _) => Task.FromResult(Doubt(deviceId)),
        };
}
