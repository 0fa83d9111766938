using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Sinks.RoutedBlobs;

/// <summary>Messages that a routing endpoint wrote to a blob container, in blobs that mix many devices.</summary>
internal sealed class RoutedBlobSink(BlobContainers containers, TimeProvider time) : ArchiveSink(containers, time)
{
    protected override ArchiveLayout LayoutOf(DataLocation location) => new RoutedBlobLayout(location);
}
