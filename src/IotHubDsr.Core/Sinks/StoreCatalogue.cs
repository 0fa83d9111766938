using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Sinks.DeadLetters;
using IotHubDsr.Core.Sinks.FileUploads;
using IotHubDsr.Core.Sinks.LogArchives;
using IotHubDsr.Core.Sinks.Registry;
using IotHubDsr.Core.Sinks.RoutedBlobs;

namespace IotHubDsr.Core.Sinks;

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
