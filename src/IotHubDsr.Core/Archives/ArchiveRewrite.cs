using System.Collections.Frozen;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives;

/// <summary>Which records are the subjects' own: those that a request exports, and a rewrite leaves out.</summary>
/// <param name="Subjects">The devices to be erased.</param>
/// <param name="IncludeRelayed">
/// Whether other devices' data that went through a subject is included; it is a bystander's, so never unasked.
/// </param>
/// <param name="WithBody">Whether records that name a subject only in their body go too, whoever sent them.</param>
internal sealed record RecordSelection(SubjectIndex Subjects, bool IncludeRelayed = false, bool WithBody = false)
{
    /// <summary>Subjects of which nothing goes: what is one's as well as another subject's stays.</summary>
    public IReadOnlySet<string> Kept { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Whether nothing of a subject goes.</summary>
    public bool Keeps(int subject) => Kept.Count > 0 && Kept.Contains(Subjects[subject]);

    /// <summary>Whether a record that matches in this way is a subject's.</summary>
    public bool Includes(MatchKind kind) =>
        kind switch
        {
            MatchKind.Relayed => IncludeRelayed,
            MatchKind.Mentioned => WithBody,
            _ => true,
        };

    /// <summary>How many of a subject's records, among those that were found, are selected.</summary>
    public long CountOf(SubjectMatches matches) => matches.Count(IncludeRelayed, WithBody);
}

/// <summary>The account of a finished rewrite.</summary>
/// <param name="Format">Name of the format.</param>
/// <param name="RecordsRead">All records of the source.</param>
/// <param name="RecordsRemoved">Records left out; each counts once, however many subjects it matched.</param>
/// <param name="Removed">Matches of the removed records, by subject.</param>
/// <param name="Retained">Matches of the kept records, by subject: what was relayed for others.</param>
/// <param name="KeptDigest">What a scan of the result must give.</param>
/// <param name="BytesRead">All bytes of the source.</param>
/// <param name="BytesWritten">All bytes of the result, copied ones included.</param>
internal sealed record ArchiveRewrite(
    string Format,
    long RecordsRead,
    long RecordsRemoved,
    IReadOnlyList<SubjectMatches> Removed,
    IReadOnlyList<SubjectMatches> Retained,
    KeptDigest KeptDigest,
    long BytesRead,
    long BytesWritten
)
{
    /// <summary>Kept records whose sender cannot be determined.</summary>
    public UnreadRecords Unread { get; init; }

    /// <summary>Records that would have gone if they were not a kept subject's as well.</summary>
    public long RecordsHeld { get; init; }

    public long RecordsKept => RecordsRead - RecordsRemoved;
}
