using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.DataExplorerTables;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.DataExplorer;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.DataExplorerTables;

/// <summary>A table of a sandbox, the sink under test, and calls that remember what they were told.</summary>
internal sealed class ExplorerSandbox : IAsyncDisposable
{
    public const string Generation = "6379";

    private readonly CallRecorder _recorder = new();
    private readonly AzureAccess _access;

    private ExplorerSandbox(SandboxServer server)
    {
        Server = server;
        _access = SandboxAccess.Open(server, Wire);
        Sink = new DataExplorerTableSink(_access, WorldNames.HubName, Clock);
        Wire.Before = async request =>
        {
            if (request.RequestUri!.Host.EndsWith(ExplorerStore.Suffix, StringComparison.Ordinal) && request.Content is { } content)
                Texts.Enqueue((string)JsonNode.Parse(await content.ReadAsStringAsync())!["csl"]!);
        };
    }

    public SandboxServer Server { get; }

    public SandboxClock Clock => Server.World.Clock;

    public ExplorerCluster Cluster => Server.World.Explorer.Clusters[0];

    public ExplorerDatabase Database => Cluster.Databases[0];

    public ExplorerTable Table => Database.Find(TableName)!;

    public string TableName { get; set; } = ExplorerSeed.Telemetry;

    public Wire Wire { get; } = new();

    public DataExplorerTableSink Sink { get; }

    /// <summary>Queries and commands that were sent.</summary>
    public ConcurrentQueue<string> Texts { get; } = [];

    public IEnumerable<string> Purges => Texts.Where(text => text.StartsWith(".purge", StringComparison.Ordinal));

    public List<Announcement> Announced => _recorder.Announced;

    public IEnumerable<Fault> Reported => _recorder.Reported;

    public List<ErasureTicket> Tickets { get; } = [];

    public ErasureOptions Erasure { get; set; } = ErasureOptions.OwnAndCurrent;

    public ILookup<string, string> Held { get; set; } = Array.Empty<string>().ToLookup(path => path);

    public Dictionary<string, string> Settings { get; } = new(StringComparer.Ordinal);

    public DataWayKind Way { get; set; } = DataWayKind.DataConnection;

    public Dictionary<string, string> Generations { get; } = new(StringComparer.Ordinal);

    /// <summary>The table of the seeded world, empty.</summary>
    public static async Task<ExplorerSandbox> StartAsync()
    {
        ExplorerSandbox sandbox = await StartSeededAsync();
        sandbox.Table.Clear();
        return sandbox;
    }

    public static async Task<ExplorerSandbox> StartSeededAsync() =>
        new(await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None));

    /// <summary>Puts a table of other columns in place of the one under test.</summary>
    /// <param name="columns">Name and type of each.</param>
    /// <param name="mapping">The elements of its mapping; null for none.</param>
    /// <param name="kind">The kind of the mapping.</param>
    /// <param name="name">The name of the table.</param>
    public void Replace((string Name, KustoType Type)[] columns, string? mapping, string kind = "Json", string name = "Odd table's \\ name")
    {
        var table = new ExplorerTable(name, [.. columns.Select(column => new KustoColumn(column.Name, column.Type))]);
        if (mapping is not null)
            table.Mappings.Add(new ExplorerMapping("m", kind, JsonNode.Parse(mapping)!.AsArray()));
        Database.Tables.Add(table);
        TableName = name;
    }

    /// <summary>Adds a row of a device to the table of the seeded form.</summary>
    public void Add(string deviceId, DateTimeOffset? time = null, string generation = Generation, double temperature = 20) =>
        Table.Add(
            new JsonObject
            {
                ["DeviceId"] = deviceId,
                ["GenerationId"] = generation,
                ["EnqueuedTime"] = (time ?? Clock.GetUtcNow().AddDays(-3)).UtcDateTime.ToString("o"),
                ["Temperature"] = temperature,
            }
        );

    /// <summary>The values of a column of the rows that queries show.</summary>
    public string[] Seen(string column = "DeviceId")
    {
        lock (Cluster.Gate)
        {
            KustoColumn known = Table.Columns.Single(one => one.Name == column);
            return
            [
                .. Table
                    .Rows(Clock.GetUtcNow())
                    .Select(row => KustoText.Of(ExplorerTable.ValueOf(row, known)))
                    .Order(StringComparer.Ordinal),
            ];
        }
    }

    public Task<IReadOnlyList<DeviceDataFinding>> FindAsync(params string[] deviceIds) =>
        Sink.FindAsync(Call(), deviceIds, CancellationToken.None);

    public async Task<DeviceDataFinding> FindOneAsync(string deviceId = "dev1") => Assert.Single(await FindAsync(deviceId));

    public async Task<(IReadOnlyList<ExportCompleteness> Accounts, MemoryTarget Target)> ExportAsync(params string[] deviceIds)
    {
        var target = new MemoryTarget();
        return (await Sink.ExportAsync(Call(), deviceIds, target, CancellationToken.None), target);
    }

    public Task<IReadOnlyList<ErasureOutcome>> EraseAsync(IReadOnlyList<DeviceDataFinding> findings) =>
        Sink.EraseAsync(Call(), findings, CancellationToken.None);

    /// <summary>Finds, and erases what was found.</summary>
    public async Task<IReadOnlyList<ErasureOutcome>> EraseAsync(params string[] deviceIds) => await EraseAsync(await FindAsync(deviceIds));

    public Task<IReadOnlyList<TicketAnswer>> AskAsync() => Sink.AskAsync(Call(), Tickets, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        _access.Dispose();
        await Server.DisposeAsync();
    }

    private SinkCall Call()
    {
        if (!Settings.ContainsKey(LocationSettings.EventSystemProperties))
        {
            Settings[LocationSettings.EventSystemProperties] =
                "iothub-connection-device-id\niothub-connection-auth-generation-id\niothub-enqueuedtime";
        }

        return new(
            new DataLocation
            {
                Id = "table",
                Kind = DataExplorerTableKind.Name,
                Place = $"{Cluster.Name}/{Database.Name}/{TableName}",
                ResourceId = $"{Cluster.ResourceId}/databases/{Database.Name}",
                Ways = [new DataWay { Kind = Way, Name = "a test" }],
                Settings = Settings,
            },
            new SinkOptions(4) { Erasure = Erasure },
            _recorder.TellAsync,
            _recorder.AnnounceAsync
        )
        {
            Held = Held,
            Generations = new ConcurrentDictionary<string, string>(Generations, StringComparer.Ordinal),
            Take = (ticket, _) =>
            {
                Tickets.RemoveAll(known => known.Operation == ticket.Confirms);
                Tickets.Add(ticket);
                return ValueTask.CompletedTask;
            },
            Withdraw = (operation, _) =>
            {
                Tickets.RemoveAll(known => known.Operation == operation);
                return ValueTask.CompletedTask;
            },
        };
    }
}
