using System.IO.Compression;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>Avro's deflate: raw RFC 1951, without zlib's header or checksum.</summary>
internal sealed class DeflateCodec(ReadingShare share) : AvroCodec
{
    private readonly Inflater _inflater = new(ReadingBudget.OwnBytes, share);
    private readonly MemoryStream _deflated = new();

    public override ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> block)
    {
        _inflater.MaxBytes = MaxBytes;
        return _inflater.Inflate(block.Span);
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
        _inflater.Dispose();
        _deflated.Dispose();
    }
}
