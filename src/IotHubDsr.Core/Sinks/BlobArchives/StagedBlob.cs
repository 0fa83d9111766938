using System.Buffers;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// The new content of a blob while a rewrite puts it together. Long stretches that stay are copied within the service, range by range; what
/// is new is uploaded, together with stretches that are not worth a copy. Where copies are not to be had, everything is uploaded.
/// </summary>
internal sealed class StagedBlob : IRewriteTarget, IAsyncDisposable
{
    private const int SmallestBlock = 64 * 1024;

    private readonly IBlobReplacement _replacement;
    private readonly RewriteCheck _check;
    private readonly IncrementalHash? _md5;
    private readonly long? _leastCopy;
    private readonly int _blockSize;

    private byte[]? _block;
    private int _filled;

    // A stretch that stays: where it goes on in the present content, and how much of it waits at the end of the block, or its copy.
    private long _stretchEnd;
    private int _waiting;
    private KeptRun? _copy;
    private bool _isChanged;

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
        // Records that are compressed again may take more than they did.
        _blockSize = (int)Math.Clamp(2 * before.ContentLength, SmallestBlock, SpliceCost.BlockSizeFor(before.ContentLength));
    }

    /// <summary>Lets a rewrite write its result into blocks, and stages what is left when it has removed anything.</summary>
    public async Task<ArchiveRewrite> StageAsync(Func<IRewriteTarget, Task<ArchiveRewrite>> rewrite, CancellationToken cancellationToken)
    {
        ArchiveRewrite result = await rewrite(this);
        if (result.RecordsRemoved > 0)
        {
            await EndStretchAsync(cancellationToken);
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

        if (sourceOffset != _stretchEnd)
            await ChangeAsync(cancellationToken);
        _stretchEnd = sourceOffset + bytes.Length;
        if (_copy is null && _waiting + bytes.Length >= leastCopy)
            BeginCopy(sourceOffset, leastCopy);
        if (_copy is not null)
        {
            _copy.Append(bytes.Span);
            if (_isChanged)
                await CopyAsync(_copy, cancellationToken);
            return;
        }

        // A full block is sent; what it leaves of the stretch can still become long enough.
        await BufferAsync(bytes, cancellationToken);
        _waiting = Math.Min(_waiting + bytes.Length, _filled);
    }

    public async ValueTask ReplaceAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await ObserveAsync(bytes, cancellationToken);
        await ChangeAsync(cancellationToken);
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

    /// <summary>The stretch has turned out long enough: what waits of it is not uploaded.</summary>
    private void BeginCopy(long sourceOffset, long leastCopy)
    {
        _copy = new KeptRun(sourceOffset - _waiting, leastCopy);
        _filled -= _waiting;
        _copy.Append(_block.AsSpan(_filled, _waiting));
    }

    /// <summary>The blob changes here. Until it does, nothing is staged: maybe nothing has to be.</summary>
    private ValueTask ChangeAsync(CancellationToken cancellationToken)
    {
        _isChanged = true;
        return EndStretchAsync(cancellationToken);
    }

    /// <summary>A copy is staged to its end; what waited in the block stays there.</summary>
    private async ValueTask EndStretchAsync(CancellationToken cancellationToken)
    {
        if (_copy is { } copy)
        {
            copy.End();
            await CopyAsync(copy, cancellationToken);
        }

        (_copy, _waiting) = (null, 0);
    }

    private async ValueTask CopyAsync(KeptRun copy, CancellationToken cancellationToken)
    {
        while (copy.TryTake(out KeptRange range))
        {
            await FlushAsync(_filled, cancellationToken);
            await _replacement.CopyAsync(range, cancellationToken);
        }
    }

    private async ValueTask BufferAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, _blockSize - _filled);
            Buffer(bytes[..count]);
            bytes = bytes[count..];
            if (_filled == _blockSize)
                await FlushAsync(_filled, cancellationToken);
        }
    }

    private void Buffer(ReadOnlyMemory<byte> bytes)
    {
        _block ??= ArrayPool<byte>.Shared.Rent(_blockSize);
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
