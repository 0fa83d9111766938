using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Distribution.Durable;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Core.Tests.Sandbox.Requests;
using IotHubDsr.Core.Tests.Sinks.Azurite;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Distribution;

/// <summary>Footprints and plans by workers, over the whole of the sandbox's world.</summary>
public sealed class DistributedFootprintTests(AzuriteServer azurite) : IClassFixture<AzuriteServer>, IAsyncLifetime
{
    private static readonly string[] Devices = ["dev1", "Dev1", "dev10", "nobody-at-all"];
    private static readonly string Store = $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}";

    private readonly List<AzureAccess> _accesses = [];
    private SandboxServer _server = null!;

    public async Task InitializeAsync() => _server = await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None);

    public async Task DisposeAsync()
    {
        foreach (AzureAccess access in _accesses)
            access.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Footprint_ByWorkers_IsThatOfOneProcess_AndLeavesNothing()
    {
        (DsrEngine engine, DsrContext context) = await ConnectAsync(new DirectEngines(this));

        string here = Text(await FindAsync(engine, context, distributed: false));
        string elsewhere = Text(await FindAsync(engine, context, distributed: true));

        Assert.Equal(here, elsewhere);
        Assert.Empty(await FoldersAsync());
    }

    [Fact]
    public async Task Plan_ByWorkers_HasTheStepsOfOneProcess()
    {
        (DsrEngine engine, DsrContext context) = await ConnectAsync(new DirectEngines(this));

        ErasurePlan here = await PlanAsync(engine, context, distributed: false);
        ErasurePlan elsewhere = await PlanAsync(engine, context, distributed: true);

        Assert.Equal(Steps(here), Steps(elsewhere));
        Assert.Contains(here.Steps, static step =>
            step is { Action: ErasureAction.Erase, Location.Kind: LocationKinds.RoutedBlobContainer }
        );
    }

    [Fact]
    public async Task Archive_IsReadByTheWorkers_AndNotByTheCommand()
    {
        var engines = new DirectEngines(this);
        (DsrEngine engine, DsrContext context) = await ConnectAsync(engines);

        await FindAsync(engine, context, distributed: true);

        Assert.True(engines.Done > 0);
        Assert.All(engines.Messages, static message => Assert.DoesNotContain("dev1", message, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Store_ThatIsAFolder_IsRefused()
    {
        (DsrEngine engine, DsrContext context) = await ConnectAsync(
            new DirectEngines(this),
            Directory.CreateTempSubdirectory("request-store-").FullName
        );

        DsrException refusal = await Assert.ThrowsAsync<DsrException>(() => FindAsync(engine, context, distributed: true));

        Assert.Equal("StoreNotDistributable", refusal.Fault.Id);
    }

    [Fact]
    public async Task Command_IsStopped_AndRunAgain_FindsWhatWorkersDid()
    {
        var engines = new DirectEngines(this);
        (DsrEngine engine, DsrContext context) = await ConnectAsync(engines);
        using var stop = new CancellationTokenSource();
        engines.OnStart = stop.Cancel;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FindAsync(engine, context, distributed: true, stop.Token));
        string left = Assert.Single(await FoldersAsync());
        engines.OnStart = null;
        string here = Text(await FindAsync(engine, context, distributed: false));
        string again = Text(await FindAsync(engine, context, distributed: true));

        Assert.Equal(here, again);
        Assert.Contains(engines.Messages, message => message.Contains(left, StringComparison.Ordinal));
        Assert.Empty(await FoldersAsync());
    }

    [AzuriteFact]
    public async Task Workers_OfTheEngine_DoTheParts_AndEndWhenNothingIsLeft()
    {
        DurableStorage storage = await azurite.OpenEngineAsync();
        (DsrEngine engine, DsrContext context) = await ConnectAsync(new AzuriteEngines(storage));
        var options = new WorkerOptions
        {
            Store = Store,
            Sandbox = SandboxAccess.Describe(_server.Descriptor),
            Patience = TimeSpan.FromSeconds(5),
        };

        // Workers end when nothing is open, so the command comes first. Those of other processes would have engines of their own.
        Task<List<DeviceDataFinding>> finding = FindAsync(engine, context, distributed: true);
        while ((await FoldersAsync()).Count == 0 && !finding.IsCompleted)
            await Task.Delay(100);
        Task<List<WorkerRun>>[] workers = [StartWorkerAsync(storage, options), StartWorkerAsync(storage, options)];
        string elsewhere = Text(await finding);
        WorkerRun[] runs = [.. (await Task.WhenAll(workers)).Select(Assert.Single)];

        Assert.Equal(Text(await FindAsync(engine, context, distributed: false)), elsewhere);
        Assert.All(runs, static run => Assert.True(run.IsNothingLeft));
        Assert.True(runs.Sum(static run => run.Parts) > 0);
    }

    [AzuriteFact]
    public async Task Worker_WhoseTimeIsOver_Ends()
    {
        DurableStorage storage = await azurite.OpenEngineAsync();
        var engine = new DsrEngine(TimeProvider.System, engines: _ => new AzuriteEngines(storage));
        var options = new WorkerOptions
        {
            Store = Store,
            Sandbox = SandboxAccess.Describe(_server.Descriptor),
            Until = TimeProvider.System.GetUtcNow(),
        };

        WorkerRun run = Assert.Single(await ResultsAsync<WorkerRun>(engine.WorkAsync(options, CancellationToken.None)));

        Assert.False(run.IsNothingLeft);
    }

    [Fact]
    public async Task Engine_ThatTheSandboxDoesNotHave_IsAnError()
    {
        (DsrEngine engine, DsrContext context) = await ConnectAsync(engines: null);

        DsrException refusal = await Assert.ThrowsAsync<DsrException>(() => FindAsync(engine, context, distributed: true));

        Assert.Contains("queues and tables of workers", refusal.Fault.Target, StringComparison.Ordinal);
    }

    private static string Text(IEnumerable<DeviceDataFinding> findings) =>
        string.Join(
            '\n',
            findings
                .Where(static finding => finding.Location.Kind != LocationKinds.LogAnalyticsWorkspace)
                .OrderBy(static finding => finding.DeviceId, StringComparer.Ordinal)
                .ThenBy(static finding => finding.Location.Id, StringComparer.Ordinal)
                .Select(static finding => JsonSerializer.Serialize(finding))
        );

    private static IEnumerable<string> Steps(ErasurePlan plan) =>
        plan
            .Steps.Where(static step => step.Location.Kind != LocationKinds.LogAnalyticsWorkspace)
            .Select(static step => $"{step.DeviceId} {step.Location.Id} {step.Action} {step.Finding.RecordCount} {step.Finding.Verdict}");

    private static Task<List<WorkerRun>> StartWorkerAsync(DurableStorage storage, WorkerOptions options) =>
        ResultsAsync<WorkerRun>(
            new DsrEngine(TimeProvider.System, engines: _ => new AzuriteEngines(storage)).WorkAsync(options, CancellationToken.None)
        );

    private async Task<(DsrEngine Engine, DsrContext Context)> ConnectAsync(IUnitEngines? engines, string? store = null)
    {
        var engine = new DsrEngine(TimeProvider.System, engines: engines is null ? null : _ => engines);
        var options = new ConnectOptions { Sandbox = SandboxAccess.Describe(_server.Descriptor), RequestStore = store ?? Store };
        DsrContext context = Assert.Single(await ResultsAsync<DsrContext>(engine.ConnectAsync(options, CancellationToken.None)));
        return (engine, context);
    }

    private static Task<List<DeviceDataFinding>> FindAsync(
        DsrEngine engine,
        DsrContext context,
        bool distributed,
        CancellationToken cancellationToken = default
    ) =>
        ResultsAsync<DeviceDataFinding>(
            engine.FindAsync(
                new FootprintOptions
                {
                    Context = context,
                    DeviceIds = Stream(Devices),
                    Distributed = distributed,
                },
                cancellationToken
            )
        );

    private static async Task<ErasurePlan> PlanAsync(DsrEngine engine, DsrContext context, bool distributed) =>
        Assert.Single(
            await ResultsAsync<ErasurePlan>(
                engine.PlanAsync(
                    new PlanOptions
                    {
                        Context = context,
                        DeviceIds = Stream(Devices),
                        Distributed = distributed,
                    },
                    CancellationToken.None
                )
            )
        );

    private static async Task<List<T>> ResultsAsync<T>(IAsyncEnumerable<DsrEvent> events)
        where T : class
    {
        List<T> results = [];
        await foreach (DsrEvent next in events)
        {
            if (next is OutputEvent<T> output)
                results.Add(output.Value);
        }

        return results;
    }

    private static async IAsyncEnumerable<string> Stream(IEnumerable<string> deviceIds)
    {
        foreach (string deviceId in deviceIds)
        {
            await Task.Yield();
            yield return deviceId;
        }
    }

    private ContainerEvidence OpenStore() => new(NewAccess(), new Uri(Store), TimeProvider.System);

    private AzureAccess NewAccess()
    {
        AzureAccess access = SandboxAccess.Open(_server, new Wire());
        lock (_accesses)
            _accesses.Add(access);
        return access;
    }

    private async Task<List<string>> FoldersAsync()
    {
        List<string> folders = [];
        await foreach (string folder in OpenStore().ListFoldersAsync(ReadingFolders.Prefix, CancellationToken.None))
            folders.Add(folder);
        return folders;
    }

    /// <summary>Workers of other processes, but for the processes: connections and sinks of their own.</summary>
    private sealed class DirectEngines(DistributedFootprintTests test) : IUnitEngines
    {
        private readonly List<UnitWorker> _workers = [];

        public Action? OnStart { get; set; }

        public List<string> Messages { get; } = [];

        public int Done => _workers.Sum(static worker => worker.Done);

        public Task<IUnitEngine> OpenAsync(ISegmentStore store, CancellationToken cancellationToken)
        {
            UnitWorker[] workers = [.. Enumerable.Range(0, 2).Select(_ => NewWorker())];
            _workers.AddRange(workers);
            return Task.FromResult<IUnitEngine>(new Watched(new DirectEngine(workers, copies: 2), this));
        }

        public IUnitHost OpenHost(ISegmentStore store, string worker) => throw new NotSupportedException();

        private UnitWorker NewWorker()
        {
            AzureAccess access = test.NewAccess();
            ContainerEvidence store = test.OpenStore();
            var throttle = HubThrottle.For(skuName: null, units: 1, share: 1);
            IReadOnlyList<Sink> SinksOf(string host) =>
                SinkCatalogue.OfModule.Open(HubClient.WithToken(access, host, throttle), access, access.Clock);
            return new UnitWorker(store, new OrderOpener(SinksOf, store, throttleLimit: 4), TimeProvider.System);
        }

        private sealed class Watched(DirectEngine inner, DirectEngines owner) : IUnitEngine
        {
            public async Task StartAsync(UnitBatch batch, CancellationToken cancellationToken)
            {
                lock (owner.Messages)
                    owner.Messages.Add(batch.ToText());
                await inner.StartAsync(batch, cancellationToken);
                owner.OnStart?.Invoke();
            }

            public Task<bool> IsOpenAsync(string batchId, CancellationToken cancellationToken) =>
                inner.IsOpenAsync(batchId, cancellationToken);

            public Task ForgetAsync(string batchId, CancellationToken cancellationToken) => inner.ForgetAsync(batchId, cancellationToken);

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }

    private sealed class AzuriteEngines(DurableStorage storage) : IUnitEngines
    {
        public async Task<IUnitEngine> OpenAsync(ISegmentStore store, CancellationToken cancellationToken) =>
            await DurableEngine.OpenAsync(storage, TimeProvider.System, cancellationToken);

        public IUnitHost OpenHost(ISegmentStore store, string worker) => new DurableHost(storage, worker, unitsAtOnce: 2);
    }
}
