using System.Buffers;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace IotHubDsr.Stores.BlobArchives;

/// <summary>A range of the present blob that stays, and the checksum of its bytes as they were read.</summary>
internal readonly record struct KeptRange(long Offset, long Length, byte[] Crc64);

/// <summary>The service does not copy within itself for us, or not in a way that can be checked.</summary>
internal sealed class CopyRefusedException(string reason, bool isGeneral, Exception? cause = null) : Exception(reason, cause)
{
    /// <summary>Whether the reason holds for every blob of the container.</summary>
    public bool IsGeneral => isGeneral;
}

/// <summary>
/// The blocks of a blob's new content, some of them under way to the service. Until they are committed they change nothing; the service
/// drops those that never are.
/// </summary>
internal sealed class StagedBlocks(BlockBlobClient blob, BlobProperties before, DateTimeOffset lastWrite, HttpAuthorization? authorization)
{
    private const int MostUnderWay = 3;

    private readonly List<string> _ids = [];
    private readonly Queue<Task> _underWay = new();
    private int _idLength;

    /// <summary>The IDs in the order of the content.</summary>
    public IReadOnlyList<string> Ids => _ids;

    /// <summary>Stages bytes of ours. The block comes from the shared pool and goes back there.</summary>
    public async Task UploadAsync(byte[] block, int count, CancellationToken cancellationToken) =>
        Enqueue(SendAsync(block, count, await NextIdAsync(cancellationToken).ConfigureAwait(false), cancellationToken));

    /// <summary>Lets the service stage a range of the blob itself, if the blob is still the one that was read.</summary>
    public async Task CopyAsync(KeptRange range, CancellationToken cancellationToken) =>
        Enqueue(SendAsync(range, await NextIdAsync(cancellationToken).ConfigureAwait(false), cancellationToken));

    /// <summary>Waits until all blocks are staged.</summary>
    public async Task CompleteAsync()
    {
        while (_underWay.TryDequeue(out Task? next))
            await next.ConfigureAwait(false);
    }

    /// <summary>Waits until nothing is under way any more, whatever became of it.</summary>
    public async Task AbandonAsync()
    {
        while (_underWay.TryDequeue(out Task? next))
            await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Enqueue(Task sending) => _underWay.Enqueue(sending);

    private async Task<string> NextIdAsync(CancellationToken cancellationToken)
    {
        if (_idLength == 0)
            _idLength = await BlockIds.LengthForAsync(blob, cancellationToken).ConfigureAwait(false);
        if (_underWay.Count == MostUnderWay)
            await _underWay.Dequeue().ConfigureAwait(false);
        string id = BlockIds.Next(_idLength, lastWrite);
        _ids.Add(id);
        return id;
    }

    private async Task SendAsync(byte[] block, int count, string id, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new MemoryStream(block, 0, count, writable: false);
            await Encrypted(blob, before).StageBlockAsync(id, content, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private async Task SendAsync(KeptRange range, string id, CancellationToken cancellationToken)
    {
        var options = new StageBlockFromUriOptions
        {
            SourceRange = new HttpRange(range.Offset, range.Length),
            SourceConditions = new RequestConditions { IfMatch = before.ETag },
            SourceAuthentication = authorization,
        };
        BlockInfo copied;
        try
        {
            copied = await Encrypted(blob, before).StageBlockFromUriAsync(blob.Uri, id, options, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException refused) when (refused.Status is >= 400 and < 500 and not (408 or 412 or 429) or 501)
        {
            throw new CopyRefusedException($"{refused.ErrorCode} ({refused.Status})", refused.Status is 400 or 401 or 403 or 501, refused);
        }

        if (copied.ContentCrc64 is not { Length: sizeof(ulong) } crc)
            throw new CopyRefusedException("the service does not say what it copied", isGeneral: true);
        if (!crc.AsSpan().SequenceEqual(range.Crc64))
            throw new CopyRefusedException("the service copied other bytes than were read", isGeneral: false);
    }

    /// <summary>The client that writes with the blob's own encryption scope.</summary>
    public static BlockBlobClient Encrypted(BlockBlobClient blob, BlobProperties before) =>
        before.EncryptionScope is { Length: > 0 } scope ? blob.WithEncryptionScope(scope) : blob;
}
