using System.Buffers;
using System.IO.Compression;

namespace IotHubDsr.Archives.Avro;

/// <summary>Avro's deflate: raw RFC 1951, without zlib's header or checksum.</summary>
internal sealed class DeflateCodec(int maxBlockBytes) : AvroCodec
{
    private const int Chunk = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _inflated = new(Chunk);
    private readonly MemoryStream _deflated = new();
    private readonly MemoryReadStream _input = new();

    public override ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> block)
    {
        _input.Reset(block);
        _inflated.ResetWrittenCount();
        using var inflater = new DeflateStream(_input, CompressionMode.Decompress, leaveOpen: true);
        try
        {
            int read;
            while ((read = inflater.Read(_inflated.GetSpan(Chunk))) != 0)
            {
                _inflated.Advance(read);
                if (_inflated.WrittenCount > maxBlockBytes)
                {
                    throw new InvalidDataException($"it inflates to more than {maxBlockBytes} bytes");
                }
            }
        }
        catch (IOException e)
        {
            // The input is memory, so that this is zlib's way to say that it met nonsense.
            throw new InvalidDataException(e.Message, e);
        }

        return _inflated.WrittenMemory;
    }

    public override ReadOnlyMemory<byte> Encode(ReadOnlyMemory<byte> records)
    {
        _deflated.SetLength(0);
        using (var deflater = new DeflateStream(_deflated, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflater.Write(records.Span);
        }

        return _deflated.GetBuffer().AsMemory(0, (int)_deflated.Length);
    }

    public override void Dispose()
    {
        _input.Dispose();
        _deflated.Dispose();
    }
}
