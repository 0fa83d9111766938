using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Sinks.CloudToDeviceQueues;
using IotHubDsr.Core.Sinks.DeadLetters;
using IotHubDsr.Core.Sinks.FileUploads;
using IotHubDsr.Core.Sinks.LogArchives;
using IotHubDsr.Core.Sinks.Registry;
using IotHubDsr.Core.Sinks.RoutedBlobs;

namespace IotHubDsr.Core.Sinks;

/// <summary>Every sink there is. Adding one takes its folder and its line here.</summary>
internal static class SinkCatalogue
{
    public static IReadOnlyList<ISink> For(HubClient hub, AzureAccess access, TimeProvider time)
    {
        // One for all of them: what downloads may take of the memory is theirs together.
        var containers = new BlobContainers(access, time);
        return
        [
            new RegistrySink(hub),
            new CloudToDeviceQueueSink(hub),
            new RoutedBlobSink(containers, time),
            new FileUploadSink(containers, time),
            new DeadLetterSink(containers, time),
            new LogArchiveSink(containers, time),
        ];
    }
}
