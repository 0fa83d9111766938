using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.Erasures;

/// <summary>A sandbox whose clock can be moved, and a request store.</summary>
internal class ErasureWorld : IAsyncDisposable
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(61);
    private static readonly TimeSpan LockTime = new IotHubDsr.Sandbox.Messaging.ServiceBus.BusQueueOptions().LockDuration;

    private readonly string? _folder;

    protected ErasureWorld(SandboxServer server, StartedClock clock, bool inContainer)
    {
        Server = server;
        Clock = clock;
        _folder = inContainer ? null : Directory.CreateTempSubdirectory("erasures-").FullName;
    }

    public SandboxServer Server { get; }

    public StartedClock Clock { get; }

    /// <summary>A folder, or a blob container of the sandbox, so that nothing of a worker stays on this machine.</summary>
    public string Store => _folder ?? $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}";

    /// <summary>The sandbox as it is handed to another process.</summary>
    public WorkerSandbox Sandbox
    {
        get
        {
            SandboxDescriptor at = Server.Descriptor;
            return new WorkerSandbox(
                at.Port,
                at.AmqpPort,
                at.HubName,
                at.HubHostName,
                at.HubResourceId,
                at.TenantId,
                at.ClientId,
                at.ClientSecret,
                at.CaCertificatePem
            );
        }
    }

    /// <summary>The request that was registered, if anybody came so far.</summary>
    public string? RequestId =>
        Journals().Where(journal => journal.Content.Contains((byte)'\n')).Select(journal => journal.RequestId).SingleOrDefault();

    /// <summary>The journals of requests, without the segments that workers wrote.</summary>
    public IEnumerable<(string RequestId, byte[] Content)> Journals() =>
        Evidence(".jsonl")
            .Where(static file => file.Depth == 1 && RequestIds.IsOne(file.RequestId))
            .Select(static file => (file.RequestId, file.Content));

    /// <summary>The newest certificate of the request; null when there is none.</summary>
    public byte[]? Certificate => Evidence(".dsse.json").Select(file => file.Content).LastOrDefault();

    /// <summary>Files of requests by the end of their names, in the order of these.</summary>
    private IEnumerable<(string RequestId, int Depth, byte[] Content)> Evidence(string end) =>
        _folder is null
            ? ContainerOf(WorldNames.EvidenceAccount, WorldNames.EvidenceContainer)
                .List()
                .Where(blob => blob.Name.EndsWith(end, StringComparison.Ordinal))
                .Select(blob => PartsOf(blob.Name.Split('/'), blob.Content.ToArray()))
            : Directory
                .EnumerateFiles(_folder, "*" + end, SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(file => PartsOf(Path.GetRelativePath(_folder, file).Split(Path.DirectorySeparatorChar), File.ReadAllBytes(file)));

    private static (string RequestId, int Depth, byte[] Content) PartsOf(string[] path, byte[] content) =>
        (path[0], path.Length - 1, content);

    /// <summary>
    /// A worker that was killed can give back neither its lease on a container nor its locks on messages: they end by themselves.
    /// </summary>
    public void LetLeasesEnd() => Clock.Skip(LeaseTime > LockTime ? LeaseTime : LockTime);

    public BlobContainer ContainerOf(string account, string container) =>
        Server.World.Blobs.TryGetAccount(account, out BlobAccount? known) && known.TryGetContainer(container, out BlobContainer? found)
            ? found
            : throw new InvalidOperationException($"There is no container {account}/{container}.");

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await Server.DisposeAsync();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what a kind of world has beside.</summary>
    protected virtual ValueTask EndAsync() => ValueTask.CompletedTask;

    protected static Task<SandboxServer> StartAsync(SandboxOptions options) => SandboxServer.StartAsync(options, CancellationToken.None);
}
