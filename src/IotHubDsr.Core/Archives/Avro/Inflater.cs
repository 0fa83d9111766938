using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IotHubDsr.Core.Foundation;
using static IotHubDsr.Core.Archives.Avro.InflateSteps;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>
/// Inflates RFC 1951 from memory to memory. The runtime's decoder is built for streams: it must be created again for each of an archive's
/// many small blocks, and keeps a window of its own. This one is made once a file, and its output is its window.
/// </summary>
/// <param name="maxBytes">The most bytes that a block may hold.</param>
/// <param name="share">Gives large buffers; without it, they are made.</param>
internal sealed class Inflater(int maxBytes, ReadingShare? share = null) : IDisposable
{
    private const int LiteralBits = 11;
    private const int DistanceBits = 9;
    private const int OrderBits = 7;
    private const int LongestMatch = 258;

    // What one step may write beyond what it means to: three literals, a match, and the last vector of its copy.
    private const int StepRoom = LongestMatch + 64;

    // Zeros behind the input that a step may read before its end is noticed.
    private const int InputPadding = 64;

    private static readonly HuffmanTable FixedLiterals = BuildFixedLiterals();
    private static readonly HuffmanTable FixedDistances = BuildFixedDistances();

    private readonly InflatedBlock _output = new(share);
    private readonly HuffmanTable _order = new(OrderBits, 19, InflateCodes.Order);
    private readonly HuffmanTable _literals = NewLiterals();
    private readonly HuffmanTable _distances = NewDistances();
    private readonly byte[] _lengths = new byte[InflateCodes.MaxLiterals + InflateCodes.MaxDistances];
    private byte[] _input = new byte[16 * 1024];
    private int _inputLength;
    private int _read;
    private int _written;
    private ulong _bits;
    private int _bitCount;

    /// <summary>The most bytes that a block may hold.</summary>
    public int MaxBytes { get; set; } = maxBytes;

    /// <summary>Returns what the block holds, valid until the next call.</summary>
    /// <exception cref="BlockTooLargeException">It inflates beyond the limit.</exception>
    /// <exception cref="InvalidDataException">The block is damaged or cut short.</exception>
    public ReadOnlyMemory<byte> Inflate(ReadOnlySpan<byte> block)
    {
        _output.MaxBytes = MaxBytes;
        if (block.IsEmpty)
        {
            // Writers that deflate nothing write nothing.
            return default;
        }

        if (_input.Length < block.Length + InputPadding)
        {
            int wanted = block.Length + (block.Length / 8) + InputPadding;
            share?.Return(_input);
            _input = share is not null && wanted > ReadingBudget.OwnBytes ? share.Rent(wanted) : new byte[wanted];
        }

        block.CopyTo(_input);
        _input.AsSpan(block.Length, InputPadding).Clear();
        _inputLength = block.Length;
        _read = _written = _bitCount = 0;
        _bits = 0;
        bool last;
        do
        {
            last = TakeBits(1) != 0;
            switch (TakeBits(2))
            {
                case 0:
                    CopyStored();
                    break;
                case 1:
                    InflateBlock(FixedLiterals.Entries, FixedDistances.Entries);
                    break;
                case 2:
                    ReadTables();
                    InflateBlock(_literals.Entries, _distances.Entries);
                    break;
                default:
                    throw Damaged();
            }

            ThrowIfPastEnd();
        } while (!last);

        return _output.Take(_written);
    }

    public void Dispose()
    {
        share?.Return(_input);
        _input = [];
        _output.Dispose();
    }

    private static HuffmanTable NewLiterals() => new(LiteralBits, InflateCodes.Literals.Length, InflateCodes.Literals);

    private static HuffmanTable NewDistances() => new(DistanceBits, InflateCodes.Distances.Length, InflateCodes.Distances);

    private static HuffmanTable BuildFixedLiterals()
    {
        byte[] lengths = new byte[288];
        lengths.AsSpan(0, 144).Fill(8);
        lengths.AsSpan(144, 112).Fill(9);
        lengths.AsSpan(256, 24).Fill(7);
        lengths.AsSpan(280, 8).Fill(8);
        HuffmanTable table = NewLiterals();
        table.Build(lengths, mayBeIncomplete: false);
        return table;
    }

    private static HuffmanTable BuildFixedDistances()
    {
        byte[] lengths = new byte[32];
        lengths.AsSpan().Fill(5);
        HuffmanTable table = NewDistances();
        table.Build(lengths, mayBeIncomplete: false);
        return table;
    }

    private void InflateBlock(uint[] literals, uint[] distances)
    {
        ref uint literal = ref MemoryMarshal.GetArrayDataReference(literals);
        ref uint distance = ref MemoryMarshal.GetArrayDataReference(distances);
        ref byte input = ref MemoryMarshal.GetArrayDataReference(_input);
        byte[] bytes = _output.Bytes;
        ref byte output = ref MemoryMarshal.GetArrayDataReference(bytes);
        int roomEnd = bytes.Length - StepRoom;
        int readEnd = _inputLength;
        (int read, int written, ulong bits, int bitCount) = (_read, _written, _bits, _bitCount);
        while (true)
        {
            if (read > readEnd + sizeof(ulong) || written > roomEnd)
            {
                ThrowIfReadPast(read);
                bytes = _output.Grow(written, StepRoom + 1);
                output = ref MemoryMarshal.GetArrayDataReference(bytes);
                roomEnd = bytes.Length - StepRoom;
            }

            Refill(ref input, ref read, ref bits, ref bitCount);
            uint entry = Look(ref literal, bits, LiteralBits);
            if ((int)entry < 0)
            {
                // Three codes of the first table's length, and a length or distance, are there without another look at the input.
                Put(ref output, ref written, entry, ref bits, ref bitCount);
                entry = Look(ref literal, bits, LiteralBits);
                if ((int)entry < 0)
                {
                    Put(ref output, ref written, entry, ref bits, ref bitCount);
                    entry = Look(ref literal, bits, LiteralBits);
                    if ((int)entry < 0)
                    {
                        Put(ref output, ref written, entry, ref bits, ref bitCount);
                        continue;
                    }
                }
            }

            Consume((int)(entry & 0xFF), ref bits, ref bitCount);
            if ((entry & HuffmanTable.SecondTable) != 0)
            {
                entry = LookFurther(ref literal, entry, bits, LiteralBits);
                if ((int)entry < 0)
                {
                    Put(ref output, ref written, entry, ref bits, ref bitCount);
                    continue;
                }

                Consume((int)(entry & 0xFF), ref bits, ref bitCount);
            }

            if ((entry & HuffmanTable.Exceptional) != 0)
            {
                (_read, _written, _bits, _bitCount) = (read, written, bits, bitCount);
                if ((entry & HuffmanTable.EndOfBlock) != 0)
                    return;

                throw Damaged();
            }

            int length = TakeValue(entry, ref bits, ref bitCount);
            Refill(ref input, ref read, ref bits, ref bitCount);
            int back = TakeDistance(ref distance, DistanceBits, ref bits, ref bitCount);
            if (back == 0 || back > written)
                throw Damaged();

            CopyMatch(ref Unsafe.Add(ref output, written), back, length);
            written += length;
        }
    }

    private void ReadTables()
    {
        int literals = TakeBits(5) + 257;
        int distances = TakeBits(5) + 1;
        int orders = TakeBits(4) + 4;
        if (literals > InflateCodes.MaxLiterals || distances > InflateCodes.MaxDistances)
            throw Damaged();

        Span<byte> orderLengths = stackalloc byte[19];
        orderLengths.Clear();
        foreach (byte symbol in InflateCodes.OrderOfLengths[..orders])
            orderLengths[symbol] = (byte)TakeBits(3);

        _order.Build(orderLengths, mayBeIncomplete: false);
        ReadLengths(literals + distances);
        if (_lengths[256] == 0)
            throw Damaged();

        _literals.Build(_lengths.AsSpan(0, literals), mayBeIncomplete: true);
        _distances.Build(_lengths.AsSpan(literals, distances), mayBeIncomplete: true);
    }

    private void ReadLengths(int count)
    {
        ref byte input = ref MemoryMarshal.GetArrayDataReference(_input);
        (int read, ulong bits, int bitCount) = (_read, _bits, _bitCount);
        Span<byte> lengths = _lengths.AsSpan(0, count);
        for (int at = 0; at < count; )
        {
            if (bitCount < OrderBits + 7)
            {
                Refill(ref input, ref read, ref bits, ref bitCount);
                ThrowIfReadPast(read);
            }

            uint entry = _order.Entries[(int)(bits & ((1 << OrderBits) - 1))];
            Consume((int)(entry & 0xFF), ref bits, ref bitCount);
            int symbol = (int)(entry >> HuffmanTable.ValueShift);
            if (symbol < 16)
            {
                lengths[at++] = (byte)symbol;
                continue;
            }

            (int extra, int least) = symbol switch
            {
                16 => (2, 3),
                17 => (3, 3),
                _ => (7, 11),
            };
            int repeat = least + (int)(bits & ((1UL << extra) - 1));
            Consume(extra, ref bits, ref bitCount);
            if (repeat > count - at || (symbol == 16 && at == 0))
                throw Damaged();

            lengths.Slice(at, repeat).Fill(symbol == 16 ? lengths[at - 1] : (byte)0);
            at += repeat;
        }

        (_read, _bits, _bitCount) = (read, bits, bitCount);
    }

    private void CopyStored()
    {
        _read -= _bitCount >> 3;
        _bits = 0;
        _bitCount = 0;
        if (_read + 4 > _inputLength)
            throw CutShort();

        int length = BinaryPrimitives.ReadUInt16LittleEndian(_input.AsSpan(_read));
        if (length != (ushort)~BinaryPrimitives.ReadUInt16LittleEndian(_input.AsSpan(_read + 2)))
            throw Damaged();

        _read += 4;
        if (_read + length > _inputLength)
            throw CutShort();

        _input.AsSpan(_read, length).CopyTo(_output.Grow(_written, length).AsSpan(_written));
        _read += length;
        _written += length;
    }

    private int TakeBits(int count)
    {
        if (_bitCount < count)
        {
            Refill(ref MemoryMarshal.GetArrayDataReference(_input), ref _read, ref _bits, ref _bitCount);
            ThrowIfReadPast(_read);
        }

        int value = (int)(_bits & ((1UL << count) - 1));
        Consume(count, ref _bits, ref _bitCount);
        return value;
    }

    /// <summary>Stops within the padding.</summary>
    private void ThrowIfReadPast(int read)
    {
        if (read > _inputLength + sizeof(ulong))
            throw CutShort();
    }

    /// <summary>Whether zeros behind the input have been taken for some of it.</summary>
    private void ThrowIfPastEnd()
    {
        if (((long)_read * 8) - _bitCount > (long)_inputLength * 8)
            throw CutShort();
    }

    private static InvalidDataException Damaged() => new("invalid deflate data");

    private static InvalidDataException CutShort() => new("truncated data");
}
