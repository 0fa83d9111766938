using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace IotHubDsr.Core.Distribution.Durable;

/// <summary>The storage account that the engine keeps its queues, tables and leases in, by the clients of the caller.</summary>
/// <param name="Blobs">Opens blobs.</param>
/// <param name="Queues">Opens queues.</param>
/// <param name="Tables">Opens tables.</param>
/// <param name="HubName">What the engine's queues, tables and containers are called after: 3 to 45 letters and digits.</param>
internal sealed record DurableStorage(
    Func<BlobClientOptions, BlobServiceClient> Blobs,
    Func<QueueClientOptions, QueueServiceClient> Queues,
    Func<TableClientOptions, TableServiceClient> Tables,
    string HubName
)
{
    /// <summary>Configures the options of a client.</summary>
    public Func<ClientOptions, ClientOptions> Configure { get; init; } = static options => options;
}
