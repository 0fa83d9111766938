namespace IotHubDsr.Archives.Avro;

/// <summary>How a file compresses its blocks. An instance serves one walk: results are valid until its next call.</summary>
internal abstract class AvroCodec : IDisposable
{
    /// <summary>True if blocks are not compressed, so that a position in one is a position in the file.</summary>
    public virtual bool IsIdentity => false;

    public static AvroCodec? ForName(string name, int maxBlockBytes) => name switch
    {
        "null" => new IdentityCodec(),
        "deflate" => new DeflateCodec(maxBlockBytes),
        "snappy" => new SnappyCodec(maxBlockBytes),
        "zstandard" => new ZstandardCodec(maxBlockBytes),
        _ => null,
    };

    /// <exception cref="InvalidDataException">The block is damaged or inflates beyond the limit.</exception>
    public abstract ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> block);

    public abstract ReadOnlyMemory<byte> Encode(ReadOnlyMemory<byte> records);

    public abstract void Dispose();
}

internal sealed class IdentityCodec : AvroCodec
{
    public override bool IsIdentity => true;

    public override ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> block) => block;

    public override ReadOnlyMemory<byte> Encode(ReadOnlyMemory<byte> records) => records;

    public override void Dispose()
    {
    }
}
