using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Sinks.DeadLetters;

/// <summary>
/// Events about devices that Event Grid could not deliver and wrote to a blob container, in blobs that can mix devices and hubs.
/// </summary>
internal sealed class DeadLetterSink(BlobContainers containers, TimeProvider time) : ArchiveSink(containers, time)
{
    public override IReadOnlyCollection<string> Kinds { get; } = [LocationKinds.DeadLetterContainer];

    public override string Method =>
        "The events were taken out of the blobs under the ETags that were read; events of other devices and of other hubs were kept byte "
        + "for byte.";

    /// <summary>Most events do not tell which incarnation of a device ID they are about.</summary>
    public override Narrowing Understands => Narrowing.Time | Narrowing.Mentioned;

    public override ErasureStage StageOf(string kind) => ErasureStage.Sinks;

    protected override ArchiveLayout LayoutOf(DataLocation location) => new DeadLetterLayout(location);
}
