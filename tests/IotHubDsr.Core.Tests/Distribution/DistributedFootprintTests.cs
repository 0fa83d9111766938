using System.Text.Json;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Distribution.Durable;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Core.Tests.Sandbox.Requests;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.World;
using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Core.Tests.Distribution;

/// <summary>Footprints and plans by workers, over the whole of the sandbox's world.</summary>
public sealed class DistributedFootprintTests(AzuriteServer azurite) : IClassFixture<AzuriteServer>, IAsyncLifetime
{
    private static readonly string[] Devices = ["dev1", "Dev1", "dev10", "nobody-at-all"];
    private static readonly string Store = $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}";

    private WorkersHere _workers = null!;
    private SandboxServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None);
        _workers = new WorkersHere(_server, Store);
    }

    public async Task DisposeAsync()
    {
        _workers.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Footprint_ByWorkers_IsThatOfOneProcess_AndLeavesNothing()
    {
        (DsrEngine engine, DsrContext context) = await ConnectAsync(NewWorkers());

        string here = Text(await FindAsync(engine, context, distributed: false));
        string elsewhere = Text(await FindAsync(engine, context, distributed: true));

        Assert.Equal(here, elsewhere);
        Assert.Empty(await FoldersAsync());
    }

    [Fact]
    public async Task Plan_ByWorkers_HasTheStepsOfOneProcess()
    {
        (DsrEngine engine, DsrContext context) = await ConnectAsync(NewWorkers());

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
        WorkersHere engines = NewWorkers();
        (DsrEngine engine, DsrContext context) = await ConnectAsync(engines);

        await FindAsync(engine, context, distributed: true);

        Assert.True(engines.Done > 0);
        Assert.All(engines.Messages, static message => Assert.DoesNotContain("dev1", message, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Store_ThatIsAFolder_IsRefused()
    {
        (DsrEngine engine, DsrContext context) = await ConnectAsync(
            NewWorkers(),
            Directory.CreateTempSubdirectory("request-store-").FullName
        );

        DsrException refusal = await Assert.ThrowsAsync<DsrException>(() => FindAsync(engine, context, distributed: true));

        Assert.Equal("StoreNotDistributable", refusal.Fault.Id);
    }

    [Fact]
    public async Task Command_IsStopped_AndRunAgain_FindsWhatWorkersDid()
    {
        WorkersHere engines = NewWorkers();
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
        (DsrEngine engine, DsrContext context) = await ConnectAsync(new EngineOnAzurite(storage));
        // Workers end when nothing is open, so the command comes first. Those of other processes would have engines of their own.
        Task<List<DeviceDataFinding>> finding = FindAsync(engine, context, distributed: true);
        while ((await FoldersAsync()).Count == 0 && !finding.IsCompleted)
            await Task.Delay(100);
        Task<WorkerRun>[] workers =
        [
            WorkersOnAzurite.WorkAsync(storage, _server, Store),
            WorkersOnAzurite.WorkAsync(storage, _server, Store),
        ];
        string elsewhere = Text(await finding);
        WorkerRun[] runs = await Task.WhenAll(workers);

        Assert.Equal(Text(await FindAsync(engine, context, distributed: false)), elsewhere);
        Assert.All(runs, static run => Assert.True(run.IsNothingLeft));
        Assert.True(runs.Sum(static run => run.Parts) > 0);
    }

    [AzuriteFact]
    public async Task Worker_WhoseTimeIsOver_Ends()
    {
        DurableStorage storage = await azurite.OpenEngineAsync();
        var engine = new DsrEngine(TimeProvider.System, engines: _ => new EngineOnAzurite(storage));
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

    private ContainerEvidence OpenStore() => _workers.OpenStore();

    private WorkersHere NewWorkers() => _workers;

    private async Task<List<string>> FoldersAsync()
    {
        List<string> folders = [];
        await foreach (string folder in OpenStore().ListFoldersAsync(ReadingFolders.Prefix, CancellationToken.None))
            folders.Add(folder);
        return folders;
    }
}
