using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks;

/// <summary>Adds up what a place of single records, which is read part by part, holds of one subject.</summary>
internal sealed class RecordTotals
{
    private long _mentioned;

    public long Records { get; private set; }

    public long Relayed { get; private set; }

    /// <summary>Records beside <see cref="Records"/> that do no more than name the subject, and were not asked for.</summary>
    public long OnlyMentioned { get; private set; }

    public long Bytes { get; private set; }

    public DateTimeOffset? First { get; private set; }

    public DateTimeOffset? Last { get; private set; }

    /// <summary>When the last record was stored; null if there is none, or its place does not tell.</summary>
    public DateTimeOffset? LastStored { get; private set; }

    /// <summary>Records of the device ID that can be another hub's, which are not counted elsewhere.</summary>
    public long Unclear { get; private set; }

    /// <summary>The device's own records by generation; those that an ID had before are in it.</summary>
    public SentGenerations Generations { get; } = new();

    /// <summary>What is said of the records, without full stops.</summary>
    /// <param name="others">How many of them were sent under another generation ID.</param>
    /// <param name="location">Where they are.</param>
    public IEnumerable<string?> DetailsOf(long others, DataLocation location) =>
        [
            RecordRemarks.OtherGenerations(others),
            RecordRemarks.Relayed(Relayed),
            RecordRemarks.Mentioned(_mentioned),
            RecordRemarks.OnlyMentioned(OnlyMentioned),
            RecordRemarks.OfUnknownHub(Unclear, location),
        ];

    /// <param name="matches">What a part holds.</param>
    /// <param name="withMentioned">Whether records that only name the subject are its.</param>
    /// <param name="lastStored">When the last of the records was stored, where the place tells; null if none is known to be the subject's.</param>
    public void Add(SubjectMatches matches, bool withMentioned, DateTimeOffset? lastStored = null)
    {
        Unclear += matches.Unclear;
        if (!withMentioned)
        {
            OnlyMentioned += matches.Mentioned.Records;
            matches = matches with { Mentioned = default };
        }

        LastStored = LastStored > lastStored ? LastStored : lastStored ?? LastStored;
        Generations.Add(matches.Generations);
        Records += matches.Count(relayed: false, mentioned: true);
        Relayed += matches.Relayed.Records;
        _mentioned += matches.Mentioned.Records;
        foreach (MatchTally tally in (MatchTally[])[matches.Own, matches.Attributed, matches.Mentioned])
        {
            Bytes += tally.Bytes;
            First = First is null || tally.First < First ? tally.First ?? First : First;
            Last = Last is null || tally.Last > Last ? tally.Last ?? Last : Last;
        }
    }
}
