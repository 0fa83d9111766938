using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Sinks.RoutedBlobs;

/// <summary>Messages that a routing endpoint wrote to a blob container, in blobs that mix many devices.</summary>
internal sealed class RoutedBlobSink(BlobContainers containers, TimeProvider time) : ArchiveSink(containers, time)
{
    public override IReadOnlyCollection<string> Kinds { get; } = [LocationKinds.RoutedBlobContainer];

    public override string Method =>
        "The records were taken out of the blobs under the ETags that were read; the records of other devices were kept byte for byte.";

    public override ErasureStage StageOf(string kind) => ErasureStage.Sinks;

    protected override ArchiveLayout LayoutOf(DataLocation location) => new RoutedBlobLayout(location);
}
