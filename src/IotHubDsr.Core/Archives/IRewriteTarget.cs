using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Archives;

/// <summary>
/// Where a rewrite puts its result, in order. Source bytes that stay are distinguished from new ones, so that a target may copy them where
/// they lie instead of writing them.
/// </summary>
internal interface IRewriteTarget
{
    /// <summary>The next bytes of the result are those of the source at this offset.</summary>
    ValueTask KeepAsync(long sourceOffset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>The next bytes of the result are these, which the source does not have.</summary>
    ValueTask ReplaceAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);
}

/// <summary>Writes the whole result to a stream.</summary>
internal sealed class StreamTarget(Stream destination) : IRewriteTarget
{
    public ValueTask KeepAsync(long sourceOffset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        destination.WriteAsync(bytes, cancellationToken);

    public ValueTask ReplaceAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        destination.WriteAsync(bytes, cancellationToken);
}

/// <summary>Compresses the whole result, of which then nothing stands in the source.</summary>
internal sealed class EncodingTarget : IRewriteTarget, IAsyncDisposable
{
    private readonly EncodedStream _encoded;
    private readonly Stream _encoder;

    public EncodingTarget(IRewriteTarget target, ContentCoding coding)
    {
        _encoded = new EncodedStream(target);
        _encoder = coding.Encode(_encoded);
    }

    /// <summary>Bytes of the compressed result; all of them when this is disposed.</summary>
    public long BytesWritten => _encoded.BytesWritten;

    public ValueTask KeepAsync(long sourceOffset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _encoder.WriteAsync(bytes, cancellationToken);

    public ValueTask ReplaceAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _encoder.WriteAsync(bytes, cancellationToken);

    public ValueTask DisposeAsync() => _encoder.DisposeAsync();

    private sealed class EncodedStream(IRewriteTarget target) : WriteOnlyStream
    {
        public long BytesWritten { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            BytesWritten += buffer.Length;
            return target.ReplaceAsync(buffer, cancellationToken);
        }

        public override void Write(ReadOnlySpan<byte> buffer) => throw new NotSupportedException();

        protected override void OnClose()
        {
            // What is written is on its way.
        }
    }
}
