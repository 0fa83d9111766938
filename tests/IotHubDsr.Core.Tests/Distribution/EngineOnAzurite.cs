using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Distribution.Durable;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox;

namespace IotHubDsr.Core.Tests.Distribution;

/// <summary>The engine in an account of Azurite, for request stores of the sandbox, which has no tables.</summary>
internal sealed class EngineOnAzurite(DurableStorage storage) : IUnitEngines
{
    public async Task<IUnitEngine> OpenAsync(ISegmentStore store, CancellationToken cancellationToken) =>
        await DurableEngine.OpenAsync(storage, TimeProvider.System, cancellationToken);

    public IUnitHost OpenHost(ISegmentStore store, string worker) => new DurableHost(storage, worker, unitsAtOnce: 2);

    /// <summary>Works as Start-IotDsrWorker does, until nothing is left.</summary>
    public static async Task<WorkerRun> WorkAsync(DurableStorage storage, SandboxServer server, string store)
    {
        var options = new WorkerOptions
        {
            Store = store,
            Sandbox = SandboxAccess.Describe(server.Descriptor),
            Patience = TimeSpan.FromSeconds(5),
        };
        var engine = new DsrEngine(TimeProvider.System, engines: _ => new EngineOnAzurite(storage));
        WorkerRun? run = null;
        await foreach (DsrEvent next in engine.WorkAsync(options, CancellationToken.None))
            run = (next as OutputEvent<WorkerRun>)?.Value ?? run;
        return run!;
    }
}
