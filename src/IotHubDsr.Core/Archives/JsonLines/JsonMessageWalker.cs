using System.Text;
using System.Text.Json;

namespace IotHubDsr.Archives.JsonLines;

/// <summary>Walks routed messages, one a line, and writes matched ones.</summary>
internal sealed class JsonMessageWalker(RecordMatcher matcher) : IRecordEncoder
{
    private enum Part
    {
        Other,
        Properties,
        SystemProperties,
        EnqueuedTimeUtc,
    }

    private byte[] _unescaped = new byte[256];

    /// <summary>Walks one record to its end and shows the matcher the devices it names.</summary>
    public void Walk(ReadOnlySpan<byte> line, long offset, long number)
    {
        var cursor = new JsonCursor(line, offset, number);
        cursor.Expect((byte)'{');
        for (var first = true; cursor.NextMember(first, out var name); first = false)
        {
            var part = PartOf(ref cursor, name);
            if (part is Part.Properties or Part.SystemProperties && cursor.TryEnterObject())
            {
                WalkProperties(ref cursor, part);
            }
            else
            {
                cursor.SkipValue();
            }
        }

        cursor.ExpectEnd();
        if (matcher.HasMatch && !EmbeddedJson.IsValid(line, int.MaxValue))
        {
            // Nothing is said about a subject, let alone removed, on the strength of a line that others may read differently.
            cursor.Fail("the line is not valid JSON");
        }
    }

    public DateTimeOffset? EnqueuedTimeOf(ReadOnlySpan<byte> line)
    {
        byte[] field = [];
        byte[] systemProperty = [];
        var cursor = new JsonCursor(line, 0, 0);
        cursor.Expect((byte)'{');
        for (var first = true; cursor.NextMember(first, out var name); first = false)
        {
            switch (PartOf(ref cursor, name))
            {
                case Part.EnqueuedTimeUtc when cursor.TryReadText(out var text):
                    field = Unescape(ref cursor, text).ToArray();
                    break;
                case Part.SystemProperties when cursor.TryEnterObject():
                    for (var firstProperty = true; cursor.NextMember(firstProperty, out var property); firstProperty = false)
                    {
                        if (Unescape(ref cursor, property).SequenceEqual("enqueuedTime"u8) && cursor.TryReadText(out var time))
                        {
                            systemProperty = Unescape(ref cursor, time).ToArray();
                        }
                        else
                        {
                            cursor.SkipValue();
                        }
                    }

                    break;
                default:
                    cursor.SkipValue();
                    break;
            }
        }

        return EnqueuedTime.Parse(field, systemProperty);
    }

    /// <summary>The line itself. If no reader of our output should be made to read it, the line as a text.</summary>
    public void WriteJson(ReadOnlySpan<byte> record, Utf8JsonWriter writer)
    {
        if (!EmbeddedJson.TryWrite(record, writer))
        {
            writer.WriteStartObject();
            writer.WriteString("UnreadableRecord"u8, Encoding.UTF8.GetString(record));
            writer.WriteEndObject();
        }
    }

    private void WalkProperties(ref JsonCursor cursor, Part part)
    {
        for (var first = true; cursor.NextMember(first, out var name); first = false)
        {
            var key = Unescape(ref cursor, name);
            var wanted = part is Part.SystemProperties ? RecordMatcher.NamesSender(key) : RecordMatcher.NamesAttribution(key);
            if (!wanted || !cursor.TryReadText(out var value))
            {
                cursor.SkipValue();
            }
            else if (part is Part.SystemProperties)
            {
                matcher.AddSender(Unescape(ref cursor, value));
            }
            else
            {
                matcher.AddAttribution(Unescape(ref cursor, value));
            }
        }
    }

    private Part PartOf(ref JsonCursor cursor, JsonText name)
    {
        var text = Unescape(ref cursor, name);
        return text.SequenceEqual("Properties"u8) ? Part.Properties
            : text.SequenceEqual("SystemProperties"u8) ? Part.SystemProperties
            : text.SequenceEqual("EnqueuedTimeUtc"u8) ? Part.EnqueuedTimeUtc
            : Part.Other;
    }

    /// <summary>A text's characters, valid until the next call.</summary>
    private ReadOnlySpan<byte> Unescape(ref JsonCursor cursor, JsonText text)
    {
        if (!text.Escaped)
        {
            return text.Raw;
        }

        if (_unescaped.Length < text.Raw.Length)
        {
            _unescaped = new byte[text.Raw.Length * 2];
        }

        var length = text.Unescape(_unescaped);
        if (length < 0)
        {
            cursor.Fail("a text has an escape that is not JSON's");
        }

        return _unescaped.AsSpan(0, length);
    }
}
