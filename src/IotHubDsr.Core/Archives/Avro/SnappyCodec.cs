using System.Buffers.Binary;
using System.IO.Hashing;
using IotHubDsr.Core.Foundation;
using Snappier;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>Avro's snappy: one raw Snappy block, and the CRC-32 of what it holds, most significant byte first.</summary>
internal sealed class SnappyCodec(ReadingShare share) : AvroCodec
{
    private const int ChecksumLength = sizeof(uint);

    // The longest copy is 64 bytes and takes 3. A block that claims to be denser need not be given memory to be found out.
    private const int DensestCopy = 64;

    private byte[] _decoded = [];
    private byte[] _encoded = [];

    public override ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> block)
    {
        if (block.Length < ChecksumLength)
            throw new InvalidDataException("it is too short for its checksum");

        ReadOnlySpan<byte> payload = block.Span[..^ChecksumLength];
        int length = Snappy.GetUncompressedLength(payload);
        if (length > (long)payload.Length * DensestCopy)
            throw new InvalidDataException("its stated size is impossible");

        if (length > MaxBytes)
            throw new BlockTooLargeException(MaxBytes);

        if (_decoded.Length < length)
        {
            share.Return(_decoded);
            _decoded = length > ReadingBudget.OwnBytes ? share.Rent(length) : new byte[length];
        }

        Memory<byte> decoded = _decoded.AsMemory(0, Snappy.Decompress(payload, _decoded));
        return Crc32.HashToUInt32(decoded.Span) == BinaryPrimitives.ReadUInt32BigEndian(block.Span[^ChecksumLength..])
            ? decoded
            : throw new InvalidDataException("its checksum does not match");
    }

    public override ReadOnlyMemory<byte> Encode(ReadOnlyMemory<byte> records)
    {
        int most = Snappy.GetMaxCompressedLength(records.Length) + ChecksumLength;
        _encoded = _encoded.Length < most ? new byte[most] : _encoded;
        int length = Snappy.Compress(records.Span, _encoded);
        BinaryPrimitives.WriteUInt32BigEndian(_encoded.AsSpan(length), Crc32.HashToUInt32(records.Span));
        return _encoded.AsMemory(0, length + ChecksumLength);
    }

    public override void Dispose()
    {
        share.Return(_decoded);
        _decoded = [];
    }
}
