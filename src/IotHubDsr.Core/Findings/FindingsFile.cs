using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Findings;

/// <summary>What was found in one location, in the order of the paths and by subject; read as it is needed.</summary>
internal sealed class FindingsFile : IDisposable
{
    /// <summary>So many items of all subjects together are held as objects.</summary>
    private const int MostHeld = 2_000;

    private const int ItemWindow = 4 * 1024;
    private const int RowWindow = 4 * 1024;
    private const int LongestRow = 50;
    private const int Window = 64 * 1024;

    private readonly SpoolFile _items;
    private readonly SpoolFile _rows;
    private readonly long[] _offsets;
    private readonly long[] _starts;
    private readonly int[] _counts;

    /// <param name="items">The items with their subjects, in the order of their paths.</param>
    /// <param name="offsets">Where each item begins, and where the last one ends.</param>
    /// <param name="rows">The rows of each subject.</param>
    /// <param name="starts">Where the rows of each subject begin, and where the last ones end.</param>
    /// <param name="counts">How many rows each subject has.</param>
    public FindingsFile(SpoolFile items, long[] offsets, SpoolFile rows, long[] starts, int[] counts)
    {
        (_items, _offsets, _rows, _starts, _counts) = (items, offsets, rows, starts, counts);
        IsHeld = counts.Sum(static count => (long)count) <= MostHeld;
    }

    /// <summary>Lets go of the files; otherwise that happens when nobody has the items any more.</summary>
    public void Dispose()
    {
        _items.Dispose();
        _rows.Dispose();
    }

    public int Subjects => _counts.Length;

    /// <summary>Whether there are so few that they are held as objects.</summary>
    private bool IsHeld { get; }

    public int CountOf(int subject) => _counts[subject];

    /// <summary>The items of a subject, in the order of their paths.</summary>
    public IReadOnlyList<SeenItem> ItemsOf(int subject) =>
        _counts[subject] == 0 ? []
        : IsHeld ? [.. Read(subject)]
        : new SpooledItems(this, subject);

    /// <summary>All items, in the order of their paths; as it was read last if it was read more than once.</summary>
    public IEnumerable<FoundItem> Items()
    {
        FoundItem? last = null;
        var entries = new SpoolEntries(_items, 0, _items.Length, Window);
        while (entries.MoveNext())
        {
            FoundItem next = ItemOf(entries.Current);
            if (last is not null && last.Path != next.Path)
                yield return last;
            last = next;
        }

        if (last is not null)
            yield return last;
    }

    /// <summary>All items with what they hold of the subjects.</summary>
    public IEnumerable<(FoundItem Item, FoundShare[] Shares)> Entries()
    {
        var entries = new SpoolEntries(_items, 0, _items.Length, Window);
        while (entries.MoveNext())
            yield return EntryOf(entries.Current);
    }

    /// <summary>What is under a path of subjects.</summary>
    public IEnumerable<(FoundItem Item, FoundShare[] Shares)> Find(string path)
    {
        var window = new SpoolWindow(_items, ItemWindow);
        int low = 0;
        for (int high = _offsets.Length - 1; low < high; )
        {
            int middle = (low + high) / 2;
            if (string.CompareOrdinal(ItemAt(middle, window, out _).Path, path) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        for (; low < _offsets.Length - 1 && ItemAt(low, window, out _).Path == path; low++)
        {
            var entry = new SpoolEntries(_items, _offsets[low], _offsets[low + 1], ItemWindow);
            entry.MoveNext();
            yield return EntryOf(entry.Current);
        }
    }

    /// <summary>The items of a subject, in the order of their paths, as they are read.</summary>
    public IEnumerable<SeenItem> Read(int subject)
    {
        var rows = new SpoolWindow(_rows, RowWindow);
        var items = new SpoolWindow(_items, ItemWindow);
        int next = 0;
        for (long at = _starts[subject]; at < _starts[subject + 1]; )
        {
            (int index, SpoolEntry.ScaledShare share) = RowAt(rows, ref at, _starts[subject + 1], subject, next);
            next = index + 1;
            FoundItem item = ItemAt(index, items, out SpoolEntry.TimeScale scale);
            yield return share.Of(item, scale);
        }
    }

    private static (int Index, SpoolEntry.ScaledShare Share) RowAt(SpoolWindow rows, ref long at, long end, int subject, int next)
    {
        ReadOnlySpan<byte> row = rows.At(at, (int)Math.Min(LongestRow, end - at));
        var reader = new SpoolReader(row);
        int index = next + (int)reader.Count();
        var share = new SpoolEntry.ScaledShare(subject, reader.Count(), reader.Count(), reader.Count(), reader.Count());
        at += row.Length - reader.Left;
        return (index, share);
    }

    /// <summary>The item with a number; what it holds of subjects, which can be much more, is not read.</summary>
    private FoundItem ItemAt(int index, SpoolWindow window, out SpoolEntry.TimeScale scale)
    {
        long length = _offsets[index + 1] - _offsets[index];
        try
        {
            return ItemOf(window.At(_offsets[index], (int)Math.Min(ItemWindow, length)), out scale);
        }
        catch (FormatException) when (length > ItemWindow)
        {
            return ItemOf(window.At(_offsets[index], (int)length), out scale);
        }
    }

    private static FoundItem ItemOf(ReadOnlySpan<byte> framed, out SpoolEntry.TimeScale scale)
    {
        var reader = new SpoolReader(framed);
        reader.Count();
        return SpoolEntry.ReadItem(ref reader, out scale);
    }

    private static FoundItem ItemOf(ReadOnlySpan<byte> entry)
    {
        var reader = new SpoolReader(entry);
        return SpoolEntry.ReadItem(ref reader, out _);
    }

    private (FoundItem Item, FoundShare[] Shares) EntryOf(ReadOnlySpan<byte> entry)
    {
        var reader = new SpoolReader(entry);
        FoundItem item = SpoolEntry.ReadItem(ref reader, out SpoolEntry.TimeScale scale);
        SpoolEntry.ScaledShare[] shares = SpoolEntry.ReadShares(ref reader, Subjects);
        return (
            item,
            [
                .. shares.Select(share => new FoundShare(share.Subject, share.Records, share.Bytes)
                {
                    FirstTime = scale.TimeOf(share.FirstTime),
                    LastTime = scale.TimeOf(share.LastTime),
                }),
            ]
        );
    }
}
