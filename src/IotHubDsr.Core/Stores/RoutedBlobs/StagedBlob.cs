using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Archives;

namespace IotHubDsr.Stores.RoutedBlobs;

/// <summary>
/// The new content of a blob as uncommitted blocks. Every byte that is staged is also read by a second, independent walk over the file,
/// so that what the blocks hold is known before they are committed. Blocks that are never committed are dropped by the service.
/// </summary>
internal sealed class StagedBlob(BlockBlobClient blob, BlobProperties before) : IRewriteTarget, IAsyncDisposable
{
    private const int BlockSize = 4 * 1024 * 1024;
    private static readonly SubjectIndex Nobody = new([]);

    private readonly List<string> _blockIds = [];
    private readonly Pipe _copy = new(new PipeOptions(pauseWriterThreshold: 1024 * 1024, resumeWriterThreshold: 512 * 1024));
    private readonly IncrementalHash? _md5 = before.ContentHash is { Length: > 0 } ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
    private byte[] _block = ArrayPool<byte>.Shared.Rent(BlockSize);
    private int _filled;
    private int _idLength = BlockIds.PreferredLength;
    private Task<ArchiveScan>? _check;

    /// <summary>Lets a rewrite write its result into blocks.</summary>
    public async Task<ArchiveRewrite> StageAsync(Func<IRewriteTarget, Task<ArchiveRewrite>> rewrite, CancellationToken cancellationToken)
    {
        _idLength = await BlockIds.LengthForAsync(blob, cancellationToken).ConfigureAwait(false);
        _check = CheckAsync(cancellationToken);
        try
        {
            ArchiveRewrite result = await rewrite(this).ConfigureAwait(false);
            await FlushAsync(cancellationToken).ConfigureAwait(false);
            return result;
        }
        finally
        {
            await _copy.Writer.CompleteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Compares what was staged with what must stay: kept + removed = read, and the same bytes.</summary>
    public async Task VerifyAsync(string place, ArchiveRewrite rewrite)
    {
        ArchiveScan staged;
        try
        {
            staged = await _check!.ConfigureAwait(false);
        }
        catch (ArchiveFormatException broken)
        {
            throw FaultCatalogue.RewriteMismatch.Exception(place, $"the new form cannot be read. {broken.Message}");
        }

        if (staged.RecordsRead + rewrite.RecordsRemoved != rewrite.RecordsRead || staged.Digest != rewrite.KeptDigest)
        {
            throw FaultCatalogue.RewriteMismatch.Exception(
                place, $"it would hold {staged.RecordsRead} records where {rewrite.RecordsKept} must stay, or not the same bytes; nothing was changed.");
        }
    }

    /// <summary>Replaces the blob if it is still the one that was read.</summary>
    /// <returns>The new ETag.</returns>
    public async Task<ETag> CommitAsync(CancellationToken cancellationToken)
    {
        var options = new CommitBlockListOptions
        {
            Conditions = new BlobRequestConditions { IfMatch = before.ETag },
            Metadata = before.Metadata,
            Tags = await ReadTagsAsync(cancellationToken).ConfigureAwait(false),
            AccessTier = before.AccessTierInferred || before.AccessTier is null ? (AccessTier?)null : new AccessTier(before.AccessTier),
            HttpHeaders = new BlobHttpHeaders
            {
                CacheControl = before.CacheControl,
                ContentDisposition = before.ContentDisposition,
                ContentEncoding = before.ContentEncoding,
                ContentHash = _md5?.GetHashAndReset(),
                ContentLanguage = before.ContentLanguage,
                ContentType = before.ContentType,
            },
        };
        BlobContentInfo committed = await Encrypted().CommitBlockListAsync(_blockIds, options, cancellationToken).ConfigureAwait(false);
        return committed.ETag;
    }

    public ValueTask KeepAsync(long sourceOffset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        ReplaceAsync(bytes, cancellationToken);

    public async ValueTask ReplaceAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        // A reader that has given up takes nothing more; its failure is reported when the copies are compared.
        await _copy.Writer.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        _md5?.AppendData(bytes.Span);
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, BlockSize - _filled);
            bytes[..count].CopyTo(_block.AsMemory(_filled));
            _filled += count;
            bytes = bytes[count..];
            if (_filled == BlockSize)
                await FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _copy.Writer.CompleteAsync().ConfigureAwait(false);
        if (_check is not null)
            await ((Task)_check).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _md5?.Dispose();
        ArrayPool<byte>.Shared.Return(_block);
        _block = [];
    }

    private async Task<ArchiveScan> CheckAsync(CancellationToken cancellationToken)
    {
        // Closing the stream lets a writer that is ahead go on when the walk has failed.
        await using Stream copy = _copy.Reader.AsStream();
        return await ArchiveFormats.ScanAsync(copy, new ScanRequest(Nobody, WithDigest: true), cancellationToken).ConfigureAwait(false);
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_filled == 0)
            return;
        string id = BlockIds.Next(_idLength);
        using var content = new MemoryStream(_block, 0, _filled, writable: false);
        await Encrypted().StageBlockAsync(id, content, cancellationToken: cancellationToken).ConfigureAwait(false);
        _blockIds.Add(id);
        _filled = 0;
    }

    private BlockBlobClient Encrypted() => before.EncryptionScope is { Length: > 0 } scope ? blob.WithEncryptionScope(scope) : blob;

    private async Task<IDictionary<string, string>?> ReadTagsAsync(CancellationToken cancellationToken)
    {
        if (before.TagCount == 0)
            return null;
        GetBlobTagResult tags = await blob.GetTagsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return tags.Tags;
    }
}
