using System.Text;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>A JSON string as it stands between its quotes.</summary>
internal readonly ref struct JsonText(ReadOnlySpan<byte> raw, bool escaped)
{
    private const int UnicodeEscape = 6;

    public ReadOnlySpan<byte> Raw { get; } = raw;

    public bool Escaped { get; } = escaped;

    /// <summary>Undoes the escapes, into a buffer as long as the raw text: none makes it longer. -1 if one is not JSON's.</summary>
    public int Unescape(Span<byte> destination)
    {
        int written = 0;
        for (ReadOnlySpan<byte> rest = Raw; ; )
        {
            int plain = rest.IndexOf((byte)'\\');
            if (plain < 0)
            {
                rest.CopyTo(destination[written..]);
                return written + rest.Length;
            }

            rest[..plain].CopyTo(destination[written..]);
            written += plain;
            rest = rest[plain..];
            if (rest.Length < 2)
                return -1;

            if (rest[1] == 'u')
            {
                int used = ReadUnicode(rest, out Rune rune);
                if (used == 0)
                    return -1;

                written += rune.EncodeToUtf8(destination[written..]);
                rest = rest[used..];
            }
            else if (ReadShort(rest[1]) is { } single)
            {
                destination[written++] = single;
                rest = rest[2..];
            }
            else
            {
                return -1;
            }
        }
    }

    private static byte? ReadShort(byte letter) =>
        letter switch
        {
            (byte)'"' or (byte)'\\' or (byte)'/' => letter,
            (byte)'b' => (byte)'\b',
            (byte)'f' => (byte)'\f',
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            _ => null,
        };

    private static int ReadUnicode(ReadOnlySpan<byte> escape, out Rune rune)
    {
        if (!TryReadUnit(escape, out char unit))
        {
            rune = default;
            return 0;
        }

        if (char.IsHighSurrogate(unit) && TryReadUnit(escape[UnicodeEscape..], out char low) && Rune.TryCreate(unit, low, out rune))
            return 2 * UnicodeEscape;

        // Half a pair is valid JSON and no character: it stands for itself in no device ID.
        rune = Rune.TryCreate(unit, out Rune character) ? character : Rune.ReplacementChar;
        return UnicodeEscape;
    }

    private static bool TryReadUnit(ReadOnlySpan<byte> escape, out char unit)
    {
        unit = default;
        if (escape.Length < UnicodeEscape || escape[0] != '\\' || escape[1] != 'u')
            return false;

        int value = 0;
        foreach (byte digit in escape[2..UnicodeEscape])
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return false;

            value = (value << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        unit = (char)value;
        return true;
    }
}
