using System.Buffers;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>Finds where an object ends while its bytes are still arriving; no byte is looked at twice.</summary>
internal struct JsonExtent
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);

    private int _position;
    private int _depth;
    private bool _inText;

    /// <summary>Whether what has been looked at ends within a text.</summary>
    public readonly bool IsInText => _inText;

    /// <summary>Looks at what is new. True with the length of the object if it ends there.</summary>
    /// <param name="bytes">All bytes of the object that are there by now.</param>
    /// <param name="length">Its length.</param>
    public bool TryFindEnd(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        while (_position < bytes.Length)
        {
            ReadOnlySpan<byte> rest = bytes[_position..];
            int stop = _inText ? rest.IndexOfAny((byte)'"', (byte)'\\') : rest.IndexOfAny(Structure);
            if (stop < 0)
            {
                _position = bytes.Length;
                break;
            }

            if (rest[stop] == '\\')
            {
                // The escaped character may not be there yet.
                if (stop + 1 == rest.Length)
                {
                    _position += stop;
                    break;
                }

                _position += stop + 2;
                continue;
            }

            _position += stop + 1;
            if (rest[stop] == '"')
            {
                _inText = !_inText;
            }
            else if (rest[stop] is (byte)'{' or (byte)'[')
            {
                _depth++;
            }
            else if (--_depth == 0)
            {
                length = _position;
                return true;
            }
        }

        return false;
    }
}
