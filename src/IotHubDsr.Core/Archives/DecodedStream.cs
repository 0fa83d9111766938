using System.Buffers.Binary;
using System.IO.Hashing;
using IotHubDsr.Core.Foundation;
using ZstdSharp;

namespace IotHubDsr.Core.Archives;

/// <summary>
/// The content of a compressed file. A decoder may take a file that breaks off, or has something behind its end, for a whole one; a gzip
/// file is therefore held against the checksum and the length in its last bytes. One of several members is not read.
/// </summary>
internal sealed class DecodedStream : ReadOnlyStream
{
    private readonly FileStream _file;
    private readonly Stream _decoder;
    private readonly Crc32? _checksum;
    private uint _length;

    public DecodedStream(ArchiveSource source, Func<Stream, Stream> open, bool isGzip)
    {
        _file = new FileStream(source);
        _decoder = open(_file);
        _checksum = isGzip ? new Crc32() : null;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await DecodeAsync(buffer, cancellationToken);
        _checksum?.Append(buffer.Span[..read]);
        unchecked
        {
            _length += (uint)read;
        }

        if (read == 0 && buffer.Length > 0)
            await CheckEndAsync(cancellationToken);

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _decoder.Dispose();

        base.Dispose(disposing);
    }

    private async ValueTask<int> DecodeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _decoder.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ZstdException)
        {
            throw Damaged("its compressed content is damaged or truncated", e);
        }
    }

    private async ValueTask CheckEndAsync(CancellationToken cancellationToken)
    {
        await _file.SkipToEndAsync(cancellationToken);
        if (_checksum is not null && _file.Trailer != (_checksum.GetCurrentHashAsUInt32() | ((ulong)_length << 32)))
            throw Damaged("its gzip content is damaged, truncated, or has several members", inner: null);
    }

    private ArchiveFormatException Damaged(string detail, Exception? inner) => new(ArchiveFault.BadEncoding, _file.Offset, detail, inner);

    /// <summary>The bytes of the file, the last of which are remembered.</summary>
    private sealed class FileStream(ArchiveSource source) : ReadOnlyStream
    {
        private readonly byte[] _last = new byte[sizeof(ulong)];

        public long Offset => source.Offset;

        public ulong Trailer => BinaryPrimitives.ReadUInt64LittleEndian(_last);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (buffer.Length == 0 || !await source.FillAsync(1, cancellationToken))
                return 0;

            int read = Math.Min(buffer.Length, source.Unread.Length);
            source.Unread[..read].CopyTo(buffer);
            Take(read);
            return read;
        }

        public async ValueTask SkipToEndAsync(CancellationToken cancellationToken)
        {
            while (await source.FillAsync(1, cancellationToken))
                Take(source.Unread.Length);
        }

        private void Take(int count)
        {
            int kept = Math.Max(0, _last.Length - count);
            _last.AsSpan(_last.Length - kept).CopyTo(_last);
            source.Unread.Span[Math.Max(0, count - _last.Length)..count].CopyTo(_last.AsSpan(kept));
            source.Take(count);
        }
    }
}
