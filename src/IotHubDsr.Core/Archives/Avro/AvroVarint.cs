using System.Runtime.CompilerServices;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>Avro's integers: seven bits a byte, least significant first, zigzag.</summary>
internal static class AvroVarint
{
    public const int MaxLength = 10;

    /// <summary>Returns the bytes used, or 0 when there are too few, or -1 when it is longer than any 64-bit number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Read(ReadOnlySpan<byte> bytes, out long value)
    {
        if (!bytes.IsEmpty && bytes[0] < 0x80)
        {
            value = (bytes[0] >> 1) ^ -(bytes[0] & 1);
            return 1;
        }

        return ReadLonger(bytes, out value);
    }

    /// <summary>Returns the bytes written.</summary>
    public static int Write(long value, Span<byte> destination)
    {
        ulong bits = (ulong)((value << 1) ^ (value >> 63));
        int length = 0;
        for (; bits >= 0x80; bits >>= 7)
            destination[length++] = (byte)(bits | 0x80);

        destination[length++] = (byte)bits;
        return length;
    }

    private static int ReadLonger(ReadOnlySpan<byte> bytes, out long value)
    {
        ulong bits = 0;
        for (int i = 0; i < bytes.Length && i < MaxLength; i++)
        {
            bits |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                value = (long)(bits >> 1) ^ -(long)(bits & 1);
                return i < MaxLength - 1 || bytes[i] <= 1 ? i + 1 : -1;
            }
        }

        value = 0;
        return bytes.Length < MaxLength ? 0 : -1;
    }
}
