using IotHubDsr.Azure;
using IotHubDsr.Azure.Blobs;
using IotHubDsr.Hub;
using IotHubDsr.Stores.DeadLetters;
using IotHubDsr.Stores.FileUploads;
using IotHubDsr.Stores.LogArchives;
using IotHubDsr.Stores.Registry;
using IotHubDsr.Stores.RoutedBlobs;

namespace IotHubDsr.Stores;

/// <summary>Every store there is. Adding one takes its folder and its line here.</summary>
internal static class StoreCatalogue
{
    public static IReadOnlyList<IDataStore> For(HubClient hub, AzureAccess access, TimeProvider time)
    {
        // One for all of them: what downloads may take of the memory is theirs together.
        var containers = new BlobContainers(access, time);
        return
        [
            new RegistryStore(hub),
            new CloudToDeviceQueueStore(hub),
            new RoutedBlobStore(containers, time),
            new FileUploadStore(containers, time),
            new DeadLetterStore(containers, time),
            new LogArchiveStore(containers, time),
        ];
    }
}
