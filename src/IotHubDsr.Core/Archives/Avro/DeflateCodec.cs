using System.IO.Compression;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>Avro's deflate: raw RFC 1951, without zlib's header or checksum.</summary>
internal sealed class DeflateCodec(ReadingShare share) : AvroCodec
{
    // What a read is given at least. It is also asked for beyond the limit, so that one byte too many shows.
    private const int Room = 16 * 1024;

    private readonly InflatedBlock _inflated = new(share);
    private readonly MemoryStream _deflated = new();

    public override ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> block)
    {
        _inflated.MaxBytes = MaxBytes;
        using var payload = new PayloadStream(block);
        using var inflate = new DeflateStream(payload, CompressionMode.Decompress);
        int length = 0;
        while (inflate.Read(_inflated.Grow(length, Room).AsSpan(length)) is > 0 and var read)
            length += read;

        // Writers that deflate nothing write nothing.
        if (payload.IsOverdrawn && !block.IsEmpty)
            throw new InvalidDataException("it is truncated");

        return _inflated.Take(length);
    }

    public override ReadOnlyMemory<byte> Encode(ReadOnlyMemory<byte> records)
    {
        _deflated.SetLength(0);
        using (var deflater = new DeflateStream(_deflated, CompressionLevel.Optimal, leaveOpen: true))
            deflater.Write(records.Span);

        return _deflated.GetBuffer().AsMemory(0, (int)_deflated.Length);
    }

    public override void Dispose()
    {
        _inflated.Dispose();
        _deflated.Dispose();
    }

    /// <summary>
    /// A block's bytes. The runtime takes data that breaks off for what is there of it: it shows only by its asking for more, which it does
    /// not do once it has come to the end of the deflated data.
    /// </summary>
    private sealed class PayloadStream(ReadOnlyMemory<byte> payload) : ReadOnlyStream
    {
        private ReadOnlyMemory<byte> _rest = payload;

        public bool IsOverdrawn { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            IsOverdrawn |= _rest.IsEmpty;
            int read = Math.Min(buffer.Length, _rest.Length);
            _rest.Span[..read].CopyTo(buffer);
            _rest = _rest[read..];
            return read;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span));
    }
}
