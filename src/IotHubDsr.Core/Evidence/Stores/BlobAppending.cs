using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>Adds to append blobs so that a writer that has lost its lease is refused, and lines that are sent twice are there once.</summary>
internal static class BlobAppending
{
    /// <param name="blob">The blob.</param>
    /// <param name="leaseId">The lease of the writer.</param>
    /// <param name="position">The length of the blob, as the writer knows it.</param>
    /// <param name="lines">What is added.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RequestFailedException">The lease is lost, the blob is longer, or the service did not answer.</exception>
    public static async Task AddAsync(
        AppendBlobClient blob,
        string leaseId,
        long position,
        ReadOnlyMemory<byte> lines,
        CancellationToken cancellationToken
    )
    {
        using var content = new MemoryStream(lines.ToArray(), writable: false);
        var conditions = new AppendBlobRequestConditions { LeaseId = leaseId, IfAppendPositionEqual = position };
        try
        {
            await blob.AppendBlockAsync(content, new AppendBlobAppendBlockOptions { Conditions = conditions }, cancellationToken);
        }
        catch (RequestFailedException moved) when (moved.ErrorCode == "AppendPositionConditionNotMet")
        {
            if (!await HoldsAsync(blob, position, lines, cancellationToken))
                throw;
        }
    }

    /// <exception cref="IOException">The blob is not as long as what was written.</exception>
    public static async Task RequireLengthAsync(AppendBlobClient blob, string leaseId, long length, CancellationToken cancellationToken)
    {
        BlobProperties properties = await blob.GetPropertiesAsync(new BlobRequestConditions { LeaseId = leaseId }, cancellationToken);
        if (properties.ContentLength != length)
            throw new IOException($"The journal {blob.Uri} has {properties.ContentLength} bytes where {length} were written.");
    }

    /// <summary>Whether an addition whose answer was lost had been made.</summary>
    private static async Task<bool> HoldsAsync(
        AppendBlobClient blob,
        long position,
        ReadOnlyMemory<byte> lines,
        CancellationToken cancellationToken
    )
    {
        var options = new BlobDownloadOptions { Range = new HttpRange(position) };
        BlobDownloadResult tail = await blob.DownloadContentAsync(options, cancellationToken);
        return tail.Content.ToMemory().Span.SequenceEqual(lines.Span);
    }
}
