using System.Numerics;
using System.Runtime.CompilerServices;

namespace IotHubDsr.Archives.Avro;

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
        foreach (var length in lengths)
        {
            counts[length]++;
        }

        Span<int> offsets = stackalloc int[MaxLength + 2];
        offsets[1] = 0;
        var left = 1;
        var longest = 0;
        for (var length = 1; length <= MaxLength; length++)
        {
            left = (left << 1) - counts[length];
            longest = counts[length] > 0 ? length : longest;
            offsets[length + 1] = offsets[length] + counts[length];
            if (left < 0)
            {
                throw new InvalidDataException("a Huffman code has too many codes");
            }
        }

        if (left > 0 && (!mayBeIncomplete || longest > 1))
        {
            throw new InvalidDataException("a Huffman code has too few codes");
        }

        for (var symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] != 0)
            {
                _sorted[offsets[lengths[symbol]]++] = (ushort)symbol;
            }
        }

        Fill(counts, isComplete: left == 0);
    }

    private void Fill(ReadOnlySpan<int> counts, bool isComplete)
    {
        if (!isComplete)
        {
            _entries.AsSpan(0, 1 << bits).Fill(Exceptional);
        }

        // Codes of one length follow one another; the input has them with their bits reversed.
        var code = 0u;
        var next = 0;
        var second = 1 << bits;
        var prefix = uint.MaxValue;
        for (var length = 1; length <= MaxLength; length++, code <<= 1)
        {
            for (var count = counts[length]; count > 0; count--, code++)
            {
                var value = values[_sorted[next++]];
                var reversed = Reverse(code, length);
                if (length <= bits)
                {
                    Spread(0, 1 << bits, reversed, length, value | (uint)length);
                    continue;
                }

                var size = 1 << (MaxLength - bits);
                if ((reversed & ((1u << bits) - 1)) != prefix)
                {
                    prefix = reversed & ((1u << bits) - 1);
                    _entries[prefix] = Exceptional | SecondTable | ((uint)second << ValueShift) | (uint)bits;
                    second += size;
                }

                Spread(second - size, size, reversed >> bits, length - bits, value | (uint)(length - bits));
            }
        }
    }

    /// <summary>Writes an entry wherever the bits after its code may lead.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Spread(int table, int size, uint reversed, int length, uint entry)
    {
        var entries = _entries.AsSpan(table, size);
        for (var at = (int)reversed; at < entries.Length; at += 1 << length)
        {
            entries[at] = entry;
        }
    }

    private static uint Reverse(uint code, int length)
    {
        code = ((code & 0x5555) << 1) | ((code >> 1) & 0x5555);
        code = ((code & 0x3333) << 2) | ((code >> 2) & 0x3333);
        code = ((code & 0x0F0F) << 4) | ((code >> 4) & 0x0F0F);
        return BitOperations.RotateRight(((code & 0x00FF) << 8) | (code >> 8), 16 - length) & ((1u << length) - 1);
    }
}
