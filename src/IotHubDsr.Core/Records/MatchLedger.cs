namespace IotHubDsr.Core.Records;

/// <summary>Adds up matches by subject. Only subjects that occur take room: a request may have 100,000.</summary>
internal sealed class MatchLedger(SubjectIndex subjects)
{
    private readonly SortedDictionary<int, SubjectMatches> _entries = [];

    public void Add(SubjectMatch match, int bytes, in RecordFacts facts)
    {
        if (!_entries.TryGetValue(match.Subject, out SubjectMatches? entry))
            entry = new SubjectMatches(match.Subject, subjects[match.Subject], default, default, default);

        if (match.IsUnclear)
        {
            _entries[match.Subject] = entry with { Unclear = entry.Unclear + 1 };
            return;
        }

        MatchTally tally = entry[match.Kind].With(bytes, facts.Enqueued);
        if (match.Kind is MatchKind.Own)
            entry.Generations.Add(facts);

        _entries[match.Subject] = match.Kind switch
        {
            MatchKind.Own => entry with { Own = tally },
            MatchKind.Attributed => entry with { Attributed = tally },
            MatchKind.Relayed => entry with { Relayed = tally },
            _ => entry with { Mentioned = tally },
        };
    }

    public IReadOnlyList<SubjectMatches> ToList() => [.. _entries.Values];
}
