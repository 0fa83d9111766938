using System.Buffers.Binary;
using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Sandbox.Storage.Rest;

/// <summary>
/// The framing in which the SDKs send and ask for content with a CRC-64 for each segment (<c>XSM/1.0; properties=crc64</c>):
/// version (1 byte), total length (8), flags (2), segment count (2); then for each segment its number (2), length (8), bytes and
/// CRC (8); then the CRC of the whole (8). Little-endian.
/// </summary>
internal static class StructuredMessage
{
    public const string Header = "x-ms-structured-body";
    public const string LengthHeader = "x-ms-structured-content-length";
    public const string Crc64Properties = "XSM/1.0; properties=crc64";

    private const int HeaderSize = 13;
    private const int SegmentHeaderSize = 10;
    private const int CrcSize = 8;
    private const ushort CrcFlag = 1;
    private const long SegmentLength = 4 * 1024 * 1024;

    /// <summary>The content without its frame; shares the body's memory.</summary>
    public static BlobContent Decode(ReadOnlyMemory<byte> body, string properties, long? contentLength)
    {
        if (!string.Equals(properties, Crc64Properties, StringComparison.OrdinalIgnoreCase))
            throw StorageErrors.InvalidHeader(Header, properties);

        var reader = new Reader(body);
        byte version = reader.Take(1).Span[0];
        long total = (long)BinaryPrimitives.ReadUInt64LittleEndian(reader.Take(8).Span);
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(reader.Take(2).Span);
        ushort count = BinaryPrimitives.ReadUInt16LittleEndian(reader.Take(2).Span);
        if (version != 1 || total != body.Length || flags != CrcFlag)
            throw new StorageException(StorageErrors.InvalidBlobOrBlock);

        var segments = new List<BlobContent>(count);
        for (int number = 1; number <= count; number++)
            segments.Add(reader.TakeSegment(number));

        var content = BlobContent.Concat(segments);
        RequireCrc(content, reader.Take(CrcSize).Span);
        return content.Length == contentLength ? content : throw new StorageException(StorageErrors.InvalidBlobOrBlock);
    }

    public static BlobContent Encode(BlobContent content)
    {
        int count = (int)((content.Length + SegmentLength - 1) / SegmentLength);
        long total = HeaderSize + content.Length + (count * (long)(SegmentHeaderSize + CrcSize)) + CrcSize;
        byte[] header = new byte[HeaderSize];
        header[0] = 1;
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(1), (ulong)total);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(9), CrcFlag);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(11), (ushort)count);
        var parts = new List<BlobContent> { BlobContent.Of(header) };
        for (int i = 0; i < count; i++)
        {
            long offset = i * SegmentLength;
            BlobContent segment = content.Slice(offset, Math.Min(SegmentLength, content.Length - offset));
            byte[] segmentHeader = new byte[SegmentHeaderSize];
            BinaryPrimitives.WriteUInt16LittleEndian(segmentHeader, (ushort)(i + 1));
            BinaryPrimitives.WriteUInt64LittleEndian(segmentHeader.AsSpan(2), (ulong)segment.Length);
            parts.AddRange([BlobContent.Of(segmentHeader), segment, BlobContent.Of(Checksums.Crc64(segment))]);
        }

        parts.Add(BlobContent.Of(Checksums.Crc64(content)));
        return BlobContent.Concat(parts);
    }

    private static void RequireCrc(BlobContent content, ReadOnlySpan<byte> expected)
    {
        if (!expected.SequenceEqual(Checksums.Crc64(content)))
            throw new StorageException(StorageErrors.Crc64Mismatch);
    }

    private sealed class Reader(ReadOnlyMemory<byte> body)
    {
        private int _at;

        public ReadOnlyMemory<byte> Take(long length)
        {
            if (length < 0 || length > body.Length - _at)
                throw new StorageException(StorageErrors.InvalidBlobOrBlock);

            ReadOnlyMemory<byte> taken = body.Slice(_at, (int)length);
            _at += (int)length;
            return taken;
        }

        public BlobContent TakeSegment(int expectedNumber)
        {
            ushort number = BinaryPrimitives.ReadUInt16LittleEndian(Take(2).Span);
            long length = (long)BinaryPrimitives.ReadUInt64LittleEndian(Take(8).Span);
            if (number != expectedNumber)
                throw new StorageException(StorageErrors.InvalidBlobOrBlock);

            var content = BlobContent.Of(Take(length));
            RequireCrc(content, Take(CrcSize).Span);
            return content;
        }
    }
}
