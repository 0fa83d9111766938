using System.Text;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Archives.Json;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>How a document concerns a subject.</summary>
internal readonly record struct DocumentMatch(int Subject, MatchKind Kind, DateTimeOffset? Enqueued);

/// <summary>Whose a document is.</summary>
/// <param name="Matches">The subjects that it concerns; none also when it does not tell its sender.</param>
internal sealed record Judgement(IReadOnlyList<DocumentMatch> Matches)
{
    /// <summary>Its sender cannot be determined.</summary>
    public bool IsUnread { get; init; }

    /// <summary>No hub wrote it: what it says of devices is its writer's.</summary>
    public bool IsStranger { get; init; }

    /// <summary>It names no hub, and can be another hub's.</summary>
    public bool IsUnclear { get; init; }

    /// <summary>The subjects of which it is a record that is asked for.</summary>
    public IEnumerable<DocumentMatch> Included(RecordSelection selection) =>
        IsUnclear ? [] : Matches.Where(match => selection.Includes(match.Kind));
}

/// <summary>Judges documents one after the other, by what they say themselves.</summary>
/// <param name="selection">The subjects.</param>
/// <param name="location">
/// The container. Where other hubs may write, what names no hub is not known to be this one's; nor is what Stream Analytics passed on,
/// unless the generation is that of this hub's device, or the container is this hub's alone.
/// </param>
/// <param name="lines">Takes the matches of an export; null where they are only counted.</param>
internal sealed class DocumentJudge(RecordSelection selection, DataLocation location, DocumentLines? lines = null) : IMatchedRecordSink
{
    private readonly bool _isShared = HubSharing.GroundOf(location) is not null;
    private readonly List<DocumentMatch> _matches = [];
    private Walk? _clear;
    private Walk? _unclear;
    private StoredDocument? _document;
    private bool _isUnclear;

    /// <summary>What all documents that are of this hub hold of the subjects.</summary>
    public ArchiveScan Clear => (_clear ??= new Walk(selection, this)).Pass.ToScan("Documents", bytesRead: 0);

    public Judgement Judge(StoredDocument document, ReadOnlyMemory<byte> json)
    {
        if (!document.IsOfHub)
            return new Judgement([]) { IsStranger = true };
        _matches.Clear();
        _document = document;
        _isUnclear =
            document.HubName is null && !location.IsDedicated && (_isShared || document.PassedOn is { } sender && !IsRegistered(sender));

        // What can be another hub's is told apart: it counts nowhere else.
        Walk walk = _isUnclear ? _unclear ??= new Walk(selection, this) : _clear ??= new Walk(selection, this);
        bool isRead = walk.TryRead(json.Span, document.HubName);
        return new Judgement([.. _matches]) { IsUnread = !isRead, IsUnclear = _isUnclear };
    }

    private bool IsRegistered(PassedOn sender) =>
        selection.Subjects.TryFind(Encoding.UTF8.GetBytes(sender.DeviceId), out int subject)
        && selection.Subjects.SubjectOf(subject).RegisteredGenerationId is { } generation
        && generation == sender.GenerationId;

    public void OnRecord(in MatchedRecord record)
    {
        _matches.Add(new DocumentMatch(record.Subject, record.Kind, record.EnqueuedTime));
        if (!_isUnclear)
            lines?.Add(_document!, record);
    }

    private sealed class Walk
    {
        private readonly JsonRecordWalker _records;
        private long _number;

        public Walk(RecordSelection selection, IMatchedRecordSink sink)
        {
            Pass = new ScanPass(new ScanRequest(selection.Subjects, sink, WithBody: selection.WithBody));
            _records = new JsonRecordWalker(Pass.Matcher, Pass.Bodies) { ReadsRowsOfResources = false };
        }

        public ScanPass Pass { get; }

        /// <summary>False if the sender cannot be determined.</summary>
        public bool TryRead(ReadOnlySpan<byte> document, string? hubName)
        {
            long number = _number++;
            Pass.RecordsRead++;
            Pass.Matcher.Reset();
            try
            {
                _records.Walk(document, new JsonPlace(number, number, IsLine: false));
            }
            catch (ArchiveFormatException)
            {
                return false;
            }

            if (hubName is not null)
                Pass.Matcher.AddSourceHub(Encoding.UTF8.GetBytes(hubName));
            if (Pass.IsOfInterest(number))
                Pass.LeavesOut(new MatchedRecord(new RecordPlace(number, 0), document, _records.FactsOf(document), _records));
            return !Pass.Matcher.IsUnread;
        }
    }
}
