namespace IotHubDsr.Core.Records;

/// <summary>Records of one kind: how many, how large as they stand in the (inflated) file, and when the hub enqueued them.</summary>
internal readonly record struct MatchTally(long Records, long Bytes, DateTimeOffset? First, DateTimeOffset? Last)
{
    public MatchTally With(int bytes, DateTimeOffset? enqueued) =>
        new(
            Records + 1,
            Bytes + bytes,
            First is null || enqueued < First ? enqueued ?? First : First,
            Last is null || enqueued > Last ? enqueued ?? Last : Last
        );
}

/// <summary>What a file holds of one subject; a record counts once per subject, under exactly one kind.</summary>
internal sealed record SubjectMatches(int Subject, string DeviceId, MatchTally Own, MatchTally Attributed, MatchTally Relayed)
{
    public MatchTally Mentioned { get; init; }

    /// <summary>Records beside these that can be another hub's, however they relate to the subject.</summary>
    public long Unclear { get; init; }

    /// <summary>Those of <see cref="Own"/> by the generation that the hub noted on them.</summary>
    public SentGenerations Generations { get; } = new();

    public MatchTally this[MatchKind kind] =>
        kind switch
        {
            MatchKind.Own => Own,
            MatchKind.Attributed => Attributed,
            MatchKind.Relayed => Relayed,
            _ => Mentioned,
        };

    /// <summary>Records that are the subject's.</summary>
    /// <param name="relayed">Whether those that it relayed are.</param>
    /// <param name="mentioned">Whether those that only mention it are.</param>
    public long Count(bool relayed, bool mentioned) =>
        Own.Records + Attributed.Records + (mentioned ? Mentioned.Records : 0) + (relayed ? Relayed.Records : 0);
}
