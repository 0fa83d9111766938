using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Findings;

/// <summary>
/// Takes what a scan finds, item by item in any order, and gives it back in the order of the paths and by subject. However many items and
/// subjects there are, it holds a few MiB: sorted runs go to a temporary file, are merged into one, and then turned from items with
/// subjects into subjects with items.
/// </summary>
/// <param name="subjects">How many subjects there are.</param>
/// <param name="largestTurn">Bytes of rows that are held at once; null for as many as there usually may be.</param>
internal sealed class FindingsSpool(int subjects, int? largestTurn = null) : IDisposable
{
    private const int LargestRun = 1024 * 1024;
    private const int MostEntriesOfRun = 8 * 1024;
    private const int EntriesOfMark = 64;
    private const int Window = 32 * 1024;
    private const int LargestTurn = 16 * 1024 * 1024;

    private readonly SpoolBytes _run = new();
    private readonly SpoolBytes _entry = new();
    private readonly List<(string Path, int Offset, int Length)> _entries = [];
    private readonly SpoolFile _runs = new();
    private readonly List<Run> _written = [];
    private bool _isSealed;

    /// <summary>Adds an item; one with a path that was added before stands behind it.</summary>
    /// <param name="item">The item.</param>
    /// <param name="shares">What it holds of subjects, in their order.</param>
    public void Add(FoundItem item, IReadOnlyList<FoundShare> shares)
    {
        _entry.Clear();
        SpoolEntry.Write(_entry, item, shares);
        int offset = _run.Count;
        _run.Number(_entry.Count);
        _run.Raw(_entry.Written);
        _entries.Add((item.Path, offset, _run.Count - offset));
        if (_run.Count >= LargestRun || _entries.Count >= MostEntriesOfRun)
            WriteRun();
    }

    /// <summary>The subjects of which something was added under a path.</summary>
    public IReadOnlySet<int> SubjectsOf(string path)
    {
        var found = new HashSet<int>();
        foreach ((string _, int offset, int length) in _entries.Where(entry => entry.Path == path))
        {
            var frame = new SpoolReader(_run.Written.Slice(offset, length));
            AddSubjects(found, frame.Raw(frame.Count()));
        }

        foreach (Run run in _written)
        {
            (long start, long end) = run.PartOf(path);
            var entries = new SpoolEntries(_runs, start, end, Window);
            while (entries.MoveNext())
            {
                int order = string.CompareOrdinal(PathOf(entries.Current), path);
                if (order > 0)
                    break;
                if (order == 0)
                    AddSubjects(found, entries.Current);
            }
        }

        return found;
    }

    /// <summary>
    /// All that was added, item by item in the order of the paths, and not by subject; nothing more can be added. It can be read several
    /// times, until the spool is disposed of.
    /// </summary>
    public IEnumerable<(FoundItem Item, IReadOnlyList<(int Subject, long Records)> Shares)> InOrder()
    {
        Seal();
        foreach (SpoolEntries entry in Merged())
            yield return Read(entry.Current);
    }

    /// <summary>All that was added; nothing more can be.</summary>
    public FindingsFile Complete()
    {
        Seal();
        using var turned = new TurnedFindings(subjects);
        foreach (SpoolEntries entry in Merged())
            turned.Add(entry.Framed, entry.Current);
        Dispose();
        return turned.Complete(largestTurn ?? LargestTurn);
    }

    public void Dispose() => _runs.Dispose();

    private static string PathOf(ReadOnlySpan<byte> entry) => new SpoolReader(entry).Text();

    private void Seal()
    {
        if (_isSealed)
            return;
        WriteRun();
        _runs.Seal();
        _isSealed = true;
    }

    private (FoundItem Item, IReadOnlyList<(int Subject, long Records)> Shares) Read(ReadOnlySpan<byte> entry)
    {
        var reader = new SpoolReader(entry);
        FoundItem item = SpoolEntry.ReadItem(ref reader, out _);
        return (item, [.. SpoolEntry.ReadShares(ref reader, subjects).Select(static share => (share.Subject, share.Records))]);
    }

    private void AddSubjects(HashSet<int> found, ReadOnlySpan<byte> entry)
    {
        var reader = new SpoolReader(entry);
        SpoolEntry.ReadItem(ref reader, out _);
        foreach (SpoolEntry.ScaledShare share in SpoolEntry.ReadShares(ref reader, subjects))
            found.Add(share.Subject);
    }

    private void WriteRun()
    {
        if (_entries.Count == 0)
            return;
        _entries.Sort(
            static (one, other) =>
                string.CompareOrdinal(one.Path, other.Path) is not 0 and var order ? order : one.Offset.CompareTo(other.Offset)
        );
        var run = new Run(_runs.Length);
        for (int index = 0; index < _entries.Count; index++)
        {
            (string path, int offset, int length) = _entries[index];
            if (index % EntriesOfMark == 0)
                run.Marks.Add((path, _runs.Length));
            _runs.Append(_run.Written.Slice(offset, length));
        }

        run.End = _runs.Length;
        _written.Add(run);
        _entries.Clear();
        _run.Clear();
    }

    private IEnumerable<SpoolEntries> Merged()
    {
        var queue = new PriorityQueue<SpoolEntries, (string Path, int Run)>(
            Comparer<(string Path, int Run)>.Create(
                static (one, other) =>
                    string.CompareOrdinal(one.Path, other.Path) is not 0 and var order ? order : one.Run.CompareTo(other.Run)
            )
        );
        var numbers = new Dictionary<SpoolEntries, int>();
        foreach (Run run in _written)
        {
            var entries = new SpoolEntries(_runs, run.Start, run.End, Window);
            numbers[entries] = numbers.Count;
            if (entries.MoveNext())
                queue.Enqueue(entries, (PathOf(entries.Current), numbers[entries]));
        }

        while (queue.TryDequeue(out SpoolEntries? next, out _))
        {
            yield return next;
            if (next.MoveNext())
                queue.Enqueue(next, (PathOf(next.Current), numbers[next]));
        }
    }

    /// <summary>Entries in the order of their paths, with the path of every so many by which a part is found.</summary>
    private sealed class Run(long start)
    {
        public long Start => start;

        public long End { get; set; }

        public List<(string Path, long Offset)> Marks { get; } = [];

        /// <summary>Where the entries with a path can be.</summary>
        public (long Start, long End) PartOf(string path)
        {
            int first = Marks.FindLastIndex(mark => string.CompareOrdinal(mark.Path, path) < 0);
            int behind = Marks.FindIndex(mark => string.CompareOrdinal(mark.Path, path) > 0);
            return (first < 0 ? Start : Marks[first].Offset, behind < 0 ? End : Marks[behind].Offset);
        }
    }
}
