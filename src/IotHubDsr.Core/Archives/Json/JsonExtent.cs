using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>Finds where an object ends while its bytes are still arriving; no byte is looked at twice.</summary>
internal struct JsonExtent
{
    private const int Stride = 64;

    // What braces and brackets have in common: with this bit, a bracket is the brace.
    private const byte BracketToBrace = 0x20;

    private int _position;
    private int _depth;
    private bool _inText;
    private bool _isEscaped;

    /// <summary>Whether what has been looked at ends within a text.</summary>
    public readonly bool IsInText => _inText;

    /// <summary>Looks at what is new. True with the length of the object if it ends there.</summary>
    /// <param name="bytes">All bytes of the object that are there by now.</param>
    /// <param name="length">Its length.</param>
    public bool TryFindEnd(ReadOnlySpan<byte> bytes, out int length)
    {
        for (; _position <= bytes.Length - Stride; _position += Stride)
        {
            if (EndsInStride(bytes.Slice(_position, Stride), out int end))
            {
                length = _position + end;
                return true;
            }
        }

        // Too little is left for a stride.
        while (_position < bytes.Length)
        {
            byte next = bytes[_position++];
            if (_isEscaped)
            {
                _isEscaped = false;
            }
            else if (_inText && next == '\\')
            {
                _isEscaped = true;
            }
            else if ((next == '"' || (!_inText && IsStructure(next))) && Ends(next))
            {
                length = _position;
                return true;
            }
        }

        length = 0;
        return false;
    }

    private bool EndsInStride(ReadOnlySpan<byte> stride, out int end)
    {
        var here = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(stride));
        Vector512<byte> braces = here | Vector512.Create(BracketToBrace);
        ulong quotes = Vector512.Equals(here, Vector512.Create((byte)'"')).ExtractMostSignificantBits();
        ulong escapes = Vector512.Equals(here, Vector512.Create((byte)'\\')).ExtractMostSignificantBits();
        ulong structure = (
            Vector512.Equals(braces, Vector512.Create((byte)'{')) | Vector512.Equals(braces, Vector512.Create((byte)'}'))
        ).ExtractMostSignificantBits();
        ulong left = _isEscaped ? ulong.MaxValue - 1 : ulong.MaxValue;
        _isEscaped = false;
        while ((left & (quotes | (_inText ? escapes : structure))) is not 0 and var signs)
        {
            end = BitOperations.TrailingZeroCount(signs) + 1;
            left = (ulong.MaxValue - 1) << (end - 1);
            if (stride[end - 1] == '\\')
            {
                left <<= 1;
                _isEscaped = end == Stride;
            }
            else if (Ends(stride[end - 1]))
            {
                return true;
            }
        }

        end = 0;
        return false;
    }

    /// <summary>Takes account of a quote, brace or bracket. True if the object ends with it.</summary>
    private bool Ends(byte sign)
    {
        if (sign == '"')
        {
            _inText = !_inText;
            return false;
        }

        _depth += sign is (byte)'{' or (byte)'[' ? 1 : -1;
        return _depth == 0;
    }

    private static bool IsStructure(byte character) => character is (byte)'{' or (byte)'}' or (byte)'[' or (byte)']';
}
