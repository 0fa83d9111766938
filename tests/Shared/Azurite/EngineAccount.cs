using Azure.Data.Tables;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using IotHubDsr.Core.Distribution.Durable;

namespace IotHubDsr.Tests.Azurite;

/// <summary>An account of the emulator as the engine of workers uses it, in this process or in another one.</summary>
/// <param name="Blobs">Endpoint of the account's blobs.</param>
/// <param name="Queues">Endpoint of its queues.</param>
/// <param name="Tables">Endpoint of its tables.</param>
/// <param name="Account">Its name.</param>
/// <param name="Key">Its key.</param>
/// <param name="Name">What the engine's queues and tables are called after.</param>
internal sealed record EngineAccount(Uri Blobs, Uri Queues, Uri Tables, string Account, string Key, string Name)
{
    public DurableStorage ToStorage()
    {
        var key = new StorageSharedKeyCredential(Account, Key);
        return new DurableStorage(
            options => new BlobServiceClient(Blobs, key, options),
            options => new QueueServiceClient(Queues, key, options),
            options => new TableServiceClient(Tables, new TableSharedKeyCredential(Account, Key), options),
            Name
        );
    }
}
