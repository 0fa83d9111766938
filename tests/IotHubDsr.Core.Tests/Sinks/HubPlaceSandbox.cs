using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;
using HubThrottle = IotHubDsr.Core.Azure.Hub.HubThrottle;

namespace IotHubDsr.Core.Tests.Sinks;

/// <summary>
/// A hub in a sandbox, a client of it, and calls that remember what they were told: for sinks of what a hub itself keeps.
/// </summary>
internal sealed class HubPlaceSandbox : IAsyncDisposable
{
    private readonly CallRecorder _recorder = new();
    private readonly AzureAccess _access;
    private readonly string _kind;

    private HubPlaceSandbox(SandboxServer server, string kind)
    {
        Server = server;
        _kind = kind;
        _access = SandboxAccess.Open(server, Wire);
        Hub = HubClient.WithToken(_access, WorldNames.HubHostName, HubThrottle.For("S3", 4, 1));
    }

    public SandboxServer Server { get; }

    public HubClient Hub { get; }

    public Wire Wire { get; } = new();

    public SandboxWorld World => Server.World;

    public List<DsrEvent> Events => _recorder.Events;

    public List<Announcement> Announced => _recorder.Announced;

    public ErasureOptions Erasure { get; set; } = ErasureOptions.OwnAndCurrent;

    public ILookup<string, string> Held { get; set; } = Array.Empty<string>().ToLookup(path => path);

    public Func<string, Fault?> Doubt { get; set; } = _ => null;

    public IReadOnlyDictionary<string, RecordBound> Bounds { get; set; } = new Dictionary<string, RecordBound>();

    /// <summary>A hub without anything but what every hub of the sandbox has, or that of the seeded world.</summary>
    public static async Task<HubPlaceSandbox> StartAsync(string kind, bool isSeeded = false) =>
        new(await SandboxServer.StartAsync(new SandboxOptions { HasData = isSeeded }, CancellationToken.None), kind);

    /// <summary>Does something to the hub as nobody else does at the same time.</summary>
    public T InHub<T>(Func<SandboxWorld, T> work)
    {
        lock (World.Registry.Gate)
            return work(World);
    }

    public Task<IReadOnlyList<DeviceDataFinding>> FindAsync(IFinder sink, params string[] deviceIds) =>
        sink.FindAsync(Call(), deviceIds, CancellationToken.None);

    public async Task<(IReadOnlyList<ExportCompleteness> Accounts, MemoryTarget Target)> ExportAsync(
        IExporter sink,
        params string[] deviceIds
    )
    {
        var target = new MemoryTarget();
        return (await sink.ExportAsync(Call(), deviceIds, target, CancellationToken.None), target);
    }

    public Task<IReadOnlyList<ErasureOutcome>> EraseAsync(IEraser sink, params DeviceDataFinding[] findings) =>
        sink.EraseAsync(Call(), findings, CancellationToken.None);

    /// <summary>A fault of the requests to the hub.</summary>
    public void Fail(FaultRule rule) => Server.Faults.Add(rule with { Service = "hub" });

    public IReadOnlyList<LoggedRequest> Sent(string? method = null) =>
        [.. Server.RequestLog.After(0).Where(request => request.Service == "hub" && (method is null || request.Method == method))];

    public async ValueTask DisposeAsync()
    {
        _access.Dispose();
        await Server.DisposeAsync();
    }

    private SinkCall Call() =>
        new(
            new DataLocation
            {
                Id = "hub",
                Kind = _kind,
                Place = WorldNames.HubName,
                Provenance = ["a test"],
            },
            new SinkOptions(4) { Erasure = Erasure },
            _recorder.TellAsync,
            _recorder.AnnounceAsync
        )
        {
            Held = Held,
            Bounds = Bounds,
            Doubt = (deviceId, _) => Task.FromResult(Doubt(deviceId)),
        };
}
