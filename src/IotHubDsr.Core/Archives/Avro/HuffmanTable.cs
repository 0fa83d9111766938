using System.Numerics;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>
/// A canonical Huffman code of RFC 1951 as a table that is looked up by the next bits of the input. Codes longer than the table's
/// bits go on in a second table behind it.
/// </summary>
/// <remarks>
/// An entry is, from its least significant bit: 8 bits that the code takes, 5 bits that follow it, 3 flags, and the value: a literal,
/// the base of a length or distance, or the index of a second table.
/// </remarks>
internal sealed class HuffmanTable(int bits, int symbols, uint[] values)
{
    public const uint Literal = 1u << 31;
    public const uint Exceptional = 1u << 15;
    public const uint SecondTable = 1u << 14;
    public const uint EndOfBlock = 1u << 13;
    public const int ValueShift = 16;
    public const int ExtraShift = 8;

    private const int MaxLength = 15;

    private readonly ushort[] _sorted = new ushort[symbols];

    // Each of the codes that need one may need one of its own.
    private readonly uint[] _entries = new uint[(1 << bits) + (symbols << (MaxLength - bits))];

    public uint[] Entries => _entries;

    /// <summary>Builds the table from the length of each symbol's code; 0 where a symbol has none.</summary>
    /// <exception cref="InvalidDataException">There is no such code.</exception>
    public void Build(ReadOnlySpan<byte> lengths, bool mayBeIncomplete)
    {
        Span<int> counts = stackalloc int[MaxLength + 1];
        counts.Clear();
        foreach (byte length in lengths)
            counts[length]++;

        Span<int> offsets = stackalloc int[MaxLength + 2];
        offsets[1] = 0;
        int left = 1;
        int longest = 0;
        for (int length = 1; length <= MaxLength; length++)
        {
            left = (left << 1) - counts[length];
            longest = counts[length] > 0 ? length : longest;
            offsets[length + 1] = offsets[length] + counts[length];
            if (left < 0)
                throw new InvalidDataException("a Huffman code has too many codes");
        }

        if (left > 0 && (!mayBeIncomplete || longest > 1))
            throw new InvalidDataException("a Huffman code has too few codes");

        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] != 0)
                _sorted[offsets[lengths[symbol]]++] = (ushort)symbol;
        }

        if (left == 0)
            Fill(counts);
        else
            FillIncomplete(counts[1]);
    }

    /// <summary>
    /// Codes are taken in order of length, with their bits reversed as the input has them. What is there so far is copied behind itself
    /// whenever codes get longer, as each entry stands for all bits that may follow its code.
    /// </summary>
    private void Fill(ReadOnlySpan<int> counts)
    {
        int next = 0;
        int code = 0;
        int size = 1;
        for (int length = 1; length <= bits; length++)
        {
            _entries.AsSpan(0, size).CopyTo(_entries.AsSpan(size));
            size <<= 1;
            for (int count = counts[length]; count > 0; count--)
            {
                _entries[code] = values[_sorted[next++]] | (uint)length;
                code = Next(code, size);
            }
        }

        FillSecond(counts, next, code);
    }

    private void FillSecond(ReadOnlySpan<int> counts, int next, int code)
    {
        int size = 1 << (MaxLength - bits);
        Span<uint> second = _entries.AsSpan(1 << bits);
        int prefix = -1;
        int start = -size;
        for (int length = bits + 1; length <= MaxLength; length++)
        {
            for (int count = counts[length]; count > 0; count--)
            {
                if ((code & ((1 << bits) - 1)) != prefix)
                {
                    prefix = code & ((1 << bits) - 1);
                    start += size;
                    _entries[prefix] = Exceptional | SecondTable | ((uint)(start + (1 << bits)) << ValueShift) | (uint)bits;
                }

                uint entry = values[_sorted[next++]] | (uint)(length - bits);
                for (int at = code >> bits; at < size; at += 1 << (length - bits))
                    second[start + at] = entry;

                code = Next(code, 1 << length);
            }
        }
    }

    /// <summary>At most one code, of one bit: the other bit leads nowhere.</summary>
    private void FillIncomplete(int symbols)
    {
        Span<uint> entries = _entries.AsSpan(0, 1 << bits);
        entries.Fill(Exceptional);
        for (int at = 0; symbols > 0 && at < entries.Length; at += 2)
            entries[at] = values[_sorted[0]] | 1;
    }

    /// <summary>The code after this one, with its bits reversed.</summary>
    private static int Next(int code, int size)
    {
        int zeros = code ^ (size - 1);
        if (zeros == 0)
            return 0;

        int bit = 1 << BitOperations.Log2((uint)zeros);
        return (code & (bit - 1)) | bit;
    }
}
