using System.Numerics;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>Gives the characters of JSON strings, in a buffer of its own where escapes have to be undone.</summary>
internal sealed class JsonUnescaper
{
    private byte[] _buffer = new byte[4 * 1024];

    /// <summary>A text's characters, valid until the next call. False if it has an escape that is not JSON's.</summary>
    public bool TryUnescape(JsonText text, out ReadOnlySpan<byte> plain)
    {
        if (!text.Escaped)
        {
            plain = text.Raw;
            return true;
        }

        if (_buffer.Length < text.Raw.Length)
            _buffer = new byte[BitOperations.RoundUpToPowerOf2((uint)text.Raw.Length)];

        int length = text.Unescape(_buffer);
        plain = _buffer.AsSpan(0, Math.Max(length, 0));
        return length >= 0;
    }
}
