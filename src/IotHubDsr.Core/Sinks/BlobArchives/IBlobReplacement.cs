using Azure;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// The new content of a blob on its way to the service, part by part in the order of the content. Until it is committed the blob is as it
/// was; afterwards it is wholly new. What is never committed is discarded.
/// </summary>
internal interface IBlobReplacement : IAsyncDisposable
{
    /// <summary>From how many bytes on a range that stays is copied within the service; null where everything is uploaded.</summary>
    long? LeastCopy { get; }

    /// <summary>Sends bytes of ours. The block comes from the shared pool and goes back there.</summary>
    Task UploadAsync(byte[] block, int count, CancellationToken cancellationToken);

    /// <summary>Lets the service take a range of the blob itself, if the blob is still the one that was read.</summary>
    /// <exception cref="CopyRefusedException">It does not, or not in a way that can be checked.</exception>
    Task CopyAsync(KeptRange range, CancellationToken cancellationToken);

    /// <summary>Waits until all parts are with the service.</summary>
    Task CompleteAsync();

    /// <summary>Replaces the blob, with its metadata, tags, tier and headers as they were, if it is still the one that was read.</summary>
    /// <param name="md5">Checksum of the new content, where the blob had one; else null.</param>
    /// <param name="cancellationToken">Cancels the call; whether the blob was replaced is then not known.</param>
    /// <returns>The new ETag.</returns>
    Task<ETag> CommitAsync(byte[]? md5, CancellationToken cancellationToken);
}

/// <summary>A range of the present blob that stays, and the checksum of its bytes as they were read.</summary>
internal readonly record struct KeptRange(long Offset, long Length, byte[] Crc64);

/// <summary>The service does not copy within itself for us, or not in a way that can be checked.</summary>
internal sealed class CopyRefusedException(string reason, bool isGeneral, Exception? cause = null) : Exception(reason, cause)
{
    /// <summary>Whether the reason holds for every blob of the container.</summary>
    public bool IsGeneral => isGeneral;
}
