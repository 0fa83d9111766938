using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>How a file compresses its blocks. An instance serves one walk: results are valid until its next call.</summary>
internal abstract class AvroCodec : IDisposable
{
    /// <summary>True if blocks are not compressed, so that a position in one is a position in the file.</summary>
    public virtual bool IsIdentity => false;

    /// <summary>
    /// The most bytes that a block may inflate to. It can be raised, after which a block that was too large is decoded again.
    /// </summary>
    public int MaxBytes { get; set; } = ReadingBudget.OwnBytes;

    /// <param name="name">Name of the codec, as files give it.</param>
    /// <param name="share">What the reader of the file takes of the memory for large blocks.</param>
    public static AvroCodec? ForName(string name, ReadingShare share) =>
        name switch
        {
            "null" => new IdentityCodec(),
            "deflate" => new DeflateCodec(share),
            "snappy" => new SnappyCodec(share),
            "zstandard" => new ZstandardCodec(share),
            _ => null,
        };

    /// <exception cref="BlockTooLargeException">The block inflates beyond the limit.</exception>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public abstract ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> block);

    public abstract ReadOnlyMemory<byte> Encode(ReadOnlyMemory<byte> records);

    public abstract void Dispose();
}

/// <summary>A block inflates to more bytes than it may.</summary>
internal sealed class BlockTooLargeException(int maxBytes) : Exception($"it inflates to more than {maxBytes} bytes");

internal sealed class IdentityCodec : AvroCodec
{
    public override bool IsIdentity => true;

    public override ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> block) => block;

    public override ReadOnlyMemory<byte> Encode(ReadOnlyMemory<byte> records) => records;

    public override void Dispose() { }
}
