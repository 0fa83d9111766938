using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>Adds up what the blobs of a container hold of one subject; the blobs themselves are kept elsewhere.</summary>
internal sealed class SubjectTotals
{
    private int _blobs;
    private DateTimeOffset? _heldUntil;
    private bool _heldForGood;

    public long Records { get; private set; }

    public long Relayed { get; private set; }

    /// <summary>Those of <see cref="Records"/> that others sent and that name the subject only in their body.</summary>
    public long Mentioned { get; private set; }

    /// <summary>Records beside <see cref="Records"/> that do no more than name the subject, and were not asked for.</summary>
    public long OnlyMentioned { get; private set; }

    /// <summary>Records of the device ID in blobs that can be another hub's, which are not counted elsewhere.</summary>
    public long Unclear { get; private set; }

    /// <summary>The number of these blobs, old copies included.</summary>
    public int UnclearBlobs { get; private set; }

    /// <summary>A sentence about them; null if there are none.</summary>
    private string? Ambiguity =>
        UnclearBlobs == 0
            ? null
            : $"{Counted.Of(Unclear, "record")} of the device ID {(Unclear == 1 ? "is" : "are")} left in "
                + $"{Counted.Of(UnclearBlobs, "blob")} whose {(UnclearBlobs == 1 ? "name does" : "names do")} "
                + "not show which hub wrote them: their owner must find out, or the location file must name the blobs or their format";

    /// <summary>The device's own records by generation; those that an ID had before are in it.</summary>
    public SentGenerations Generations { get; } = new();

    public long OldCopyRecords { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>When the youngest blob was created.</summary>
    public DateTimeOffset? LastCreated { get; private set; }

    /// <summary>Blobs and copies that a hold of their own protects.</summary>
    public int Held { get; private set; }

    /// <summary>Leased blobs.</summary>
    public int Leased { get; private set; }

    /// <summary>Whether nothing of the subject can be changed.</summary>
    public bool IsHeld => Held > 0 && Held == _blobs;

    /// <summary>Until when the last hold with an end lasts; null when one has none.</summary>
    public DateTimeOffset? HeldUntil => _heldForGood ? null : _heldUntil;

    public DateTimeOffset? First { get; private set; }

    public DateTimeOffset? Last { get; private set; }

    /// <summary>What is said of the records, without full stops.</summary>
    /// <param name="others">How many of them were sent under another generation ID.</param>
    public IEnumerable<string?> DetailsOf(long others) =>
        [
            RecordRemarks.OtherGenerations(others),
            OldCopyRecords == 0
                ? null
                : $"{Counted.Of(OldCopyRecords, "record is", "records are")} in old versions or snapshots, which "
                    + "-IncludeOldVersions erases where the current blobs hold everything else",
            RecordRemarks.Relayed(Relayed),
            RecordRemarks.Mentioned(Mentioned),
            RecordRemarks.OnlyMentioned(OnlyMentioned),
            Ambiguity,
        ];

    /// <summary>What keeps the blobs from being changed, without full stops.</summary>
    public IEnumerable<string> Obstacles
    {
        get
        {
            if (Leased > 0)
            {
                yield return $"{Counted.Of(Leased, "blob is", "blobs are")} leased by another client and can be changed only after the "
                    + "lease has ended";
            }

            if (Held > 0)
            {
                yield return $"{Counted.Of(Held, "blob is", "blobs are")} held by a policy or legal hold of "
                    + $"{(Held == 1 ? "its" : "their")} own";
            }
        }
    }

    /// <summary>Adds a blob that can be another hub's.</summary>
    public void AddUnclear(SubjectMatches matches)
    {
        UnclearBlobs++;
        Unclear += matches.Count(relayed: true, mentioned: false);
    }

    /// <summary>Adds a blob; what it holds of the subject, or null when nothing of it is asked for.</summary>
    public FoundShare? Add(ListedBlob blob, SubjectMatches matches, RecordSelection selection)
    {
        if (!selection.WithBody)
        {
            OnlyMentioned += matches.Mentioned.Records;
            matches = matches with { Mentioned = default };
            if (matches.Count(relayed: true, mentioned: false) == 0)
                return null;
        }

        long records = matches.Count(relayed: false, mentioned: true);
        long bytes = matches.Own.Bytes + matches.Attributed.Bytes + matches.Mentioned.Bytes;
        MatchTally[] tallies = [matches.Own, matches.Attributed, matches.Mentioned];
        _blobs++;
        Generations.Add(matches.Generations);
        Records += records;
        Bytes += bytes;
        Relayed += matches.Relayed.Records;
        Mentioned += matches.Mentioned.Records;
        OldCopyRecords += blob.IsOldCopy ? records : 0;
        Leased += blob.IsLeased ? 1 : 0;
        LastCreated = LastCreated > blob.CreatedOn ? LastCreated : blob.CreatedOn;
        AddHold(blob);
        foreach (MatchTally tally in tallies)
            Span(tally);
        return new FoundShare(matches.Subject, records, bytes)
        {
            FirstTime = tallies.Min(tally => tally.First),
            LastTime = tallies.Max(tally => tally.Last),
        };
    }

    private void AddHold(ListedBlob blob)
    {
        if (!blob.IsHeld)
            return;
        Held++;
        _heldForGood |= blob.HeldUntil is null;
        _heldUntil = _heldUntil > blob.HeldUntil ? _heldUntil : blob.HeldUntil ?? _heldUntil;
    }

    private void Span(MatchTally tally)
    {
        First = First is null || tally.First < First ? tally.First ?? First : First;
        Last = Last is null || tally.Last > Last ? tally.Last ?? Last : Last;
    }
}
