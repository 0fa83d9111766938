using IotHubDsr.Archives;

namespace IotHubDsr.Stores.BlobArchives;

/// <summary>What is particular to the blobs of one kind of archive in one location.</summary>
internal abstract class ArchiveLayout
{
    /// <summary>Name of the file of an export that the records go to, without an extension.</summary>
    public abstract string ExportName { get; }

    /// <summary>The records of an export.</summary>
    public abstract RecordKind Records { get; }

    /// <summary>The hub whose devices are asked for; null when the records do not tell.</summary>
    public virtual RecordOrigin? Origin => null;

    /// <summary>
    /// False only for a blob whose name shows that it holds nothing of the hub: device IDs are unique only within one.
    /// </summary>
    public abstract bool Concerns(string blobName);

    /// <summary>
    /// Until when the service that writes the archive may still write to a blob, and would lose its work to ours; null when it does not
    /// write to blobs that are there.
    /// </summary>
    /// <param name="blobName">The blob.</param>
    /// <param name="lastWrite">When it was last written by anybody but this module.</param>
    public abstract DateTimeOffset? WrittenUntil(string blobName, DateTimeOffset lastWrite);

    /// <summary>
    /// The window of time in which the records of a blob were written, as its name tells; null when it tells none. Records can be older than
    /// that.
    /// </summary>
    public virtual (DateTimeOffset From, DateTimeOffset Before)? TimesOf(string blobName) => null;
}
