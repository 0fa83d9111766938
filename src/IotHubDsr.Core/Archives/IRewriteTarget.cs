namespace IotHubDsr.Archives;

/// <summary>
/// Where a rewrite puts its result, in order. Source bytes that stay are told apart from new ones, so that a target may copy
/// them where they lie instead of writing them.
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
    public ValueTask KeepAsync(long sourceOffset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        => destination.WriteAsync(bytes, cancellationToken);

    public ValueTask ReplaceAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        => destination.WriteAsync(bytes, cancellationToken);
}
