using Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Findings;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>The blobs in which a scan of a container finds something, while it finds it and afterwards.</summary>
internal sealed class FoundBlobs(int subjects) : IDisposable
{
    private const string VersionMark = "?versionid=";
    private const string SnapshotMark = "?snapshot=";

    private readonly FindingsSpool _clear = new(subjects);
    private readonly FindingsSpool _unclear = new(subjects);
    private FindingsFile? _complete;

    /// <param name="blob">The blob as it was read.</param>
    /// <param name="shares">What it holds of subjects.</param>
    /// <param name="isUnclear">Whether it can be another hub's, and is therefore none of the items.</param>
    public void Add(ListedBlob blob, List<FoundShare> shares, bool isUnclear)
    {
        shares.Sort(static (one, other) => one.Subject.CompareTo(other.Subject));
        var item = new FoundItem(blob.Path, blob.ETag.ToString("H"))
        {
            IsOldCopy = blob.IsOldCopy,
            Length = blob.Length,
            ContentEncoding = blob.ContentEncoding,
        };
        (isUnclear ? _unclear : _clear).Add(item, shares);
    }

    /// <summary>The subjects of which something was found in a blob before.</summary>
    public IReadOnlySet<int> SubjectsOf(string path, bool isUnclear) => (isUnclear ? _unclear : _clear).SubjectsOf(path);

    /// <summary>The items of a subject, in the order of their paths; nothing is added any more.</summary>
    public IReadOnlyList<SeenItem> ItemsOf(int subject) => Complete().ItemsOf(subject);

    /// <summary>All that are items of some subject or other, in the order of their paths; nothing is added any more.</summary>
    public IEnumerable<ListedBlob> Blobs() => Complete().Items().Select(ToBlob);

    public void Dispose()
    {
        _clear.Dispose();
        _unclear.Dispose();
        _complete?.Dispose();
    }

    private FindingsFile Complete() => _complete ??= _clear.Complete();

    private static ListedBlob ToBlob(FoundItem item)
    {
        string name = new SeenItem(item.Path, item.ETag, 0, 0) { IsOldCopy = item.IsOldCopy }.Name;
        string copy = item.Path[name.Length..];
        return new ListedBlob(name, new ETag(item.ETag!.Trim('"')), item.Length, default)
        {
            IsOldCopy = item.IsOldCopy,
            ContentEncoding = item.ContentEncoding,
            VersionId = copy.StartsWith(VersionMark, StringComparison.Ordinal) ? copy[VersionMark.Length..] : null,
            Snapshot = copy.StartsWith(SnapshotMark, StringComparison.Ordinal) ? copy[SnapshotMark.Length..] : null,
        };
    }
}
