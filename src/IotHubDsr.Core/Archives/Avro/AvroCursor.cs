using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>Walks Avro values in the buffer they lie in. Whatever is impossible ends in a located fault, never past the buffer.</summary>
/// <param name="bytes">A block's payload, inflated.</param>
/// <param name="origin">Offset in the file of the first byte; of the block, when it was inflated.</param>
/// <param name="inflated">Whether positions in the buffer are no longer positions in the file.</param>
internal ref struct AvroCursor(ReadOnlySpan<byte> bytes, long origin, bool inflated)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    /// <summary>Goes on where another walk has got to.</summary>
    public void MoveTo(int position) => Position = position;

    public readonly bool AtEnd => Position == _bytes.Length;

    public readonly ReadOnlySpan<byte> Since(int start) => _bytes[start..Position];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadLong()
    {
        if ((uint)Position < (uint)_bytes.Length)
        {
            int first = _bytes[Position];
            if (first < 0x80)
            {
                Position++;
                return (first >> 1) ^ -(first & 1);
            }
        }

        return ReadLongerLong();
    }

    /// <summary>Reads a text or bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> ReadBytes() => Read(ReadLong());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Read(long length)
    {
        if ((ulong)length > (ulong)(_bytes.Length - Position))
            Fail("a length is negative or runs past its block");

        ReadOnlySpan<byte> value = _bytes.Slice(Position, (int)length);
        Position += (int)length;
        return value;
    }

    /// <summary>
    /// Starts the next block of an array or map. The byte size that a negative count brings is checked against what the items
    /// take, rather than trusted: readers that ignore it must see the same records as those that use it.
    /// </summary>
    /// <returns>The number of items, 0 at the end of the array or map; <paramref name="end"/> is -1 where no size is given.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadItemCount(out int end)
    {
        end = -1;
        long count = ReadLong();
        return count >= 0 ? count : ReadSizedItemCount(count, out end);
    }

    public readonly void EndItems(int end)
    {
        if (end >= 0 && end != Position)
            Fail("the items do not have the size that their block states");
    }

    public AvroType ReadBranch(AvroType union)
    {
        long index = ReadLong();
        if ((ulong)index >= (ulong)union.Branches.Length)
            Fail("a union has no such branch");

        return union.Branches[index];
    }

    [DoesNotReturn]
    public readonly void Fail(string detail) =>
        throw new ArchiveFormatException(
            ArchiveFault.BadRecord,
            inflated ? origin : origin + Position,
            inflated ? $"in the compressed block there, {detail}" : detail
        );

    private long ReadSizedItemCount(long negativeCount, out int end)
    {
        long size = ReadLong();
        if (negativeCount == long.MinValue || (ulong)size > (ulong)(_bytes.Length - Position))
            Fail("the size of a block of items is negative or runs past its block");

        end = Position + (int)size;
        return -negativeCount;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long ReadLongerLong()
    {
        int used = AvroVarint.Read(_bytes[Position..], out long value);
        if (used <= 0)
            Fail(used == 0 ? "a number runs past its block" : "a number has more than 64 bits");

        Position += used;
        return value;
    }
}
