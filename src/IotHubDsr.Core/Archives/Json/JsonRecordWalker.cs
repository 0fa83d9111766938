using System.Text;
using System.Text.Json;

namespace IotHubDsr.Archives.Json;

/// <summary>
/// Walks records of JSON, whichever of Azure's services wrote them, and writes matched ones. A routed message is read by its own
/// fields alone; any other record by those of Event Grid's events and of Azure Monitor's logs.
/// </summary>
internal sealed class JsonRecordWalker(RecordMatcher matcher, BodyTexts? bodies) : IRecordEncoder
{
    private readonly JsonUnescaper _unescaper = new();
    private readonly JsonLogFields _logs = new(matcher, bodies);
    private readonly JsonRecordTimes _times = new();
    private bool _isRouted;
    private bool _hasOtherFields;

    /// <summary>Walks one record to its end and shows the matcher the devices it names.</summary>
    public void Walk(ReadOnlySpan<byte> record, JsonPlace place)
    {
        WalkMembers(record, place, routedOnly: false);
        if (_isRouted && _hasOtherFields)
        {
            matcher.Reset();
            WalkMembers(record, place, routedOnly: true);
        }

        if (matcher.HasMatch && !EmbeddedJson.IsValid(record, int.MaxValue))
        {
            // Nothing is said about a subject, let alone removed, on the strength of a record that others may read differently.
            new JsonCursor(record, place).Fail("the record is not valid JSON");
        }
    }

    /// <summary>What the record last walked says of itself, valid until the next.</summary>
    public RecordFacts FactsOf(ReadOnlySpan<byte> record) => _times.FactsOf(record);

    /// <summary>The record itself. If no reader of our output should be made to read it, the record as a text.</summary>
    public void WriteJson(ReadOnlySpan<byte> record, Utf8JsonWriter writer)
    {
        if (!EmbeddedJson.TryWrite(record, writer))
        {
            writer.WriteStartObject();
            writer.WriteString("UnreadableRecord"u8, Encoding.UTF8.GetString(record));
            writer.WriteEndObject();
        }
    }

    private void WalkMembers(ReadOnlySpan<byte> record, JsonPlace place, bool routedOnly)
    {
        _isRouted = _hasOtherFields = false;
        _times.Reset();
        var cursor = new JsonCursor(record, place);
        cursor.Expect((byte)'{');
        for (var first = true; cursor.NextMember(first, out var name); first = false)
        {
            var field = JsonFields.Of(Unescape(ref cursor, name));
            if (field is JsonField.Other || (routedOnly && !JsonFields.IsRouted(field)))
            {
                cursor.SkipValue();
            }
            else if (JsonFields.IsRouted(field))
            {
                _isRouted |= field is JsonField.EnqueuedTimeUtc or JsonField.SystemProperties;
                WalkRouted(ref cursor, field, record);
            }
            else
            {
                _hasOtherFields = true;
                WalkOther(ref cursor, field, record);
            }
        }

        cursor.ExpectEnd();
    }

    private void WalkRouted(ref JsonCursor cursor, JsonField field, ReadOnlySpan<byte> record)
    {
        switch (field)
        {
            case JsonField.EnqueuedTimeUtc when cursor.TryReadText(out var time):
                _times.NoteTime(record, time);
                break;
            case JsonField.SystemProperties when cursor.TryEnterObject():
                WalkSystemProperties(ref cursor, record);
                break;
            case JsonField.Properties when cursor.TryEnterObject():
                WalkApplicationProperties(ref cursor);
                break;
            case JsonField.Body when bodies is not null:
                bodies.ReadEmbedded(cursor.ReadValue());
                break;
            default:
                cursor.SkipValue();
                break;
        }
    }

    private void WalkOther(ref JsonCursor cursor, JsonField field, ReadOnlySpan<byte> record)
    {
        switch (field)
        {
            case JsonField.Subject when cursor.TryReadText(out var subject):
                AddEventSubject(Unescape(ref cursor, subject));
                break;
            case JsonField.Data when cursor.TryEnterObject():
                WalkEventData(ref cursor, record);
                break;
            case JsonField.Source when cursor.TryReadText(out var source):
                matcher.AddSource(Unescape(ref cursor, source));
                break;
            case JsonField.Time when cursor.TryReadText(out var time):
                _times.NoteTime(record, time);
                break;
            case JsonField.LogDevice when cursor.TryReadText(out var device):
                matcher.AddSender(Unescape(ref cursor, device));
                break;
            case JsonField.LogProperties when cursor.TryReadText(out var properties):
                _logs.Read(Unescape(ref cursor, properties));
                break;
            case JsonField.LogProperties when cursor.Peek() == '{':
                _logs.Read(cursor.ReadValue());
                break;
            case JsonField.Records when cursor.Peek() == '[':
                // As event hubs get logs. To pass it over would be to say that nobody is in it.
                cursor.Fail("the record is a list of log records, which is not known in files");
                break;
            default:
                cursor.SkipValue();
                break;
        }
    }

    private void WalkEventData(ref JsonCursor cursor, ReadOnlySpan<byte> record)
    {
        for (var first = true; cursor.NextMember(first, out var name); first = false)
        {
            var key = Unescape(ref cursor, name);
            if (key.SequenceEqual("deviceId"u8) && cursor.TryReadText(out var device))
            {
                matcher.AddSender(Unescape(ref cursor, device));
            }
            else if (key.SequenceEqual("hubName"u8) && cursor.TryReadText(out var hub))
            {
                matcher.AddSourceHub(Unescape(ref cursor, hub));
            }
            else if (key.SequenceEqual("systemProperties"u8) && cursor.TryEnterObject())
            {
                WalkSystemProperties(ref cursor, record);
            }
            else if (key.SequenceEqual("properties"u8) && cursor.TryEnterObject())
            {
                WalkApplicationProperties(ref cursor);
            }
            else if (key.SequenceEqual("twin"u8) && cursor.Peek() == '{')
            {
                _logs.Read(cursor.ReadValue());
            }
            else if (bodies is not null && key.SequenceEqual("body"u8))
            {
                bodies.ReadEmbedded(cursor.ReadValue());
            }
            else
            {
                cursor.SkipValue();
            }
        }
    }

    private void WalkSystemProperties(ref JsonCursor cursor, ReadOnlySpan<byte> record)
    {
        for (var first = true; cursor.NextMember(first, out var name); first = false)
        {
            var key = Unescape(ref cursor, name);
            var namesSender = RecordMatcher.NamesSender(key);
            var namesTime = RecordMatcher.NamesEnqueuedTime(key);
            var namesGeneration = RecordMatcher.NamesGeneration(key);
            if (!cursor.TryReadText(out var value))
            {
                cursor.SkipValue();
            }
            else if (namesSender)
            {
                matcher.AddSender(Unescape(ref cursor, value));
            }
            else if (namesTime)
            {
                _times.NoteSystemTime(record, value);
            }
            else if (namesGeneration)
            {
                _times.NoteGeneration(record, value);
            }
        }
    }

    private void WalkApplicationProperties(ref JsonCursor cursor)
    {
        for (var first = true; cursor.NextMember(first, out var name); first = false)
        {
            if (RecordMatcher.NamesAttribution(Unescape(ref cursor, name)) && cursor.TryReadText(out var value))
            {
                matcher.AddAttribution(Unescape(ref cursor, value));
            }
            else
            {
                cursor.SkipValue();
            }
        }
    }

    /// <summary>An event's subject is devices/{id}, or a path below it.</summary>
    private void AddEventSubject(ReadOnlySpan<byte> subject)
    {
        if (!subject.StartsWith("devices/"u8))
        {
            return;
        }

        var device = subject["devices/".Length..];
        var end = device.IndexOf((byte)'/');
        matcher.AddSender(end < 0 ? device : device[..end]);
    }

    /// <summary>A text's characters, valid until the next call.</summary>
    private ReadOnlySpan<byte> Unescape(ref JsonCursor cursor, JsonText text)
    {
        if (!_unescaper.TryUnescape(text, out var plain))
        {
            cursor.Fail("a text has an escape that is not JSON's");
        }

        return plain;
    }
}
