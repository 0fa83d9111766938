using System.Security.Cryptography;
using DurableTask.AzureStorage;
using DurableTask.Core;
using DurableTask.Core.Exceptions;

namespace IotHubDsr.Core.Distribution.Durable;

/// <summary>Hands units to the Durable Task Framework on Azure Storage: queues carry them, tables remember.</summary>
internal sealed class DurableEngine : IUnitEngine
{
    private static readonly TimeSpan PatienceWithEnd = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly AzureStorageOrchestrationService _service;
    private readonly TaskHubClient _client;
    private readonly TimeProvider _time;

    private DurableEngine(AzureStorageOrchestrationService service, TimeProvider time) =>
        (_service, _client, _time) = (service, new TaskHubClient(service), time);

    /// <summary>Opens the engine; its queues and tables are made where they are not there.</summary>
    public static async Task<DurableEngine> OpenAsync(DurableStorage storage, TimeProvider time, CancellationToken cancellationToken)
    {
        string id = $"c{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var service = new AzureStorageOrchestrationService(DurableSettings.Of(storage, id, unitsAtOnce: 1));
        await service.CreateIfNotExistsAsync().WaitAsync(cancellationToken);
        return new DurableEngine(service, time);
    }

    public async Task StartAsync(UnitBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            await _client
                .CreateOrchestrationInstanceAsync(UnitOrchestration.Name, string.Empty, batch.Id, batch.ToText())
                .WaitAsync(cancellationToken);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // A command that was lost had handed it over.
        }
    }

    public async Task<bool> IsOpenAsync(string batchId, CancellationToken cancellationToken) =>
        await _client.GetOrchestrationStateAsync(batchId).WaitAsync(cancellationToken)
            is { OrchestrationStatus: OrchestrationStatus.Pending or OrchestrationStatus.Running or OrchestrationStatus.ContinuedAsNew };

    public async Task ForgetAsync(string batchId, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        bool isTerminated = false;
        while (await IsOpenAsync(batchId, cancellationToken) && _time.GetElapsedTime(start) < PatienceWithEnd)
        {
            // What has ended by itself takes a moment to be written down.
            if (!isTerminated && _time.GetElapsedTime(start) > PatienceWithEnd / 3)
            {
                isTerminated = true;
                await _client.TerminateInstanceAsync(new OrchestrationInstance { InstanceId = batchId }, "over");
            }

            await Task.Delay(Look, _time, cancellationToken);
        }

        await _service.PurgeInstanceHistoryAsync(batchId).WaitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _service.Dispose();
        return ValueTask.CompletedTask;
    }
}
