using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives;

/// <summary>
/// One walk over a file. Formats walk the same way whether they scan or rewrite, so that both agree on every record: they ask
/// the matcher about each record, ask <see cref="LeavesOut"/> about each match, and hand over whatever stays.
/// </summary>
internal abstract class RecordPass(SubjectIndex subjects, KeptHash? hash, bool withBody)
{
    public RecordMatcher Matcher { get; } = new(subjects) { CountsOverruled = withBody };

    public long RecordsRead { get; set; }

    /// <summary>Records from which no sender could be read; a rewrite keeps them.</summary>
    public UnreadRecords Unread { get; private set; }

    /// <summary>Looks into bodies, if it was asked for.</summary>
    public BodyTexts? Bodies => field ??= withBody ? new BodyTexts(Matcher) : null;

    public SubjectIndex Subjects { get; } = subjects;

    protected KeptDigest? KeptDigest => hash?.ToDigest();

    /// <summary>Accounts for a record that the matcher has been shown. True if it may concern a subject.</summary>
    /// <param name="offset">Offset in the file of the record, or of its compressed block.</param>
    public bool IsOfInterest(long offset)
    {
        if (Matcher.IsUnread)
            Unread = Unread.With(offset);

        return Matcher.HasMatch;
    }

    /// <summary>Accounts for a record that the matcher has a match for. True if it must not be in the result.</summary>
    public abstract bool LeavesOut(in MatchedRecord record);

    /// <summary>The next bytes of header or records that stay.</summary>
    public void Digest(ReadOnlySpan<byte> kept) => hash?.Append(kept);

    public abstract ValueTask KeepAsync(long sourceOffset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    public abstract ValueTask ReplaceAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);
}

/// <summary>A walk that finds and changes nothing.</summary>
internal sealed class ScanPass(ScanRequest request)
    : RecordPass(request.Subjects, request.WithDigest ? new KeptHash() : null, request.WithBody)
{
    private readonly MatchLedger _found = new(request.Subjects);

    public override bool LeavesOut(in MatchedRecord record)
    {
        foreach (SubjectMatch match in Matcher.Resolve(record.Facts))
        {
            _found.Add(match, record.Raw.Length, record.Facts);
            if (!match.IsUnclear)
                request.Sink?.OnRecord(record with { Subject = match.Subject, Kind = match.Kind });
        }

        return false;
    }

    public override ValueTask KeepAsync(long sourceOffset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => default;

    public override ValueTask ReplaceAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => default;

    public ArchiveScan ToScan(string format, long bytesRead) =>
        new(format, RecordsRead, bytesRead, _found.ToList(), KeptDigest)
        {
            Unread = Unread,
            HasLeftOut = Matcher.HasLeftOut,
            LaterDevices = Matcher.LaterDevices.Count == 0 ? [] : Matcher.LaterDevices,
        };
}

/// <summary>A walk that copies all but the selected records.</summary>
internal sealed class RewritePass(RecordSelection selection, IRewriteTarget target)
    : RecordPass(selection.Subjects, new KeptHash(), selection.WithBody)
{
    private readonly MatchLedger _removed = new(selection.Subjects);
    private readonly MatchLedger _retained = new(selection.Subjects);
    private long _recordsRemoved;
    private long _recordsHeld;
    private long _bytesWritten;

    public override bool LeavesOut(in MatchedRecord record)
    {
        ReadOnlySpan<SubjectMatch> matches = Matcher.Resolve(record.Facts);
        bool isWanted = false;
        bool isHeld = false;
        foreach (SubjectMatch match in matches)
        {
            if (selection.Keeps(match.Subject))
                isHeld |= selection.Includes(match.Kind);
            else
                isWanted |= !match.IsUnclear && selection.Includes(match.Kind);
        }

        bool remove = isWanted && !isHeld;
        foreach (SubjectMatch match in matches)
        {
            if (!selection.Keeps(match.Subject))
                (remove ? _removed : _retained).Add(match, record.Raw.Length, record.Facts);
        }

        _recordsRemoved += remove ? 1 : 0;
        _recordsHeld += isWanted && isHeld ? 1 : 0;
        return remove;
    }

    public override ValueTask KeepAsync(long sourceOffset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _bytesWritten += bytes.Length;
        return target.KeepAsync(sourceOffset, bytes, cancellationToken);
    }

    public override ValueTask ReplaceAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _bytesWritten += bytes.Length;
        return target.ReplaceAsync(bytes, cancellationToken);
    }

    public ArchiveRewrite ToRewrite(string format, long bytesRead) =>
        new(format, RecordsRead, _recordsRemoved, _removed.ToList(), _retained.ToList(), KeptDigest!.Value, bytesRead, _bytesWritten)
        {
            Unread = Unread,
            RecordsHeld = _recordsHeld,
        };
}
