using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Findings;

/// <summary>What was found in one location, in the order of the paths and by subject; read as it is needed.</summary>
internal sealed class FindingsFile : IDisposable
{
    /// <summary>Of so many items one is known by where it begins.</summary>
    public const int ItemsOfMark = 16;

    /// <summary>So many items of all subjects together are held as objects.</summary>
    private const int MostHeld = 2_000;

    private const int ItemWindow = 4 * 1024;
    private const int RowWindow = 4 * 1024;
    private const int LongestRow = 50;
    private const int LongestNumber = 10;
    private const int Window = 64 * 1024;

    private readonly SpoolFile _items;
    private readonly SpoolFile _rows;
    private readonly long[] _marks;
    private readonly long[] _starts;
    private readonly int[] _counts;

    /// <param name="items">The items with their subjects, in the order of their paths.</param>
    /// <param name="marks">Where the first item begins, and each after <see cref="ItemsOfMark"/> others.</param>
    /// <param name="rows">The rows of each subject.</param>
    /// <param name="starts">Where the rows of each subject begin, and where the last ones end.</param>
    /// <param name="counts">How many rows each subject has.</param>
    public FindingsFile(SpoolFile items, long[] marks, SpoolFile rows, long[] starts, int[] counts)
    {
        (_items, _marks, _rows, _starts, _counts) = (items, marks, rows, starts, counts);
        IsHeld = counts.Sum(static count => (long)count) <= MostHeld;
    }

    /// <summary>Whether it is a failure of reading back what was found, which is this machine's and concerns one location.</summary>
    public static bool CannotBeRead(Exception exception) =>
        exception is FormatException || (exception is DsrException failed && failed.Fault.Id == FaultCatalogue.TemporaryFileFailed.Id);

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
        for (int high = _marks.Length; low < high; )
        {
            int middle = (low + high) / 2;
            if (string.CompareOrdinal(ItemAt(_marks[middle], window, out _).Path, path) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        // The first one with the path can be before the mark that is not before it.
        var entries = new SpoolEntries(_items, low == 0 ? 0 : _marks[low - 1], _items.Length, ItemWindow);
        while (entries.MoveNext())
        {
            int order = string.CompareOrdinal(ItemOf(entries.Current).Path, path);
            if (order > 0)
                yield break;
            if (order == 0)
                yield return EntryOf(entries.Current);
        }
    }

    /// <summary>The items of a subject, in the order of their paths, as they are read.</summary>
    public IEnumerable<SeenItem> Read(int subject)
    {
        var rows = new SpoolWindow(_rows, RowWindow);
        var items = new SpoolWindow(_items, ItemWindow);
        int next = 0;
        (int Index, long Offset) place = (0, 0);
        for (long at = _starts[subject]; at < _starts[subject + 1]; )
        {
            (int index, SpoolEntry.ScaledShare share) = RowAt(rows, ref at, _starts[subject + 1], subject, next);
            next = index + 1;
            place = GoTo(index, place, items);
            FoundItem item = ItemAt(place.Offset, items, out SpoolEntry.TimeScale scale);
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

    /// <summary>Where the item with a number begins: from a place before it, or the mark before it, from one item to the next.</summary>
    private (int Index, long Offset) GoTo(int index, (int Index, long Offset) from, SpoolWindow window)
    {
        int mark = index / ItemsOfMark;
        if (from.Index / ItemsOfMark < mark)
            from = (mark * ItemsOfMark, _marks[mark]);
        for (; from.Index < index; from.Index++)
            from.Offset += LengthAt(from.Offset, window);
        return from;
    }

    private long LengthAt(long offset, SpoolWindow window)
    {
        long length = new SpoolReader(window.At(offset, (int)Math.Min(LongestNumber, _items.Length - offset))).Count();
        return SpoolBytes.LengthOf(length) + length;
    }

    /// <summary>The item at a place; what it holds of subjects, which can be much more, is not read.</summary>
    private FoundItem ItemAt(long offset, SpoolWindow window, out SpoolEntry.TimeScale scale)
    {
        long length = LengthAt(offset, window);
        try
        {
            return ItemOf(window.At(offset, (int)Math.Min(ItemWindow, length)), out scale);
        }
        catch (FormatException) when (length > ItemWindow)
        {
            return ItemOf(window.At(offset, (int)length), out scale);
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
