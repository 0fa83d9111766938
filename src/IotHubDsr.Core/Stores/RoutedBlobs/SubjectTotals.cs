using IotHubDsr.Archives;
using IotHubDsr.Azure.Blobs;

namespace IotHubDsr.Stores.RoutedBlobs;

/// <summary>Adds up what the blobs of a container hold of one subject.</summary>
internal sealed class SubjectTotals
{
    private readonly List<SeenItem> _items = [];

    public long Records { get; private set; }

    public long Relayed { get; private set; }

    public long OldCopyRecords { get; private set; }

    public long Bytes { get; private set; }

    public DateTimeOffset? First { get; private set; }

    public DateTimeOffset? Last { get; private set; }

    /// <summary>The blobs, in the order of their names.</summary>
    public IReadOnlyList<SeenItem> Items => _items.OrderBy(item => item.Path, StringComparer.Ordinal).ToList();

    public void Add(ListedBlob blob, SubjectMatches matches)
    {
        long records = matches.Own.Records + matches.Attributed.Records;
        long bytes = matches.Own.Bytes + matches.Attributed.Bytes;
        _items.Add(new SeenItem(blob.Path, blob.ETag.ToString("H"), records, bytes) { IsOldCopy = blob.IsOldCopy });
        Records += records;
        Bytes += bytes;
        Relayed += matches.Relayed.Records;
        OldCopyRecords += blob.IsOldCopy ? records : 0;
        Span(matches.Own);
        Span(matches.Attributed);
    }

    private void Span(MatchTally tally)
    {
        First = First is null || tally.First < First ? tally.First ?? First : First;
        Last = Last is null || tally.Last > Last ? tally.Last ?? Last : Last;
    }
}
