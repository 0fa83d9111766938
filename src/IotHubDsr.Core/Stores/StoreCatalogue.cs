using IotHubDsr.Azure;
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
    public static IReadOnlyList<IDataStore> For(HubClient hub, AzureAccess access, TimeProvider time) =>
    [
        new RegistryStore(hub),
        new CloudToDeviceQueueStore(hub),
        new RoutedBlobStore(access, time),
        new FileUploadStore(access, time),
        new DeadLetterStore(access, time),
        new LogArchiveStore(access, time),
    ];
}
