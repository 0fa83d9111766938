using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Operations;

/// <summary>A worker: does units of whatever work there is in a request store, and ends when nothing is left.</summary>
internal sealed class Working(
    WorkerOptions options,
    SinkCatalogue sinks,
    Func<AzureAccess, IUnitEngines> engines,
    OperationEvents events,
    TimeProvider time
)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var connect = new ConnectOptions
        {
            CredentialSource = options.CredentialSource,
            TenantId = options.TenantId,
            ClientId = options.ClientId,
            Cloud = options.Cloud,
            Sandbox = options.Sandbox,
            TrustedStorageHosts = options.TrustedStorageHosts,
        };
        using AzureAccess access = new Connecting(connect, time, sinks).OpenAccess();
        if (EvidenceStores.Open(options.Store, access, time) is not ISegmentStore store)
            throw FaultCatalogue.StoreNotDistributable.Exception(options.Store);
        DateTimeOffset startedAt = time.GetUtcNow();
        await IsAnythingOpenAsync(store, cancellationToken);
        using var opener = new OrderOpener(host => sinks.Open(HubOf(access, host), access, access.Clock), store, options.ThrottleLimit);
        var worker = new UnitWorker(store, opener, time);
        bool isNothingLeft = await RunAsync(worker, store, engines(access).OpenHost(store, worker.Name), cancellationToken);
        await events.OutputAsync(
            new WorkerRun
            {
                Worker = worker.Name,
                RequestStore = store.Place,
                Parts = worker.Done,
                StartedAt = startedAt,
                EndedAt = time.GetUtcNow(),
                IsNothingLeft = isNothingLeft,
            },
            cancellationToken
        );
    }

    /// <summary>Whether it ended because nothing is left.</summary>
    private async Task<bool> RunAsync(UnitWorker worker, ISegmentStore store, IUnitHost host, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task running = host.RunAsync(worker.DoAsync, ending.Token);
        bool isNothingLeft = false;
        try
        {
            while (!running.IsCompleted && !(time.GetUtcNow() >= options.Until))
            {
                string status = $"{Counted.Of(worker.Done, "part")} done";
                await events.EmitAsync(new ProgressEvent(null, string.Empty, status), cancellationToken);
                isNothingLeft = worker.IdleTime >= options.Patience && !await IsAnythingOpenAsync(store, cancellationToken);
                if (isNothingLeft)
                    break;
                await Task.WhenAny(running, Task.Delay(Pause, time, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            await ending.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (running.IsFaulted)
            await running;
        return isNothingLeft;
    }

    private static Task<bool> IsAnythingOpenAsync(ISegmentStore store, CancellationToken cancellationToken) =>
        StoreGuard.RunAsync(store, () => OpenWork.IsThereAsync(store, cancellationToken));

    private HubClient HubOf(AzureAccess access, string hostName) =>
        HubClient.WithToken(access, hostName, HubThrottle.For(skuName: null, units: 1, share: 1, time));
}
