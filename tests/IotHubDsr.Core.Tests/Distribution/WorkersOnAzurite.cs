using IotHubDsr.Core.Distribution.Durable;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox;
using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Core.Tests.Distribution;

/// <summary>Workers of the engine on Azurite, for a sandbox of this process.</summary>
internal static class WorkersOnAzurite
{
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
