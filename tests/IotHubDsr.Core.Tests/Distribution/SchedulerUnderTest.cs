using System.Collections.Concurrent;
using Azure.Storage.Blobs;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Distribution.Durable;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Core.Work;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.World;
using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Core.Tests.Distribution;

/// <summary>One of the schedulers, with workers in this process where it has any.</summary>
internal sealed class SchedulerUnderTest : IAsyncDisposable
{
    /// <summary>In the process.</summary>
    public const string Process = "process";

    /// <summary>Segments in the sandbox, and no engine between.</summary>
    public const string Direct = "direct";

    /// <summary>All of it, on Azurite.</summary>
    public const string Durable = "Durable Task";

    private const string Reading = "reading-20260301T120000Z-0123abcd";
    private const int MostWorkers = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly List<IAsyncDisposable> _parts = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly List<Task> _hosts = [];
    private SandboxServer? _sandbox;
    private AzureAccess? _access;

    public IUnitScheduler Scheduler { get; set; } = LocalScheduler.Instance;

    public IUnitEngine Engine { get; private set; } = null!;

    public UnitWorker[] Workers { get; private set; } = [];

    public ISegmentFolder Folder { get; private set; } = null!;

    public DurableStorage? Storage { get; private set; }

    public List<JournalEvent> Journal { get; } = [];

    public ConcurrentBag<ProgressEvent> Progress { get; } = [];

    /// <summary>What the workers do; they have opened it themselves in earnest.</summary>
    public IPortableWork Opened { get; set; } = null!;

    /// <summary>Before each unit; null for nothing.</summary>
    public DsrException? OpeningFails { get; set; }

    public static async Task<SchedulerUnderTest> StartAsync(string name, AzuriteServer azurite, int copies = 1, int workers = MostWorkers)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var test = new SchedulerUnderTest();
        if (name == Process)
            return test;
        BlobContainerClient container = name == Durable ? await azurite.CreateContainerAsync() : await test.StartSandboxAsync();
        var store = new ContainerEvidence(container, TimeProvider.System);
        test.Folder = store.OpenSegments(Reading);
        UnitWorker[] started = test.Workers = [
            .. Enumerable.Range(0, workers).Select(_ => new UnitWorker(store, new Opener(test), TimeProvider.System)),
        ];
        test.Engine = name == Durable ? await test.StartDurableAsync(azurite, started) : new DirectEngine(started, copies);
        test._parts.Add(test.Engine);
        test.Scheduler = test.NewScheduler();
        return test;
    }

    /// <summary>The files of the only work.</summary>
    public UnitFiles FilesOf() => new(Folder, "squares.1");

    /// <summary>As a command elsewhere would make it, over the same folder.</summary>
    public DistributedScheduler NewScheduler(TimeSpan? patienceWithEngine = null) =>
        new(Folder, RecordAsync, "hub.azure-devices.net", Engine, TimeProvider.System)
        {
            PatienceWithEngine = patienceWithEngine ?? TimeSpan.FromSeconds(30),
        };

    public async Task<IReadOnlyList<long>> RunAsync(SquaresWork work, int limit = 4, CancellationToken cancellationToken = default)
    {
        // As an operation does: the threads of the caller are not the engine's.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Opened = work;
        return await Scheduler.RunAsync(work, Order(limit), cancellationToken).WaitAsync(Patience, CancellationToken.None);
    }

    public UnitOrder Order(int limit = 4) =>
        new(
            UnitRole.Find,
            new SinkCall(
                new DataLocation
                {
                    Id = "squares",
                    Kind = "Squares",
                    Place = "squares",
                },
                new SinkOptions(limit),
                (next, _) =>
                {
                    if (next is ProgressEvent progress)
                        Progress.Add(progress);
                    return ValueTask.CompletedTask;
                }
            ),
            ["secret-device"]
        );

    public async ValueTask DisposeAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await _ending.CancelAsync();
        foreach (Task host in _hosts)
            await host.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (IAsyncDisposable part in _parts)
            await part.DisposeAsync();
        _access?.Dispose();
        if (_sandbox is not null)
            await _sandbox.DisposeAsync();
        _ending.Dispose();
    }

    private Task RecordAsync(JournalEvent next, CancellationToken cancellationToken)
    {
        lock (Journal)
            Journal.Add(next);
        return Task.CompletedTask;
    }

    private async Task<BlobContainerClient> StartSandboxAsync()
    {
        _sandbox = await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None);
        _access = SandboxAccess.Open(_sandbox, new Wire());
        var uri = new Uri($"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}");
        var container = new BlobContainerClient(uri, _access.Credential, _access.Configure(new BlobClientOptions()));
        await container.CreateIfNotExistsAsync();
        return container;
    }

    private async Task<DurableEngine> StartDurableAsync(AzuriteServer azurite, UnitWorker[] workers)
    {
        Storage = await azurite.OpenEngineAsync();
        DurableEngine engine = await DurableEngine.OpenAsync(Storage, TimeProvider.System, CancellationToken.None);
        foreach (UnitWorker worker in workers)
            _hosts.Add(new DurableHost(Storage, worker.Name, unitsAtOnce: 4).RunAsync(worker.DoAsync, _ending.Token));
        return engine;
    }

    private sealed class Opener(SchedulerUnderTest test) : IUnitOpener
    {
        public Task<IUnitDoer> OpenAsync(UnitToDo unit, CancellationToken cancellationToken) =>
            test.OpeningFails is { } failure ? throw failure : Task.FromResult<IUnitDoer>(new Doer(test.Opened));
    }

    private sealed class Doer(IPortableWork work) : IUnitDoer
    {
        public Task<byte[]> DoAsync(ReadOnlyMemory<byte> packed, CancellationToken cancellationToken) =>
            work.DoPackedAsync(packed, cancellationToken);
    }
}
