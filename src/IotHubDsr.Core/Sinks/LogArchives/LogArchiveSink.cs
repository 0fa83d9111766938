using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Sinks.LogArchives;

/// <summary>
/// Resource logs that Azure Monitor archives to a blob container, in a blob for each resource and hour that mixes all its devices.
/// </summary>
internal sealed class LogArchiveSink(BlobContainers containers, TimeProvider time) : ArchiveSink(containers, time)
{
    public override IReadOnlyCollection<string> Kinds { get; } = [LocationKinds.LogArchive];

    public override string Method =>
        "The rows were taken out of the blobs of hours that have ended, under the ETags that were read; the rows of other devices were "
        + "kept byte for byte.";

    /// <summary>Rows do not tell which incarnation of a device ID they are about.</summary>
    public override Narrowing Understands => Narrowing.Time | Narrowing.Mentioned;

    public override ErasureStage StageOf(string kind) => ErasureStage.Logs;

    protected override ArchiveLayout LayoutOf(DataLocation location) => new LogArchiveLayout(location);
}
