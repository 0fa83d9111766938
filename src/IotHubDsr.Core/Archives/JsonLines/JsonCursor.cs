using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace IotHubDsr.Archives.JsonLines;

/// <summary>
/// Walks one line of JSON in the buffer it lies in: exact about the members it is asked for, and no more than balanced about
/// values it passes over, which stay in the file as they are.
/// </summary>
/// <param name="line">The line.</param>
/// <param name="origin">Offset in the file of its first byte.</param>
/// <param name="number">Its number in the file, from 1.</param>
internal ref struct JsonCursor(ReadOnlySpan<byte> line, long origin, long number)
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> NumberCharacters = SearchValues.Create("0123456789+-.eE"u8);

    private readonly ReadOnlySpan<byte> _line = line;
    private int _position;

    public void Expect(byte token)
    {
        if (Next() != token)
        {
            Fail("the line is not a JSON object");
        }

        _position++;
    }

    public void ExpectEnd()
    {
        Next();
        if (_position != _line.Length)
        {
            Fail("something follows the JSON object of the line");
        }
    }

    /// <summary>Moves to the next member of the object whose brace has been passed; its value comes next. False at its end.</summary>
    public bool NextMember(bool first, out JsonText name)
    {
        var next = Next();
        if (next == '}')
        {
            _position++;
            name = default;
            return false;
        }

        if (!first)
        {
            Expect((byte)',');
        }

        if (!TryReadText(out name))
        {
            Fail("a member has no name");
        }

        Expect((byte)':');
        return true;
    }

    /// <summary>Passes the brace that begins an object, if one does.</summary>
    public bool TryEnterObject()
    {
        if (Next() != '{')
        {
            return false;
        }

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

        var start = ++_position;
        var escaped = PassText();
        text = new JsonText(_line[start..(_position - 1)], escaped);
        return true;
    }

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
    public readonly void Fail(string detail)
        => throw new ArchiveFormatException(ArchiveFault.BadRecord, origin + _position, $"in line {number}, {detail}");

    /// <summary>The next byte that is no space, without passing it; 0, which is never valid, at the end.</summary>
    private byte Next()
    {
        while (_position < _line.Length)
        {
            var next = _line[_position];
            if (next > ' ' || next is not ((byte)' ' or (byte)'\t' or (byte)'\r'))
            {
                return next;
            }

            _position++;
        }

        return 0;
    }

    /// <summary>Passes the rest of a text, closing quote included. True if it has escapes.</summary>
    private bool PassText()
    {
        for (var escaped = false; ; escaped = true)
        {
            var stop = _line[_position..].IndexOfAny((byte)'"', (byte)'\\');
            if (stop < 0)
            {
                Fail("a text does not end");
            }

            _position += stop + 1;
            if (_line[_position - 1] == '"')
            {
                return escaped;
            }

            if (_position++ == _line.Length)
            {
                Fail("a text does not end");
            }
        }
    }

    private void SkipNested()
    {
        var depth = 0;
        do
        {
            var stop = _line[_position..].IndexOfAny(Structure);
            if (stop < 0)
            {
                Fail("an object or array does not end");
            }

            _position += stop + 1;
            switch (_line[_position - 1])
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
        }
        while (depth > 0);
    }

    private void SkipLiteral(ReadOnlySpan<byte> literal)
    {
        if (!_line[_position..].StartsWith(literal))
        {
            Fail("a value is not JSON");
        }

        _position += literal.Length;
    }

    private void SkipNumber()
    {
        var length = _line[_position..].IndexOfAnyExcept(NumberCharacters);
        length = length < 0 ? _line.Length - _position : length;
        if (length == 0)
        {
            Fail("a value is missing or not JSON");
        }

        _position += length;
    }
}
