using DurableTask.AzureStorage;
using DurableTask.Core;

namespace IotHubDsr.Core.Distribution.Durable;

/// <summary>A worker of the Durable Task Framework: takes units from its queues, and moves batches on.</summary>
/// <param name="storage">The storage account.</param>
/// <param name="workerId">The worker; a name that no other has.</param>
/// <param name="unitsAtOnce">How many units it does at once.</param>
internal sealed class DurableHost(DurableStorage storage, string workerId, int unitsAtOnce) : IUnitHost
{
    public async Task RunAsync(Func<UnitTicket, CancellationToken, Task<UnitAnswer>> work, CancellationToken cancellationToken)
    {
        using var service = new AzureStorageOrchestrationService(DurableSettings.Of(storage, workerId, unitsAtOnce));
        await service.CreateIfNotExistsAsync().WaitAsync(cancellationToken);
        using var worker = new TaskHubWorker(service);
        worker.AddTaskOrchestrations(
            new NameValueObjectCreator<TaskOrchestration>(UnitOrchestration.Name, string.Empty, typeof(UnitOrchestration))
        );
        worker.AddTaskActivities(
            new NameValueObjectCreator<TaskActivity>(
                UnitActivity.Name,
                string.Empty,
                new UnitActivity(ticket => work(ticket, cancellationToken))
            )
        );
        await worker.StartAsync();
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            await worker.StopAsync(isForced: false);
        }
    }
}
