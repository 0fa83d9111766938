using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>Takes a record that concerns a subject, with the event that it is in.</summary>
internal delegate void EventMatch(in ReceivedEvent one, in MatchedRecord record);

/// <summary>
/// What the events of a partition, or the messages of a queue, hold of subjects. One that the hub routed is a record, told by what the hub
/// noted on it; in any other the body holds the records: rows of resource logs, events of Event Grid.
/// </summary>
internal sealed class EventReading : IMatchedRecordSink
{
    private readonly ScanPass _pass;
    private readonly BodyRecords _bodies;
    private readonly MessageRecord _message;
    private readonly EventMatch? _onMatch;
    private readonly Dictionary<int, DateTimeOffset> _lastStored = [];
    private ReceivedEvent _event;

    /// <param name="selection">The subjects.</param>
    /// <param name="notes">Where the hub notes what it knows of a message.</param>
    /// <param name="onMatch">Takes the matches; null where they are only counted.</param>
    public EventReading(RecordSelection selection, HubNotes notes, EventMatch? onMatch)
    {
        _onMatch = onMatch;
        _pass = new ScanPass(new ScanRequest(selection.Subjects, this, WithBody: selection.WithBody));
        _bodies = new BodyRecords(_pass);
        _message = new MessageRecord(_pass.Matcher, _pass.Bodies, notes);
    }

    /// <summary>When the last event of a subject was stored: its retention counts from then on. Null if there is none.</summary>
    public DateTimeOffset? LastStoredOf(int subject) => _lastStored.TryGetValue(subject, out DateTimeOffset last) ? last : null;

    /// <summary>Events that could not be read to their end; the first of them under its sequence number.</summary>
    public UnreadRecords Unread { get; private set; }

    /// <summary>Records of all that were read.</summary>
    public long RecordsRead => _pass.RecordsRead;

    public ArchiveScan ToScan() => _pass.ToScan("Events", bytesRead: 0);

    public void Read(in ReceivedEvent one)
    {
        _event = one;
        long unread = _pass.Unread.Count;
        bool isRead = true;
        if (_message.IsOne(one.Message))
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
        _onMatch?.Invoke(_event, record);
    }

    private void ReadMessage(in ReceivedEvent one)
    {
        _pass.RecordsRead++;
        _message.Walk(one);
        if (!_pass.IsOfInterest(one.SequenceNumber))
            return;
        ReadOnlySpan<byte> body = one.Body is { } bytes ? bytes.Span : default;
        RecordFacts facts = _message.FactsOf(one);
        _pass.LeavesOut(new MatchedRecord(new RecordPlace(one.SequenceNumber, 0), body, facts, _message));
    }
}
