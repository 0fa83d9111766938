using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>
/// What the events of one partition hold of subjects. An event that the hub routed is a record, told by the hub's annotations; in any other
/// the body holds the records: rows of resource logs, events of Event Grid.
/// </summary>
internal sealed class EventReading : IMatchedRecordSink
{
    private readonly ScanPass _pass;
    private readonly BodyRecords _bodies;
    private readonly MessageRecord _message;
    private readonly EventLines? _lines;
    private readonly Dictionary<int, DateTimeOffset> _lastStored = [];
    private ReceivedEvent _event;

    /// <param name="selection">The subjects.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="lines">Takes the matches; null where they are only counted.</param>
    public EventReading(RecordSelection selection, string partition, EventLines? lines)
    {
        Partition = partition;
        _lines = lines;
        _pass = new ScanPass(new ScanRequest(selection.Subjects, this, WithBody: selection.WithBody));
        _bodies = new BodyRecords(_pass);
        _message = new MessageRecord(_pass.Matcher, _pass.Bodies);
    }

    public string Partition { get; }

    /// <summary>When the last event of a subject was stored, by its index: its retention counts from then on.</summary>
    public IReadOnlyDictionary<int, DateTimeOffset> LastStored => _lastStored;

    /// <summary>Events that could not be read to their end; the first of them under its sequence number.</summary>
    public UnreadRecords Unread { get; private set; }

    public ArchiveScan ToScan() => _pass.ToScan("Events", bytesRead: 0);

    public void Read(in ReceivedEvent one)
    {
        _event = one;
        long unread = _pass.Unread.Count;
        bool isRead = true;
        if (MessageRecord.IsOne(one.Message))
            ReadMessage(one);
        else
            isRead = one.Body is { } body && _bodies.TryRead(body.Span, one.SequenceNumber);
        if (!isRead || _pass.Unread.Count > unread)
            Unread = Unread.With(one.SequenceNumber);
    }

    public void OnRecord(in MatchedRecord record)
    {
        DateTimeOffset last = _lastStored.GetValueOrDefault(record.Subject);
        _lastStored[record.Subject] = _event.Enqueued > last ? _event.Enqueued : last;
        _lines?.Add(Partition, _event, record);
    }

    private void ReadMessage(in ReceivedEvent one)
    {
        _pass.RecordsRead++;
        _message.Walk(one);
        if (!_pass.IsOfInterest(one.SequenceNumber))
            return;
        ReadOnlySpan<byte> body = one.Body is { } bytes ? bytes.Span : default;
        RecordFacts facts = MessageRecord.FactsOf(one);
        _pass.LeavesOut(new MatchedRecord(new RecordPlace(one.SequenceNumber, 0), body, facts, _message));
    }
}
