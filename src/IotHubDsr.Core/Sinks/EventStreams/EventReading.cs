using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Archives.Json;
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
    private readonly JsonRecordWalker _records;
    private readonly MessageRecord _message;
    private readonly EventMatch? _onMatch;
    private readonly Dictionary<int, DateTimeOffset> _lastStored = [];
    private ReceivedEvent _event;
    private int _index;

    /// <param name="selection">The subjects.</param>
    /// <param name="notes">Where the hub notes what it knows of a message.</param>
    /// <param name="onMatch">Takes the matches; null where they are only counted.</param>
    public EventReading(RecordSelection selection, HubNotes notes, EventMatch? onMatch)
    {
        _onMatch = onMatch;
        _pass = new ScanPass(new ScanRequest(selection.Subjects, this, WithBody: selection.WithBody));
        _records = new JsonRecordWalker(_pass.Matcher, _pass.Bodies);
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
        _index = 0;
        long unread = _pass.Unread.Count;
        bool isRead = true;
        if (_message.IsOne(one.Message))
            ReadMessage(one);
        else
            isRead = one.Body is { } body && TryReadBody(body.Span);
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

    /// <summary>Reads the records of a body. False if it is not of a form that has any, or breaks off: some may have been read.</summary>
    private bool TryReadBody(ReadOnlySpan<byte> body)
    {
        try
        {
            ReadOnlySpan<byte> json = WithoutMark(body);
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
            reader.Read();
            if (reader.TokenType is JsonTokenType.StartArray)
                return ReadAll(ref reader, json);
            if (reader.TokenType is not JsonTokenType.StartObject)
                return false;
            Utf8JsonReader members = reader;
            if (TryFindRecords(ref members))
                return ReadAll(ref members, json) && members.IsToItsEnd();
            ReadRecord(ref reader, json);
            return reader.IsToItsEnd();
        }
        catch (Exception malformed) when (malformed is JsonException or ArchiveFormatException)
        {
            return false;
        }
    }

    /// <summary>Goes to the list that resource logs come in; false if there is none, as in an event.</summary>
    private static bool TryFindRecords(ref Utf8JsonReader members)
    {
        while (members.Read() && members.TokenType is JsonTokenType.PropertyName)
        {
            bool isList = members.ValueTextEquals("records"u8);
            members.Read();
            if (isList && members.TokenType is JsonTokenType.StartArray)
                return true;
            members.Skip();
        }

        return false;
    }

    private bool ReadAll(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        bool areRecords = true;
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            if (reader.TokenType is JsonTokenType.StartObject)
                ReadRecord(ref reader, json);
            else
                areRecords = false;
        }

        return areRecords;
    }

    private void ReadRecord(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        ReadOnlySpan<byte> record = json[start..(int)reader.BytesConsumed];
        _pass.RecordsRead++;
        _pass.Matcher.Reset();
        _records.Walk(record, new JsonPlace(_event.SequenceNumber, _index, IsLine: false));
        if (_pass.IsOfInterest(_event.SequenceNumber))
        {
            var place = new RecordPlace(_event.SequenceNumber, _index);
            _pass.LeavesOut(new MatchedRecord(place, record, _records.FactsOf(record), _records));
        }

        _index++;
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> mark = Encoding.UTF8.Preamble;
        return body.StartsWith(mark) ? body[mark.Length..] : body;
    }
}

/// <summary>What <see cref="Utf8JsonReader"/> does not tell by itself.</summary>
internal static class JsonReaderEnd
{
    /// <summary>Reads what is left; true if it is whole.</summary>
    public static bool IsToItsEnd(this ref Utf8JsonReader reader)
    {
        while (reader.Read()) { }

        return true;
    }
}
