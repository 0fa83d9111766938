using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives;

/// <summary>What to look for in a file.</summary>
/// <param name="Subjects">The devices.</param>
/// <param name="Sink">Receives every match, if given.</param>
/// <param name="WithDigest">Whether to digest all records as well, which costs about as much as the scan.</param>
/// <param name="WithBody">Whether to look for the subjects in bodies as well: no record is then passed over unread.</param>
internal sealed record ScanRequest(SubjectIndex Subjects, IMatchedRecordSink? Sink = null, bool WithDigest = false, bool WithBody = false);

/// <summary>What a whole file holds.</summary>
/// <param name="Format">Name of the format read.</param>
/// <param name="RecordsRead">All records of the file.</param>
/// <param name="BytesRead">All bytes of the file.</param>
/// <param name="Subjects">The subjects found, in the order of the index; a subject not listed has no record in the file.</param>
/// <param name="Digest">Digest of all records, if asked for.</param>
internal sealed record ArchiveScan(
    string Format,
    long RecordsRead,
    long BytesRead,
    IReadOnlyList<SubjectMatches> Subjects,
    KeptDigest? Digest
)
{
    /// <summary>Records whose sender cannot be determined: no device is absent from a file that has any.</summary>
    public UnreadRecords Unread { get; init; }

    /// <summary>Whether records of subjects were left out that lie beyond what may be taken of theirs.</summary>
    public bool HasLeftOut { get; init; }

    /// <summary>Subjects whose ID another device had later than what may be taken of theirs: records of that one are in the file.</summary>
    public IReadOnlyCollection<int> LaterDevices { get; init; } = [];
}

/// <summary>Records from which no sender could be read.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="FirstOffset">Offset in the file of the first, or of the compressed block that it is in; 0 if there are none.</param>
internal readonly record struct UnreadRecords(long Count, long FirstOffset)
{
    public UnreadRecords With(long offset) => new(Count + 1, Count == 0 ? offset : FirstOffset);
}
