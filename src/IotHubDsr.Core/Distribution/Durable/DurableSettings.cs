using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using DurableTask.AzureStorage;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotHubDsr.Core.Distribution.Durable;

/// <summary>How the engine is set up: a worker that is killed leaves its units to others within a minute.</summary>
internal static class DurableSettings
{
    /// <summary>By default five minutes: as long as the unit of a killed worker would wait.</summary>
    private static readonly TimeSpan VisibilityTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LeaseRenewal = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(2);

    private const int Partitions = 4;
    private const int OrchestrationsAtOnce = 10;

    /// <param name="storage">The storage account.</param>
    /// <param name="workerId">The worker; a name that no other has.</param>
    /// <param name="unitsAtOnce">How many units a worker does at once.</param>
    public static AzureStorageOrchestrationServiceSettings Of(DurableStorage storage, string workerId, int unitsAtOnce) =>
        new()
        {
            TaskHubName = storage.HubName,
            StorageAccountClientProvider = new StorageAccountClientProvider(
                new Provider<BlobServiceClient, BlobClientOptions>(() => storage.Configure(new BlobClientOptions()), storage.Blobs),
                new Provider<QueueServiceClient, QueueClientOptions>(() => storage.Configure(new QueueClientOptions()), storage.Queues),
                new Provider<TableServiceClient, TableClientOptions>(() => storage.Configure(new TableClientOptions()), storage.Tables)
            ),
            WorkerId = workerId,
            MaxConcurrentTaskActivityWorkItems = unitsAtOnce,
            MaxConcurrentTaskOrchestrationWorkItems = OrchestrationsAtOnce,
            PartitionCount = Partitions,
            MaxQueuePollingInterval = LongestPoll,
            WorkItemQueueVisibilityTimeout = VisibilityTimeout,
            ControlQueueVisibilityTimeout = VisibilityTimeout,
            LeaseInterval = LeaseTime,
            LeaseRenewInterval = LeaseRenewal,
            LeaseAcquireInterval = LeaseRenewal,
            CustomMessageTypeBinder = new DurableTypeBinder(),
            LoggerFactory = NullLoggerFactory.Instance,
            AppName = "IotHubDsr",
        };

    private sealed class Provider<TClient, TOptions>(Func<ClientOptions> options, Func<TOptions, TClient> open)
        : IStorageServiceClientProvider<TClient, TOptions>
        where TOptions : ClientOptions
    {
        public TOptions CreateOptions() => (TOptions)options();

        public TClient CreateClient(TOptions clientOptions) => open(clientOptions);
    }
}
