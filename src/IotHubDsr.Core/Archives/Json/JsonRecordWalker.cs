using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>
/// Walks records of JSON, whichever of Azure's services wrote them, and writes matched ones. A routed message is read by its own
/// fields alone, and what Stream Analytics passed on by what the hub noted on it, as all else there is the sender's; any other record by
/// the fields of Event Grid's events and of Azure Monitor's logs.
/// </summary>
internal sealed class JsonRecordWalker : IRecordEncoder
{
    private readonly RecordMatcher _matcher;
    private readonly BodyTexts? _bodies;
    private readonly JsonUnescaper _unescaper = new();
    private readonly JsonLogFields _logs;
    private readonly JsonRecordTimes _times = new();
    private readonly JsonPropertyTexts _texts;
    private readonly JsonExportLine? _exports;
    private readonly ResourceTexts _resources;
    private JsonSigns _signs;

    public JsonRecordWalker(RecordMatcher matcher, BodyTexts? bodies)
    {
        _matcher = matcher;
        _bodies = bodies;
        _logs = new JsonLogFields(matcher, bodies);
        _texts = new JsonPropertyTexts(matcher, _times);
        _resources = new ResourceTexts(matcher);
        _exports = matcher.ListsDevices ? new JsonExportLine(matcher, bodies) : null;
    }

    /// <summary>Whether the texts of rows that other resources than a hub logged are read; elsewhere others do that.</summary>
    public bool ReadsRowsOfResources { get; init; } = true;

    private enum Reading
    {
        AsAny,
        AsRouted,
        AsPassedOn,
    }

    /// <summary>Walks one record to its end and shows the matcher the devices it names.</summary>
    public void Walk(ReadOnlySpan<byte> record, JsonPlace place)
    {
        if (_exports?.TryWalk(record, place) == true)
            _times.Reset();
        else
            WalkAsAny(record, place);

        if (_matcher.HasMatch && !EmbeddedJson.IsValid(record, int.MaxValue))
        {
            // Nothing is said about a subject, let alone removed, on the basis of a record that others may read differently.
            new JsonCursor(record, place).Fail("the record is not valid JSON");
        }
    }

    private void WalkAsAny(ReadOnlySpan<byte> record, JsonPlace place)
    {
        WalkMembers(record, place, Reading.AsAny);
        if (_signs.IsPassedOn)
            WalkAgain(record, place, Reading.AsPassedOn);
        else if (_signs.IsRouted && _signs.HasOtherFields)
            WalkAgain(record, place, Reading.AsRouted);
        else if (!_signs.IsRouted && (_signs.IsLogRow || _signs.IsOfAnotherService))
            _matcher.NeedsNoSender();
        if (ReadsRowsOfResources && _signs is { IsRouted: false, IsPassedOn: false, IsLogRow: true, HasOtherResource: true })
            _resources.Read(record, _signs.IsOfProvisioning);
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

    private void WalkAgain(ReadOnlySpan<byte> record, JsonPlace place, Reading reading)
    {
        _matcher.Reset();
        WalkMembers(record, place, reading);
        if (reading is Reading.AsPassedOn)
            _bodies?.ReadEmbedded(record);
    }

    private void WalkMembers(ReadOnlySpan<byte> record, JsonPlace place, Reading reading)
    {
        _signs = default;
        _times.Reset();
        var cursor = new JsonCursor(record, place);
        cursor.Expect((byte)'{');
        for (bool first = true; cursor.NextMember(first, out JsonText name); first = false)
        {
            JsonField field = JsonFields.Of(Unescape(ref cursor, name));
            if (reading is Reading.AsRouted && field is JsonField.LogProperties)
                field = JsonField.Properties;

            if (field is JsonField.Other || !IsReadAs(reading, field))
            {
                cursor.SkipValue();
            }
            else if (JsonFields.IsRouted(field))
            {
                _signs.IsRouted |= field is JsonField.EnqueuedTimeUtc or JsonField.SystemProperties;
                WalkRouted(ref cursor, field, record);
            }
            else
            {
                _signs.Note(field);
                WalkOther(ref cursor, field, record);
            }
        }

        cursor.ExpectEnd();
    }

    private static bool IsReadAs(Reading reading, JsonField field) =>
        reading switch
        {
            Reading.AsRouted => JsonFields.IsRouted(field),
            Reading.AsPassedOn => field is JsonField.IotHub,
            _ => true,
        };

    private void WalkRouted(ref JsonCursor cursor, JsonField field, ReadOnlySpan<byte> record)
    {
        switch (field)
        {
            case JsonField.EnqueuedTimeUtc when cursor.TryReadText(out JsonText time):
                _times.NoteRoutedTime(record, time);
                break;
            case JsonField.SystemProperties:
                ReadSystemProperties(ref cursor, record);
                break;
            case JsonField.Properties when cursor.TryEnterObject():
                WalkApplicationProperties(ref cursor);
                break;
            case JsonField.Properties when cursor.TryReadText(out JsonText text):
                _texts.ReadApplication(Unescape(ref cursor, text));
                break;
            case JsonField.Body when _bodies is not null:
                _bodies.ReadEmbedded(cursor.ReadValue());
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
            case JsonField.IotHub when cursor.TryEnterObject():
                _signs.IsPassedOn |= WalkIotHub(ref cursor, record);
                break;
            case JsonField.Subject when cursor.TryReadText(out JsonText subject):
                AddEventSubject(Unescape(ref cursor, subject));
                break;
            case JsonField.Data when cursor.TryEnterObject():
                WalkEventData(ref cursor, record);
                break;
            case JsonField.Source or JsonField.LogResource when cursor.TryReadText(out JsonText source):
                ReadOnlySpan<byte> resource = Unescape(ref cursor, source);
                _matcher.AddSource(resource);
                _signs.IsOfAnotherService |= field is JsonField.Source && RecordOrigin.IsOfAnotherService(resource);
                if (field is JsonField.LogResource && resource.StartsWith("/"u8))
                    NoteResource(resource);
                break;
            case JsonField.Time when cursor.TryReadText(out JsonText time):
                _times.NoteTime(record, time);
                break;
            case JsonField.LogDevice:
                ReadSender(ref cursor, SenderSource.Field);
                break;
            case JsonField.LogProperties or JsonField.LogColumns when cursor.TryReadText(out JsonText properties):
                _logs.Read(Unescape(ref cursor, properties));
                break;
            case JsonField.LogProperties or JsonField.LogColumns when cursor.Peek() == '{':
                _logs.Read(cursor.ReadValue());
                break;
            case JsonField.Records when cursor.Peek() == '[':
                // As event hubs get logs. To pass it over would be to say that nobody is in it.
                cursor.Fail("the record is a list of log records, which is not supported in files");
                break;
            default:
                cursor.SkipValue();
                break;
        }
    }

    private void NoteResource(ReadOnlySpan<byte> resource)
    {
        _signs.HasResource = true;
        _signs.HasOtherResource |=
            RecordOrigin.IsOf(resource, "providers/"u8) && !RecordOrigin.IsOf(resource, "providers/Microsoft.Devices/IotHubs/"u8);
        _signs.IsOfProvisioning |= RecordOrigin.IsOf(resource, "providers/Microsoft.Devices/provisioningServices/"u8);
    }

    /// <summary>What the hub noted on a message that Stream Analytics passed on. True if it tells the sender.</summary>
    private bool WalkIotHub(ref JsonCursor cursor, ReadOnlySpan<byte> record)
    {
        bool told = false;
        for (bool first = true; cursor.NextMember(first, out JsonText name); first = false)
        {
            ReadOnlySpan<byte> key = Unescape(ref cursor, name);
            bool namesSender = RecordMatcher.NamesSender(key);
            bool namesTime = Ascii.EqualsIgnoreCase(key, "EnqueuedTime"u8);
            bool namesGeneration = Ascii.EqualsIgnoreCase(key, "ConnectionDeviceGenerationId"u8);
            if (!namesSender && (namesTime || namesGeneration) && cursor.TryReadText(out JsonText value))
                NoteTimeOrGeneration(record, value, namesTime);
            else if (namesSender)
                told |= ReadSender(ref cursor, SenderSource.System);
            else
                cursor.SkipValue();
        }

        return told;
    }

    private void WalkEventData(ref JsonCursor cursor, ReadOnlySpan<byte> record)
    {
        for (bool first = true; cursor.NextMember(first, out JsonText name); first = false)
        {
            ReadOnlySpan<byte> key = Unescape(ref cursor, name);
            if (key.SequenceEqual("deviceId"u8))
                ReadSender(ref cursor, SenderSource.Field);
            else if (key.SequenceEqual("hubName"u8) && cursor.TryReadText(out JsonText hub))
                _matcher.AddSourceHub(Unescape(ref cursor, hub));
            else if (key.SequenceEqual("systemProperties"u8))
                ReadSystemProperties(ref cursor, record);
            else if (key.SequenceEqual("properties"u8) && cursor.TryEnterObject())
                WalkApplicationProperties(ref cursor);
            else if (key.SequenceEqual("twin"u8) && cursor.Peek() == '{')
                _logs.Read(cursor.ReadValue());
            else if (_bodies is not null && key.SequenceEqual("body"u8))
                _bodies.ReadEmbedded(cursor.ReadValue());
            else
                cursor.SkipValue();
        }
    }

    /// <summary>What the hub noted: an object, or a text that is one. Anything else may have told the sender.</summary>
    private void ReadSystemProperties(ref JsonCursor cursor, ReadOnlySpan<byte> record)
    {
        if (cursor.TryEnterObject())
        {
            WalkSystemProperties(ref cursor, record);
        }
        else if (cursor.TryReadText(out JsonText text))
        {
            _texts.ReadSystem(Unescape(ref cursor, text));
        }
        else if (cursor.Peek() == 'n')
        {
            cursor.SkipValue();
        }
        else
        {
            cursor.SkipValue();
            _matcher.AddUnreadableSender();
        }
    }

    private void WalkSystemProperties(ref JsonCursor cursor, ReadOnlySpan<byte> record)
    {
        for (bool first = true; cursor.NextMember(first, out JsonText name); first = false)
        {
            ReadOnlySpan<byte> key = Unescape(ref cursor, name);
            SenderSource source = RecordMatcher.SenderSourceOf(key);
            bool namesTime = RecordMatcher.NamesEnqueuedTime(key);
            bool namesHubTime = key.SequenceEqual("iothub-enqueuedtime"u8);
            bool namesGeneration = RecordMatcher.NamesGeneration(key);
            if (source is not SenderSource.None)
                ReadSender(ref cursor, source);
            else if (namesHubTime && cursor.TryReadText(out JsonText hubTime))
                _times.NoteHubTime(record, hubTime);
            else if ((namesTime || namesGeneration) && cursor.TryReadText(out JsonText value))
                NoteTimeOrGeneration(record, value, namesTime);
            else
                cursor.SkipValue();
        }
    }

    private void NoteTimeOrGeneration(ReadOnlySpan<byte> record, JsonText value, bool isTime)
    {
        if (isTime)
            _times.NoteSystemTime(record, value);
        else
            _times.NoteGeneration(record, value);
    }

    /// <summary>Reads a sender. False if there is none, or none that can be read.</summary>
    private bool ReadSender(ref JsonCursor cursor, SenderSource source)
    {
        if (cursor.TryReadText(out JsonText text))
        {
            ReadOnlySpan<byte> device = Unescape(ref cursor, text);
            _matcher.AddSender(device, source);
            return !device.IsEmpty;
        }

        if (cursor.Peek() != 'n')
            _matcher.AddUnreadableSender();

        cursor.SkipValue();
        return false;
    }

    private void WalkApplicationProperties(ref JsonCursor cursor)
    {
        for (bool first = true; cursor.NextMember(first, out JsonText name); first = false)
        {
            ReadOnlySpan<byte> key = Unescape(ref cursor, name);
            bool isMqtt = RecordMatcher.NamesSenderOfMqtt(key);
            if (!(isMqtt || RecordMatcher.NamesAttribution(key)) || !cursor.TryReadText(out JsonText value))
                cursor.SkipValue();
            else if (isMqtt)
                _matcher.AddSender(Unescape(ref cursor, value), SenderSource.Property);
            else
                _matcher.AddAttribution(Unescape(ref cursor, value));
        }
    }

    /// <summary>An event's subject is devices/{id}, or a path below it.</summary>
    private void AddEventSubject(ReadOnlySpan<byte> subject)
    {
        if (!subject.StartsWith("devices/"u8))
            return;

        ReadOnlySpan<byte> device = subject["devices/".Length..];
        int end = device.IndexOf((byte)'/');
        _matcher.AddSender(end < 0 ? device : device[..end], SenderSource.Field);
    }

    /// <summary>A text's characters, valid until the next call.</summary>
    private ReadOnlySpan<byte> Unescape(ref JsonCursor cursor, JsonText text)
    {
        if (!_unescaper.TryUnescape(text, out ReadOnlySpan<byte> plain))
            cursor.Fail("a string has an invalid escape sequence");

        return plain;
    }
}
