using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Archives.Json;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>
/// The records in the body of an event or message that no hub annotated: one event of Event Grid or several, or rows of resource logs.
/// </summary>
internal sealed class BodyRecords(RecordPass pass)
{
    private readonly JsonRecordWalker _records = new(pass.Matcher, pass.Bodies);
    private long _place;
    private int _index;

    /// <summary>Reads the records of a body. False if it is not of a form that has any, or breaks off: some may have been read.</summary>
    /// <param name="body">The body.</param>
    /// <param name="place">Where the event or message stands: the offset of its records.</param>
    public bool TryRead(ReadOnlySpan<byte> body, long place)
    {
        _place = place;
        _index = 0;
        try
        {
            ReadOnlySpan<byte> json = WithoutMark(body);
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
            reader.Read();
            if (reader.TokenType is JsonTokenType.StartArray)
                return ReadAll(ref reader, json) && reader.IsToItsEnd();
            if (reader.TokenType is not JsonTokenType.StartObject)
                return false;
            Utf8JsonReader members = reader;
            if (TryFindRecords(ref members))
            {
                // A second list of that name would be read by others, and not by us.
                return ReadAll(ref members, json) && !TryFindRecords(ref members) && members.IsToItsEnd();
            }

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
        pass.RecordsRead++;
        pass.Matcher.Reset();
        _records.Walk(record, new JsonPlace(_place, _index, IsLine: false));
        if (pass.IsOfInterest(_place))
        {
            var place = new RecordPlace(_place, _index);
            pass.LeavesOut(new MatchedRecord(place, record, _records.FactsOf(record), _records));
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
