using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace IotHubDsr.Core.Sinks.BlobIndexes;

/// <summary>One entry: the devices that a content of a blob names.</summary>
/// <param name="Content">The content, see <see cref="IndexKey.Content"/>.</param>
/// <param name="Count">How many device IDs are in the set.</param>
/// <param name="Set">A <see cref="GolombSet"/> of them.</param>
internal readonly record struct IndexEntry(UInt128 Content, int Count, ReadOnlyMemory<byte> Set)
{
    public bool HoldsAny(ReadOnlySpan<ulong> sorted) => GolombSet.HoldsAny(Set.Span, Count, sorted);
}

/// <summary>
/// A file with entries of one place, sealed with the key: one that is damaged, cut short, of another key or of another version of this
/// format is no pack, and the blobs that it was about are read.
/// </summary>
internal sealed class IndexPack
{
    /// <summary>Where a pack ends, and the next one begins.</summary>
    public const int GoodLength = 1024 * 1024;

    private const int ContentLength = 16;
    private const int HeadLength = 4 + IndexKey.TagLength + IndexKey.TagLength + sizeof(long) + sizeof(int);
    private const int EntryHeadLength = ContentLength + sizeof(int) + sizeof(int);

    private IndexPack(DateTimeOffset readAt, List<IndexEntry> entries) => (ReadAt, Entries) = (readAt, entries);

    private static ReadOnlySpan<byte> Magic => "DSI1"u8;

    /// <summary>When the reading began that made the entries.</summary>
    public DateTimeOffset ReadAt { get; }

    public IReadOnlyList<IndexEntry> Entries { get; }

    /// <summary>Reads a pack; null if it is none of this key and place.</summary>
    public static IndexPack? TryRead(ReadOnlyMemory<byte> file, IndexKey key, ReadOnlySpan<byte> place)
    {
        if (file.Length < HeadLength + HMACSHA256.HashSizeInBytes)
            return null;
        ReadOnlyMemory<byte> content = file[..^HMACSHA256.HashSizeInBytes];
        Span<byte> seal = stackalloc byte[HMACSHA256.HashSizeInBytes];
        key.Seal(content.Span, seal);
        ReadOnlySpan<byte> head = content.Span[..HeadLength];
        if (
            !seal.SequenceEqual(file.Span[^HMACSHA256.HashSizeInBytes..])
            || !head.StartsWith(Magic)
            || !head.Slice(Magic.Length, IndexKey.TagLength).SequenceEqual(key.Mark)
            || !head.Slice(Magic.Length + IndexKey.TagLength, IndexKey.TagLength).SequenceEqual(place)
        )
        {
            return null;
        }

        var readAt = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(head[^12..]));
        int count = BinaryPrimitives.ReadInt32LittleEndian(head[^4..]);
        var entries = new List<IndexEntry>(count);
        for (int at = HeadLength; entries.Count < count; )
        {
            ReadOnlySpan<byte> entry = content.Span[at..];
            int set = BinaryPrimitives.ReadInt32LittleEndian(entry[(ContentLength + sizeof(int))..]);
            entries.Add(
                new IndexEntry(
                    BinaryPrimitives.ReadUInt128BigEndian(entry),
                    BinaryPrimitives.ReadInt32LittleEndian(entry[ContentLength..]),
                    content.Slice(at + EntryHeadLength, set)
                )
            );
            at += EntryHeadLength + set;
        }

        return new IndexPack(readAt, entries);
    }

    /// <summary>Entries of one place and one reading, until they are a pack.</summary>
    internal sealed class Writer(IndexKey key, byte[] place, DateTimeOffset readAt)
    {
        private readonly ArrayBufferWriter<byte> _entries = new();

        public DateTimeOffset ReadAt => readAt;

        public int Count { get; private set; }

        public bool IsFull => _entries.WrittenCount >= GoodLength;

        public void Add(in IndexEntry entry)
        {
            Span<byte> bytes = _entries.GetSpan(EntryHeadLength + entry.Set.Length);
            BinaryPrimitives.WriteUInt128BigEndian(bytes, entry.Content);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[ContentLength..], entry.Count);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[(ContentLength + sizeof(int))..], entry.Set.Length);
            entry.Set.Span.CopyTo(bytes[EntryHeadLength..]);
            _entries.Advance(EntryHeadLength + entry.Set.Length);
            Count++;
        }

        public byte[] ToFile()
        {
            byte[] file = new byte[HeadLength + _entries.WrittenCount + HMACSHA256.HashSizeInBytes];
            Magic.CopyTo(file);
            key.Mark.CopyTo(file.AsSpan(Magic.Length));
            place.CopyTo(file.AsSpan(Magic.Length + IndexKey.TagLength));
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(HeadLength - 12), readAt.ToUnixTimeMilliseconds());
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(HeadLength - 4), Count);
            _entries.WrittenSpan.CopyTo(file.AsSpan(HeadLength));
            key.Seal(file.AsSpan(..^HMACSHA256.HashSizeInBytes), file.AsSpan(file.Length - HMACSHA256.HashSizeInBytes));
            return file;
        }
    }
}
