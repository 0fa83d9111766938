using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>
/// Walks one record of JSON in the buffer it lies in: exact about the members it is asked for, and no more than balanced about
/// values it passes over, which stay in the file as they are.
/// </summary>
/// <param name="record">The record.</param>
/// <param name="place">Where it stands.</param>
internal ref struct JsonCursor(ReadOnlySpan<byte> record, JsonPlace place)
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> NumberCharacters = SearchValues.Create("0123456789+-.eE"u8);

    private readonly ReadOnlySpan<byte> _record = record;
    private int _position;

    public void Expect(byte token)
    {
        if (Next() != token)
            Fail("invalid JSON object");

        _position++;
    }

    public void ExpectEnd()
    {
        Next();
        if (_position != _record.Length)
            Fail("something follows the JSON object");
    }

    /// <summary>Moves to the next member of the object whose brace has been passed; its value comes next. False at its end.</summary>
    public bool NextMember(bool first, out JsonText name)
    {
        byte next = Next();
        if (next == '}')
        {
            _position++;
            name = default;
            return false;
        }

        if (!first)
            Expect((byte)',');

        if (!TryReadText(out name))
            Fail("a member has no name");

        Expect((byte)':');
        return true;
    }

    /// <summary>Passes the brace that begins an object, if one does.</summary>
    public bool TryEnterObject()
    {
        if (Next() != '{')
            return false;

        _position++;
        return true;
    }

    public bool TryReadText(out JsonText text)
    {
        if (Next() != '"')
        {
            text = default;
            return false;
        }

        int start = ++_position;
        bool escaped = PassText();
        text = new JsonText(_record[start..(_position - 1)], escaped);
        return true;
    }

    /// <summary>Passes a value of any kind and returns it as it stands.</summary>
    public ReadOnlySpan<byte> ReadValue()
    {
        Next();
        int start = _position;
        SkipValue();
        return _record[start.._position];
    }

    /// <summary>The first byte of what comes next, without passing it; 0, which is never valid, at the end.</summary>
    public byte Peek() => Next();

    public void SkipValue()
    {
        switch (Next())
        {
            case (byte)'"':
                _position++;
                PassText();
                break;
            case (byte)'{' or (byte)'[':
                SkipNested();
                break;
            case (byte)'t':
                SkipLiteral("true"u8);
                break;
            case (byte)'f':
                SkipLiteral("false"u8);
                break;
            case (byte)'n':
                SkipLiteral("null"u8);
                break;
            default:
                SkipNumber();
                break;
        }
    }

    [DoesNotReturn]
    public readonly void Fail(string detail) =>
        throw new ArchiveFormatException(ArchiveFault.BadRecord, place.Offset + _position, $"in {place}, {detail}");

    /// <summary>The next byte that is no space, without passing it; 0, which is never valid, at the end.</summary>
    private byte Next()
    {
        while (_position < _record.Length)
        {
            byte next = _record[_position];
            if (next > ' ' || next is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                return next;

            _position++;
        }

        return 0;
    }

    /// <summary>Passes the rest of a text, closing quote included. True if it has escapes.</summary>
    private bool PassText()
    {
        for (bool escaped = false; ; escaped = true)
        {
            int stop = _record[_position..].IndexOfAny((byte)'"', (byte)'\\');
            if (stop < 0)
                Fail("a string is not terminated");

            _position += stop + 1;
            if (_record[_position - 1] == '"')
                return escaped;

            if (_position++ == _record.Length)
                Fail("a string is not terminated");
        }
    }

    private void SkipNested()
    {
        int depth = 0;
        do
        {
            int stop = _record[_position..].IndexOfAny(Structure);
            if (stop < 0)
                Fail("an object or array is not closed");

            _position += stop + 1;
            switch (_record[_position - 1])
            {
                case (byte)'"':
                    PassText();
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                default:
                    depth--;
                    break;
            }
        } while (depth > 0);
    }

    private void SkipLiteral(ReadOnlySpan<byte> literal)
    {
        if (!_record[_position..].StartsWith(literal))
            Fail("a value is not JSON");

        _position += literal.Length;
    }

    private void SkipNumber()
    {
        int length = _record[_position..].IndexOfAnyExcept(NumberCharacters);
        length = length < 0 ? _record.Length - _position : length;
        if (length == 0)
            Fail("a value is missing or not JSON");

        _position += length;
    }
}

/// <summary>Where a record of JSON stands.</summary>
/// <param name="Offset">Offset in the file of its first byte.</param>
/// <param name="Number">Its number in the file, from 1.</param>
/// <param name="IsLine">Whether that is the number of a line.</param>
internal readonly record struct JsonPlace(long Offset, long Number, bool IsLine)
{
    public override string ToString() => IsLine ? $"line {Number}" : $"record {Number}";
}
