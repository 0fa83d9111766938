using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Findings;

/// <summary>Turns items with their subjects, which come in the order of their paths, into subjects with their items.</summary>
internal sealed class TurnedFindings(int subjects) : IDisposable
{
    private const int Window = 64 * 1024;
    private const int LongestRow = 50;

    private readonly SpoolFile _items = new();
    private readonly SpoolFile _rows = new();
    private readonly List<long> _marks = [];
    private readonly int[] _counts = new int[subjects];
    private readonly long[] _sizes = new long[subjects];
    private readonly int[] _nexts = new int[subjects];
    private int _added;
    private bool _isGiven;

    /// <param name="framed">An entry with its length.</param>
    /// <param name="entry">The entry.</param>
    public void Add(ReadOnlySpan<byte> framed, ReadOnlySpan<byte> entry)
    {
        int index = _added++;
        if (index % FindingsFile.ItemsOfMark == 0)
            _marks.Add(_items.Length);
        foreach (SpoolEntry.ScaledShare share in SharesOf(entry))
        {
            _counts[share.Subject]++;
            _sizes[share.Subject] +=
                SpoolBytes.LengthOf(index - _nexts[share.Subject])
                + SpoolBytes.LengthOf(share.Records)
                + SpoolBytes.LengthOf(share.Bytes)
                + SpoolBytes.LengthOf(share.FirstTime)
                + SpoolBytes.LengthOf(share.LastTime);
            _nexts[share.Subject] = index + 1;
        }

        _items.Append(framed);
    }

    /// <param name="largestTurn">Bytes that are held for it at once: the items are read once for each so many.</param>
    public FindingsFile Complete(int largestTurn)
    {
        _items.Seal();
        Array.Clear(_nexts);
        long[] starts = new long[subjects + 1];
        for (int subject = 0; subject < subjects; subject++)
            starts[subject + 1] = starts[subject] + _sizes[subject];
        for (int first = 0; first < subjects; )
        {
            int end = first + 1;
            while (end < subjects && starts[end + 1] - starts[first] <= largestTurn)
                end++;
            if (starts[end] > starts[first])
                Turn(first, end, starts);
            first = end;
        }

        _rows.Seal();
        _isGiven = true;
        return new FindingsFile(_items, [.. _marks], _rows, starts, _counts);
    }

    /// <summary>Lets go of the files, unless they were given away.</summary>
    public void Dispose()
    {
        if (_isGiven)
            return;
        _items.Dispose();
        _rows.Dispose();
    }

    private SpoolEntry.ScaledShare[] SharesOf(ReadOnlySpan<byte> entry)
    {
        var reader = new SpoolReader(entry);
        SpoolEntry.ReadItem(ref reader, out _);
        return SpoolEntry.ReadShares(ref reader, subjects);
    }

    /// <summary>Writes the rows of some subjects. Those of a single one come in their order, and need not be held.</summary>
    private void Turn(int first, int end, long[] starts)
    {
        bool isOne = end == first + 1;
        byte[] rows = isOne ? [] : new byte[starts[end] - starts[first]];
        long[] filled = [.. starts[first..end].Select(start => start - starts[first])];
        Span<byte> row = stackalloc byte[LongestRow];
        var entries = new SpoolEntries(_items, 0, _items.Length, Window);
        for (int index = 0; entries.MoveNext(); index++)
        {
            foreach (SpoolEntry.ScaledShare share in SharesOf(entries.Current))
            {
                if (share.Subject < first || share.Subject >= end)
                    continue;
                int length = WriteRow(row, index - _nexts[share.Subject], share);
                _nexts[share.Subject] = index + 1;
                if (isOne)
                    _rows.Append(row[..length]);
                else
                    row[..length].CopyTo(rows.AsSpan((int)filled[share.Subject - first]));
                filled[share.Subject - first] += length;
            }
        }

        _rows.Append(rows);
    }

    private static int WriteRow(Span<byte> to, int gap, in SpoolEntry.ScaledShare share)
    {
        int length = SpoolBytes.Number(gap, to);
        length += SpoolBytes.Number(share.Records, to[length..]);
        length += SpoolBytes.Number(share.Bytes, to[length..]);
        length += SpoolBytes.Number(share.FirstTime, to[length..]);
        return length + SpoolBytes.Number(share.LastTime, to[length..]);
    }
}
