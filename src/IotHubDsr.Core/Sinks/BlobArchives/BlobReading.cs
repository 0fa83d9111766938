using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// What reading one blob showed. Nothing of it depends on other blobs, so that another process can read it. Without a scan and a fault it is
/// gone: it has been deleted, or has moved, which the next listing tells.
/// </summary>
internal sealed record BlobReading
{
    /// <summary>The blob as it was read, which can be younger than the one that was listed; null when it was not.</summary>
    public ListedBlob? Blob { get; init; }

    /// <summary>What is in it; null when it was not read.</summary>
    public ArchiveScan? Scan { get; init; }

    /// <summary>Why it could not be read; null when it could, or is gone.</summary>
    public Fault? Fault { get; init; }

    /// <summary>Whether it is no archive at all.</summary>
    public bool IsForeign { get; init; }

    /// <summary>What the index of devices keeps of it; null for nothing.</summary>
    public IndexEntry? Entry { get; init; }
}
