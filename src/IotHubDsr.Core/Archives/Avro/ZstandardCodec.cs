using System.Buffers;
using IotHubDsr.Core.Foundation;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>Avro's zstandard: frames, whose headers need not say how long their content is.</summary>
internal sealed class ZstandardCodec : AvroCodec
{
    private const int Room = 64 * 1024;

    /// <summary>A frame can ask for a window of any size: 8 MiB is what decoders are asked to have (RFC 8878, 3.1.1.1.2).</summary>
    public const int MaxWindowLog = 23;

    private readonly InflatedBlock _decoded;
    private readonly Decompressor _decompressor = new();
    private Compressor? _compressor;
    private byte[] _encoded = [];

    public ZstandardCodec(ReadingShare share)
    {
        _decoded = new InflatedBlock(share);
        _decompressor.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
    }

    public override ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> block)
    {
        _decoded.MaxBytes = MaxBytes;
        ReadOnlySpan<byte> rest = block.Span;
        int length = 0;
        try
        {
            _decompressor.ResetStream();
            while (true)
            {
                Span<byte> room = _decoded.Grow(length, Room).AsSpan(length);
                OperationStatus status = _decompressor.UnwrapStream(rest, room, out int used, out int written);
                rest = rest[used..];
                length += written;
                if (status is OperationStatus.Done && rest.IsEmpty)
                    return _decoded.Take(length);

                if (used == 0 && written == 0)
                    throw new InvalidDataException("it is truncated or damaged");
            }
        }
        catch (ZstdException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    public override ReadOnlyMemory<byte> Encode(ReadOnlyMemory<byte> records)
    {
        int most = Compressor.GetCompressBound(records.Length);
        _encoded = _encoded.Length < most ? new byte[most] : _encoded;
        return _encoded.AsMemory(0, (_compressor ??= new Compressor()).Wrap(records.Span, _encoded));
    }

    public override void Dispose()
    {
        _decoded.Dispose();
        _decompressor.Dispose();
        _compressor?.Dispose();
    }
}
