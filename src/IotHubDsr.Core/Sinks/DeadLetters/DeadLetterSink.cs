using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Sinks.DeadLetters;

/// <summary>
/// Events about devices that Event Grid could not deliver and wrote to a blob container, in blobs that can mix devices and hubs.
/// </summary>
internal sealed class DeadLetterSink(BlobContainers containers, TimeProvider time) : ArchiveSink(containers, time)
{
    protected override ArchiveLayout LayoutOf(DataLocation location) => new DeadLetterLayout(location);
}
