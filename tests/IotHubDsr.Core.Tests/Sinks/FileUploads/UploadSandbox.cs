using System.Text;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.FileUploads;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Core.Tests.Sinks.FileUploads;

/// <summary>A container of its own in a sandbox, the sink under test, and a call that remembers what it was told.</summary>
internal sealed class UploadSandbox : IAsyncDisposable
{
    public const string AccountName = "uploadsundertest";
    public const string ContainerName = "files";

    private readonly SandboxServer _server;
    private readonly AzureAccess _access;

    private UploadSandbox(SandboxServer server, BlobAccountOptions options)
    {
        _server = server;
        _access = SandboxAccess.Open(server, Wire);
        Sink = new FileUploadSink(new BlobContainers(_access, server.World.Clock), server.World.Clock);
        Container = server.World.Blobs.GetOrAddAccount(AccountName, options).GetOrAddContainer(ContainerName);
        Location = new DataLocation
        {
            Id = "file-upload",
            Kind = LocationKinds.FileUploadContainer,
            Place = $"{AccountName}/{ContainerName}",
            Provenance = ["a test"],
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            Settings = new Dictionary<string, string>
            {
                [LocationSettings.ContainerUri] = $"https://{AccountName}.blob.core.windows.net/{ContainerName}",
            },
        };
        _server.RequestLog.Clear();
    }

    public Wire Wire { get; } = new();

    public BlobContainer Container { get; }

    public DataLocation Location { get; set; }

    public FileUploadSink Sink { get; }

    public FaultRules Faults => _server.Faults;

    public SandboxClock Clock => _server.World.Clock;

    public List<DsrEvent> Events { get; } = [];

    /// <summary>Runs when the sink announces a deletion, before it goes on; gets the text.</summary>
    public Action<string>? OnAnnounce { get; set; }

    public IEnumerable<Fault> Reported => Events.OfType<FaultEvent>().Select(reported => reported.Fault);

    public IReadOnlyList<LoggedRequest> BlobRequests => [.. _server.RequestLog.After(0).Where(entry => entry.Service == "blob")];

    public IReadOnlyList<LoggedRequest> Listings =>
        [.. BlobRequests.Where(entry => entry.Target.Contains("restype=container&comp=list", StringComparison.Ordinal))];

    public IEnumerable<LoggedRequest> Mutations => BlobRequests.Where(entry => entry.Mutating);

    /// <summary>Names of the current blobs.</summary>
    public IEnumerable<string> Names => Container.List().Select(blob => blob.Name);

    public static async Task<UploadSandbox> StartAsync(BlobAccountOptions? options = null) =>
        new(await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None), options ?? new BlobAccountOptions());

    public void Deny(params string[] rules) => _server.Access.Denied = rules;

    public void PageSize(int items) => _server.World.Blobs.PageSizeCap = items;

    public void Forget()
    {
        _server.Faults.Clear();
        _server.RequestLog.Clear();
        lock (Events)
            Events.Clear();
    }

    public void Put(params string[] names)
    {
        foreach (string name in names)
            Container.Put(name, Encoding.UTF8.GetBytes($"content of {name}"));
    }

    /// <summary>Stages a block that nobody commits.</summary>
    public void Stage(string name)
    {
        lock (Container.Gate)
            Container.GetOrAddEntry(name).Staged.Put(new Block("MDAwMQ==", BlobContent.Of("x"u8.ToArray())), Clock.GetUtcNow());
    }

    public void Snapshot(string name)
    {
        lock (Container.Gate)
        {
            BlobEntry entry = Container.GetOrAddEntry(name);
            entry.TakeSnapshot(entry.Current!, entry.Current!);
        }
    }

    /// <summary>What an operator holds, and for which device.</summary>
    public IReadOnlyList<(string Path, string DeviceId)> Held { get; set; } = [];

    public SinkCall Call(bool oldVersions = false, int throttleLimit = 4) =>
        new(Location, new SinkOptions(throttleLimit) { Erasure = new ErasureOptions { IncludeOldVersions = oldVersions } }, (dsrEvent, _) =>
        {
            lock (Events)
                Events.Add(dsrEvent);
            if (
                dsrEvent is NoticeEvent { Level: NoticeLevel.Verbose } notice
                && notice.Text.Contains(": delete ", StringComparison.Ordinal)
            )
            {
                OnAnnounce?.Invoke(notice.Text);
            }

            return ValueTask.CompletedTask;
        }) { Held = Held.ToLookup(held => held.Path, held => held.DeviceId) };

    public Task<IReadOnlyList<DeviceDataFinding>> FindAsync(params string[] deviceIds) =>
        Sink.FindAsync(Call(), deviceIds, CancellationToken.None);

    public async Task<DeviceDataFinding> FindOneAsync(string deviceId) => Assert.Single(await FindAsync(deviceId));

    public Task<IReadOnlyList<ErasureOutcome>> EraseAsync(bool oldVersions, params DeviceDataFinding[] findings) =>
        Sink.EraseAsync(Call(oldVersions), findings, CancellationToken.None);

    /// <summary>Finds a device and erases it.</summary>
    public async Task<ErasureOutcome> EraseAsync(string deviceId, bool oldVersions = false) =>
        Assert.Single(await EraseAsync(oldVersions, await FindOneAsync(deviceId)));

    public async Task<(IReadOnlyList<ExportCompleteness> Lines, MemoryTarget Package)> ExportAsync(params string[] deviceIds)
    {
        var target = new MemoryTarget();
        return (await Sink.ExportAsync(Call(), deviceIds, target, CancellationToken.None), target);
    }

    public async ValueTask DisposeAsync()
    {
        _access.Dispose();
        await _server.DisposeAsync();
    }
}
