using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>Adds up what the partitions of an event hub hold of one subject.</summary>
internal sealed class StreamTotals
{
    private long _mentioned;
    private long _onlyMentioned;

    public long Records { get; private set; }

    public long Relayed { get; private set; }

    public long Bytes { get; private set; }

    public DateTimeOffset? First { get; private set; }

    public DateTimeOffset? Last { get; private set; }

    /// <summary>When the last event was stored that holds anything of the subject; null if there is none.</summary>
    public DateTimeOffset? LastStored { get; private set; }

    /// <summary>The device's own records by generation; those that an ID had before are in it.</summary>
    public SentGenerations Generations { get; } = new();

    /// <summary>What is said of the records, without full stops.</summary>
    /// <param name="others">How many of them were sent under another generation ID.</param>
    public IEnumerable<string> DetailsOf(long others)
    {
        if (others > 0)
        {
            yield return $"{Counted.Of(others, "record")} {(others == 1 ? "was" : "were")} sent under another generation ID: the device ID "
                + "was deleted and created again, possibly for another person; -GenerationId distinguishes the devices";
        }

        if (Relayed > 0)
        {
            yield return $"{Counted.Of(Relayed, "record")} {(Relayed == 1 ? "was" : "were")} relayed by this device for other "
                + $"devices and {(Relayed == 1 ? "counts" : "count")} as theirs";
        }

        if (_mentioned > 0)
        {
            yield return $"{Counted.Of(_mentioned, "record")} of other senders {(_mentioned == 1 ? "names" : "name")} the device only "
                + "in the body and can be other people's";
        }

        if (_onlyMentioned > 0)
        {
            yield return $"{Counted.Of(_onlyMentioned, "record")} of others {(_onlyMentioned == 1 ? "names" : "name")} the device together "
                + "with another or in an operator's query, which -IncludeMentioned treats as the device's: the hub's operator decides";
        }
    }

    /// <param name="matches">What a partition holds.</param>
    /// <param name="withMentioned">Whether records that only name the subject are its.</param>
    /// <param name="lastStored">When the last of the events was stored.</param>
    public void Add(SubjectMatches matches, bool withMentioned, DateTimeOffset lastStored)
    {
        if (!withMentioned)
        {
            _onlyMentioned += matches.Mentioned.Records;
            matches = matches with { Mentioned = default };
        }

        LastStored = LastStored > lastStored ? LastStored : lastStored;
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
