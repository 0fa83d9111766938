using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace IotHubDsr.Core.Findings;

/// <summary>Numbers and texts as few bytes.</summary>
internal sealed class SpoolBytes
{
    private const int LongestNumber = 10;
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public int Count => _bytes.WrittenCount;

    public void Clear() => _bytes.ResetWrittenCount();

    public static int LengthOf(long value)
    {
        int length = 1;
        for (ulong rest = (ulong)value; rest >= 0x80; rest >>= 7)
            length++;
        return length;
    }

    /// <summary>Seven bits a byte, the lowest first; the highest bit says that more follow.</summary>
    public void Number(long value)
    {
        Span<byte> to = _bytes.GetSpan(LongestNumber);
        _bytes.Advance(Number(value, to));
    }

    public static int Number(long value, Span<byte> to)
    {
        int length = 0;
        ulong rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7)
            to[length++] = (byte)(rest | 0x80);
        to[length++] = (byte)rest;
        return length;
    }

    /// <summary>A text, whatever its characters: what is not valid Unicode is kept as it is.</summary>
    public void Text(string text)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        bool isValid = Utf8.FromUtf16(text, buffer, out _, out int length, replaceInvalidSequences: false) == OperationStatus.Done;
        ReadOnlySpan<byte> bytes = isValid ? buffer.AsSpan(0, length) : MemoryMarshal.AsBytes(text.AsSpan());
        Number(((long)bytes.Length << 1) | (isValid ? 0L : 1L));
        _bytes.Write(bytes);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    public void Raw(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);
}

/// <summary>Reads what <see cref="SpoolBytes"/> wrote.</summary>
/// <exception cref="FormatException">It is something else.</exception>
internal ref struct SpoolReader(ReadOnlySpan<byte> bytes)
{
    private const int MostBits = 70;
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Bytes that were not read.</summary>
    public readonly int Left => _rest.Length;

    public long Number()
    {
        ulong value = 0;
        for (int shift = 0; shift < MostBits; shift += 7)
        {
            if (_rest.IsEmpty)
                break;
            byte next = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return (long)value;
        }

        throw new FormatException("A number of the findings is invalid.");
    }

    /// <summary>A number that is not negative, and not larger than it may be.</summary>
    public long Count(long most = long.MaxValue) =>
        Number() is >= 0 and var count && count <= most ? count : throw new FormatException("A count of the findings is invalid.");

    public string Text()
    {
        long form = Count();
        ReadOnlySpan<byte> text = Raw(form >> 1);
        return (form & 1) == 0 ? Encoding.UTF8.GetString(text) : new string(MemoryMarshal.Cast<byte, char>(text));
    }

    public ReadOnlySpan<byte> Raw(long length)
    {
        if (length > _rest.Length)
            throw new FormatException("The findings end too early.");
        ReadOnlySpan<byte> raw = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return raw;
    }
}
