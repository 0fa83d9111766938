using System.Collections;

namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>What of a subject was announced in a location and is gone.</summary>
/// <param name="Records">Its records that went.</param>
/// <param name="Changes">How many documents or blobs went or changed with it.</param>
/// <param name="FirstAt">When the first of them was announced.</param>
internal sealed record AnnouncedWork(long Records, int Changes, DateTimeOffset FirstAt);

/// <summary>
/// What a journal announced in one location and has not accounted for since: it may have been done, or not. Items are kept as they stand in
/// the journal, and not by subject, so that it takes little room however many subjects share an item.
/// </summary>
internal sealed class Announcements
{
    private readonly Dictionary<string, List<Entry>> _byItem = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> _accounted = [];
    private int _subjects;
    private int _count;

    public bool IsEmpty => _byItem.Count == 0;

    /// <param name="rows">The rows of a line.</param>
    /// <param name="at">The time of the line.</param>
    /// <param name="subjects">The subjects of the request, each with its index.</param>
    public void Add(IReadOnlyList<AnnouncedRow> rows, DateTimeOffset at, IReadOnlyDictionary<string, int> subjects)
    {
        _subjects = subjects.Count;
        foreach (IGrouping<string, AnnouncedRow> item in rows.GroupBy(row => row.Item, StringComparer.Ordinal))
        {
            // Earlier versions have a row for each subject.
            List<AnnouncedShare> own =
            [
                .. item.Where(row => row.Subject is not null && subjects.ContainsKey(row.Subject))
                    .Select(row => new AnnouncedShare(subjects[row.Subject!], row.Records ?? 0, row.Changes ?? 0))
                    .GroupBy(share => share.Subject)
                    .Select(subject => subject.Last())
                    .OrderBy(share => share.Subject),
            ];
            if (own.Count > 0)
                Add(item.Key, AnnouncedShares.Write(own), at);
            foreach (AnnouncedRow row in item.Where(row => row.Shares is not null))
                Add(item.Key, row.Shares!, at);
        }
    }

    /// <summary>What was announced for these subjects is accounted for.</summary>
    /// <param name="subjects">Their indices; null for all.</param>
    public void Forget(IEnumerable<int>? subjects)
    {
        if (subjects is null)
        {
            _byItem.Clear();
            return;
        }

        foreach (int subject in subjects)
            _accounted[subject] = _count;

        // Where all are accounted for, nothing of it is asked any more.
        if (_accounted.Count == _subjects && _accounted.Values.All(number => number == _count))
        {
            _byItem.Clear();
            _accounted.Clear();
        }
    }

    /// <summary>
    /// What was announced and is gone, by subject. Of several announcements for an item the last one counts: one that was made before met
    /// a conflict.
    /// </summary>
    /// <param name="there">Items that still hold what was announced, each with the indices of the subjects.</param>
    public IReadOnlyDictionary<int, AnnouncedWork> Gone(IEnumerable<(string Item, int Subject)> there)
    {
        var kept = new Dictionary<string, BitArray>(StringComparer.Ordinal);
        foreach ((string item, int subject) in there)
        {
            if (!_byItem.ContainsKey(item))
                continue;
            if (!kept.TryGetValue(item, out BitArray? known))
                kept[item] = known = new BitArray(_subjects);
            known[subject] = true;
        }

        var gone = new Dictionary<int, AnnouncedWork>();
        foreach ((string item, List<Entry> entries) in _byItem)
        {
            BitArray told = kept.GetValueOrDefault(item) ?? new BitArray(_subjects);
            foreach (Entry entry in Enumerable.Reverse(entries))
            {
                foreach (AnnouncedShare share in AnnouncedShares.Read(entry.Shares, _subjects))
                {
                    if (told[share.Subject] || _accounted.GetValueOrDefault(share.Subject) >= entry.Number)
                        continue;
                    told[share.Subject] = true;
                    gone[share.Subject] = gone.TryGetValue(share.Subject, out AnnouncedWork? sum)
                        ? new AnnouncedWork(
                            sum.Records + share.Records,
                            sum.Changes + share.Changes,
                            sum.FirstAt < entry.At ? sum.FirstAt : entry.At
                        )
                        : new AnnouncedWork(share.Records, share.Changes, entry.At);
                }
            }
        }

        return gone;
    }

    private void Add(string item, string shares, DateTimeOffset at)
    {
        if (!_byItem.TryGetValue(item, out List<Entry>? entries))
            _byItem[item] = entries = new List<Entry>(1);
        entries.Add(new Entry(shares, at, ++_count));
    }

    /// <param name="Shares">See <see cref="AnnouncedShares"/>.</param>
    /// <param name="At">When it was announced.</param>
    /// <param name="Number">Its place in the order of announcements.</param>
    private readonly record struct Entry(string Shares, DateTimeOffset At, int Number);
}
