using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Logs.Tables;
using IotHubDsr.Sandbox.World;
using LogWorkspace = IotHubDsr.Sandbox.Logs.LogWorkspace;

namespace IotHubDsr.Core.Tests.Sinks.LogAnalyticsWorkspaces;

/// <summary>A workspace of a sandbox, the sink under test, and calls that remember what they were told.</summary>
internal sealed class LogSandbox : IAsyncDisposable
{
    public const string Table = LogSchemas.AzureDiagnostics;

    private readonly CallRecorder _recorder = new();
    private readonly AzureAccess _access;

    private LogSandbox(SandboxServer server)
    {
        Server = server;
        _access = SandboxAccess.Open(server, Wire);
        Sink = new LogAnalyticsWorkspaceSink(_access, WorldNames.HubName, Clock);
        Wire.Before = async request =>
        {
            if (request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.EndsWith("/purge", StringComparison.Ordinal))
                Bodies.Add(await request.Content!.ReadAsStringAsync());
            if (request.RequestUri!.AbsolutePath.EndsWith("/deleteData", StringComparison.Ordinal))
                Hidden.Add(await request.Content!.ReadAsStringAsync());
            if (request.RequestUri!.Host.StartsWith("api.", StringComparison.Ordinal) && request.Content is { } content)
                Queries.Add((string)JsonNode.Parse(await content.ReadAsStringAsync())!["query"]!);
        };
    }

    public SandboxServer Server { get; }

    public SandboxClock Clock => Server.World.Clock;

    public LogWorkspace Workspace => Server.World.Logs.Workspaces[0];

    public Wire Wire { get; } = new();

    public LogAnalyticsWorkspaceSink Sink { get; }

    public List<DsrEvent> Events => _recorder.Events;

    public List<Announcement> Announced => _recorder.Announced;

    public List<ErasureTicket> Tickets { get; } = [];

    public IEnumerable<Fault> Reported => _recorder.Reported;

    public ErasureOptions Erasure { get; set; } = ErasureOptions.OwnAndCurrent;

    public ILookup<string, string> Held { get; set; } = Array.Empty<string>().ToLookup(path => path);

    /// <summary>Devices of which an operator holds all.</summary>
    public IReadOnlyCollection<string> HeldDevices { get; set; } = [];

    /// <summary>Tickets of earlier runs.</summary>
    public IReadOnlyList<ErasureTicket> Earlier { get; set; } = [];

    /// <summary>Resources beside the hub whose logs the workspace receives.</summary>
    public IReadOnlyList<string> LoggedResources { get; set; } = [];

    public string HubId => Server.World.Names.HubId;

    public string NeighbourId => Server.World.Names.NeighbourId;

    /// <summary>A workspace of which the tables of IoT Hub are empty, and that has no others.</summary>
    public static async Task<LogSandbox> StartAsync()
    {
        LogSandbox sandbox = await StartSeededAsync();
        LogWorkspace workspace = sandbox.Workspace;
        foreach (LogTable table in workspace.Tables.ToList())
        {
            table.Clear();
            if (table.Name.EndsWith("_CL", StringComparison.Ordinal) || table.Name.EndsWith("_SRCH", StringComparison.Ordinal))
                workspace.Remove(table.Name);
        }

        sandbox.Add("""{"configurationId":"c"}""");
        return sandbox;
    }

    /// <summary>The workspace of the seeded world.</summary>
    public static async Task<LogSandbox> StartSeededAsync() =>
        new(await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None));

    /// <summary>Properties of a row that names a device.</summary>
    public static string Naming(string deviceId, string more = "") =>
        new JsonObject { ["deviceId"] = deviceId, ["protocol"] = $"Mqtt{more}" }.ToJsonString();

    /// <summary>Adds a row to AzureDiagnostics.</summary>
    public void Add(
        string? properties,
        string? hubId = null,
        DateTimeOffset? time = null,
        string category = "Connections",
        string? additional = null
    )
    {
        JsonObject row = DiagnosticsRow.Of(hubId ?? HubId, category, "deviceConnect", properties ?? "");
        if (properties is null)
            row.Remove(DiagnosticsRow.Properties);
        if (additional is not null)
            row["AdditionalFields"] = JsonNode.Parse(additional);
        DateTimeOffset made = time ?? Clock.GetUtcNow().AddHours(-30);
        Workspace.Add(Table, row, made, made.AddMinutes(1));
    }

    /// <summary>Values of a column of the rows that can be seen.</summary>
    public string[] Seen(string column = "properties_s", string table = Table)
    {
        lock (Workspace.Gate)
        {
            LogTable held = Workspace.Table(table)!;
            return
            [
                .. held
                    .Rows.Select(row => held.Column(column) is { } known ? $"{held.ValueOf(row, known)}" : "")
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

    /// <summary>What was sent to be purged.</summary>
    public List<string> Bodies { get; } = [];

    /// <summary>What was sent to be hidden.</summary>
    public List<string> Hidden { get; } = [];

    /// <summary>Queries that were sent.</summary>
    public ConcurrentBag<string> Queries { get; } = [];

    /// <summary>The values of the first filter of each purge.</summary>
    public string[] Values =>
        [.. Bodies.SelectMany(body => JsonNode.Parse(body)!["filters"]![0]!["value"]!.AsArray()).Select(value => (string)value!)];

    public async ValueTask DisposeAsync()
    {
        _access.Dispose();
        await Server.DisposeAsync();
    }

    private SinkCall Call() =>
        new(
            new DataLocation
            {
                Id = "workspace",
                Kind = LocationKinds.LogAnalyticsWorkspace,
                Place = Workspace.Name,
                ResourceId = Workspace.ResourceId,
                Provenance = ["a test"],
                Settings =
                    LoggedResources.Count == 0
                        ? new Dictionary<string, string>(StringComparer.Ordinal)
                        : new Dictionary<string, string>(StringComparer.Ordinal)
                        {
                            [LocationSettings.LoggedResources] = string.Join('\n', LoggedResources),
                        },
            },
            new SinkOptions(4) { Erasure = Erasure },
            _recorder.TellAsync,
            _recorder.AnnounceAsync
        )
        {
            Held = Held,
            HeldDevices = HeldDevices,
            Tickets = Earlier,
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
