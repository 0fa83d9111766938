using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Sinks.BulkExports;

/// <summary>Exports of all devices of a hub in a blob container: a line for each device and module, with its twin and often its keys.</summary>
internal sealed class BulkExportSink(BlobContainers containers, TimeProvider time) : ArchiveSink(containers, time)
{
    protected override ArchiveLayout LayoutOf(DataLocation location) => new BulkExportLayout(location);
}
