using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Sinks.LogArchives;

/// <summary>
/// Resource logs that Azure Monitor archives to a blob container, in a blob for each resource and hour that mixes all its devices.
/// </summary>
internal sealed class LogArchiveSink(BlobContainers containers, TimeProvider time) : ArchiveSink(containers, time)
{
    protected override ArchiveLayout LayoutOf(DataLocation location) => new LogArchiveLayout(location);
}
