using System.Buffers;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// The new content of a blob while a rewrite puts it together. What stays of the present content is copied within the service, range by
/// range, and only what is new is uploaded, together with pieces too short to be worth a copy. Where copies are not to be had, everything
/// is uploaded.
/// </summary>
internal sealed class StagedBlob : IRewriteTarget, IAsyncDisposable
{
    private const int BlockSize = 4 * 1024 * 1024;

    private readonly IBlobReplacement _replacement;
    private readonly RewriteCheck _check;
    private readonly IncrementalHash? _md5;
    private readonly long? _leastCopy;

    private byte[]? _block;
    private int _filled;
    private KeptRun? _run;

    /// <param name="replacement">Takes the new content to the service.</param>
    /// <param name="before">The blob as it was read.</param>
    /// <param name="share">What the rewrite and the check that goes along take of the memory for large records.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public StagedBlob(IBlobReplacement replacement, BlobProperties before, ReadingShare share, CancellationToken cancellationToken)
    {
        _replacement = replacement;
        _check = new RewriteCheck(share, cancellationToken);
        _md5 = before.ContentHash is { Length: > 0 } ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
        _leastCopy = replacement.LeastCopy;
    }

    /// <summary>Lets a rewrite write its result into blocks, and stages what is left when it has removed anything.</summary>
    public async Task<ArchiveRewrite> StageAsync(Func<IRewriteTarget, Task<ArchiveRewrite>> rewrite, CancellationToken cancellationToken)
    {
        ArchiveRewrite result = await rewrite(this);
        if (result.RecordsRemoved > 0)
        {
            await EndRunAsync(cancellationToken);
            await FlushAsync(_filled, cancellationToken);
            await _replacement.CompleteAsync();
        }

        return result;
    }

    /// <inheritdoc cref="RewriteCheck.VerifyAsync"/>
    public Task VerifyAsync(string place, ArchiveRewrite rewrite) => _check.VerifyAsync(place, rewrite);

    /// <summary>Replaces the blob if it is still the one that was read.</summary>
    /// <returns>The new ETag.</returns>
    public Task<ETag> CommitAsync(CancellationToken cancellationToken) =>
        _replacement.CommitAsync(_md5?.GetHashAndReset(), cancellationToken);

    public async ValueTask KeepAsync(long sourceOffset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await ObserveAsync(bytes, cancellationToken);
        if (_leastCopy is not { } leastCopy)
        {
            await BufferAsync(bytes, cancellationToken);
            return;
        }

        if (sourceOffset != (_run?.End ?? 0))
            await EndRunAsync(cancellationToken);
        if (_run is null)
            await BeginRunAsync(sourceOffset, leastCopy, cancellationToken);

        // A run that may still end too short to be copied waits in the block.
        long before = _run!.Length;
        _run.Append(bytes.Span);
        if (_run.Length < leastCopy)
            Buffer(bytes);
        else if (before < leastCopy)
            _filled -= (int)before;
    }

    public async ValueTask ReplaceAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await ObserveAsync(bytes, cancellationToken);
        await EndRunAsync(cancellationToken);
        await BufferAsync(bytes, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _replacement.DisposeAsync();
        await _check.DisposeAsync();
        _md5?.Dispose();
        if (_block is not null)
            ArrayPool<byte>.Shared.Return(_block);
        _block = null;
    }

    private async ValueTask ObserveAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _check.WriteAsync(bytes, cancellationToken);
        _md5?.AppendData(bytes.Span);
    }

    private async ValueTask BeginRunAsync(long sourceOffset, long leastCopy, CancellationToken cancellationToken)
    {
        if (_filled > BlockSize - leastCopy)
            await FlushAsync(_filled, cancellationToken);
        _run = new KeptRun(sourceOffset);
    }

    /// <summary>
    /// The blob changes here: what was kept up to here is staged, unless it is so short that it waits in the block already.
    /// </summary>
    private async ValueTask EndRunAsync(CancellationToken cancellationToken)
    {
        if (_run is { } run && run.Length >= _leastCopy)
        {
            await FlushAsync(_filled, cancellationToken);
            foreach (KeptRange range in run.ToRanges())
                await _replacement.CopyAsync(range, cancellationToken);
        }

        _run = null;
    }

    private async ValueTask BufferAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, BlockSize - _filled);
            Buffer(bytes[..count]);
            bytes = bytes[count..];
            if (_filled == BlockSize)
                await FlushAsync(_filled, cancellationToken);
        }
    }

    private void Buffer(ReadOnlyMemory<byte> bytes)
    {
        _block ??= ArrayPool<byte>.Shared.Rent(BlockSize);
        bytes.CopyTo(_block.AsMemory(_filled));
        _filled += bytes.Length;
    }

    private async ValueTask FlushAsync(int count, CancellationToken cancellationToken)
    {
        if (count == 0)
            return;
        byte[] block = _block!;
        (_block, _filled) = (null, 0);
        await _replacement.UploadAsync(block, count, cancellationToken);
    }
}
