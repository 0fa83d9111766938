using System.Buffers.Binary;
using System.Numerics;

namespace IotHubDsr.Core.Sinks.BlobIndexes;

/// <summary>
/// A set of 64-bit hashes in about 26 bits each, as BIP 158 has it: they are scaled to a range of 2^24 for each, sorted, and the differences
/// written as Golomb-Rice codes. A hash that was put in is always found; another one is taken for one of them once in 17 million look-ups.
/// </summary>
internal static class GolombSet
{
    private const int RemainderBits = 24;

    // What a peek may read beyond the end.
    private const int Padding = sizeof(ulong);

    /// <param name="hashes">The hashes in any order; sorted in place.</param>
    public static byte[] Encode(Span<ulong> hashes)
    {
        ulong range = RangeOf(hashes.Length);
        hashes.Sort();
        var bits = new BitWriter(hashes.Length);
        ulong last = 0;
        foreach (ulong hash in hashes)
        {
            ulong value = Scale(hash, range);
            bits.Write(value - last);
            last = value;
        }

        return bits.ToArray();
    }

    /// <summary>Whether one of some hashes is, or may be, in a set: one walk over it for all.</summary>
    /// <param name="set">The set.</param>
    /// <param name="count">How many hashes were put in.</param>
    /// <param name="sorted">The hashes to look for, in ascending order.</param>
    public static bool HoldsAny(ReadOnlySpan<byte> set, int count, ReadOnlySpan<ulong> sorted) => FirstHeld(set, count, sorted) >= 0;

    /// <summary>Marks which of some hashes are, or may be, in a set.</summary>
    /// <param name="set">The set.</param>
    /// <param name="count">How many hashes were put in.</param>
    /// <param name="sorted">The hashes to look for, in ascending order.</param>
    /// <param name="held">Set to true, by the positions of the hashes; others are left as they are.</param>
    public static void Mark(ReadOnlySpan<byte> set, int count, ReadOnlySpan<ulong> sorted, Span<bool> held)
    {
        // A walk ends with the first one that is held; the next begins behind it, as hashes are few that are held together.
        for (int from = 0; from < sorted.Length; )
        {
            int next = FirstHeld(set, count, sorted[from..]);
            if (next < 0)
                return;
            held[from + next] = true;
            from += next + 1;
        }
    }

    /// <exception cref="InvalidDataException">The set does not have that many hashes, or is no set.</exception>
    private static int FirstHeld(ReadOnlySpan<byte> set, int count, ReadOnlySpan<ulong> sorted)
    {
        if (count == 0 || sorted.IsEmpty)
            return -1;
        ulong range = RangeOf(count);
        var bits = new BitReader(set);
        int index = 0;
        ulong wanted = Scale(sorted[0], range);
        ulong value = 0;
        for (int read = 0; read < count; read++)
        {
            value += bits.Read();
            while (wanted < value)
            {
                if (++index == sorted.Length)
                    return -1;
                wanted = Scale(sorted[index], range);
            }

            if (wanted == value)
                return index;
        }

        return -1;
    }

    private static ulong RangeOf(int count) => (ulong)count << RemainderBits;

    private static ulong Scale(ulong hash, ulong range) => Math.BigMul(hash, range, out _);

    private sealed class BitWriter(int count)
    {
        private byte[] _bytes = new byte[(count * (RemainderBits + 2) / 8) + 16];
        private long _at;

        public void Write(ulong difference)
        {
            long ones = (long)(difference >> RemainderBits);
            long end = _at + ones + 1 + RemainderBits;
            if ((end + 7) / 8 > _bytes.Length)
                Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, (int)((end + 7) / 8)));
            for (; ones > 0; ones--)
                Bit(true);
            Bit(false);
            for (int bit = RemainderBits - 1; bit >= 0; bit--)
                Bit(((difference >> bit) & 1) != 0);
        }

        public byte[] ToArray() => _bytes[..(int)((_at + 7) / 8)];

        private void Bit(bool one)
        {
            if (one)
                _bytes[_at >> 3] |= (byte)(0x80 >> (int)(_at & 7));
            _at++;
        }
    }

    private ref struct BitReader(ReadOnlySpan<byte> bytes)
    {
        private const int MostOnes = 64 - 8;

        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private long _at;

        public ulong Read()
        {
            ulong ones = 0;
            int run;
            while ((run = BitOperations.LeadingZeroCount(~Peek())) >= MostOnes)
            {
                ones += MostOnes;
                _at += MostOnes;
            }

            _at += run + 1;
            ulong remainder = Peek() >> (64 - RemainderBits);
            _at += RemainderBits;
            if (_at > (long)_bytes.Length * 8)
                throw new InvalidDataException("The set ends within a number.");
            return ((ones + (ulong)run) << RemainderBits) | remainder;
        }

        /// <summary>The next 56 bits at least; behind the end there are zeros.</summary>
        private readonly ulong Peek()
        {
            int at = (int)(_at >> 3);
            int shift = (int)(_at & 7);
            if (at <= _bytes.Length - Padding)
                return BinaryPrimitives.ReadUInt64BigEndian(_bytes[at..]) << shift;
            Span<byte> last = stackalloc byte[Padding];
            last.Clear();
            if (at < _bytes.Length)
                _bytes[at..].CopyTo(last);
            return BinaryPrimitives.ReadUInt64BigEndian(last) << shift;
        }
    }
}
