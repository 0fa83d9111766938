using System.Buffers;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// The blocks of a block blob's new content, some of them under way to the service. One Put Block List under If-Match makes them the
/// content; the service discards those that are never committed.
/// </summary>
/// <param name="blob">The blob.</param>
/// <param name="attributes">The blob as it was read, and what it carries beside its content.</param>
/// <param name="lastWrite">When a writer other than this module last wrote it.</param>
/// <param name="authorization">What lets the service read the blob as a source; null to upload everything.</param>
internal sealed class StagedBlocks(
    BlockBlobClient blob,
    BlobAttributes attributes,
    DateTimeOffset lastWrite,
    HttpAuthorization? authorization
) : IBlobReplacement
{
    private const int MostUnderWay = 3;

    private readonly BlobProperties _before = attributes.Before;
    private readonly BlockBlobClient _target = Encrypted(blob, attributes.Before);
    private readonly List<string> _ids = [];
    private readonly Queue<Task> _underWay = new();
    private int _idLength;

    public long? LeastCopy => authorization is null ? null : SpliceCost.LeastCopy(_before.ContentLength);

    public async Task UploadAsync(byte[] block, int count, CancellationToken cancellationToken) =>
        Enqueue(SendAsync(block, count, await NextIdAsync(cancellationToken), cancellationToken));

    public async Task CopyAsync(KeptRange range, CancellationToken cancellationToken) =>
        Enqueue(SendAsync(range, await NextIdAsync(cancellationToken), cancellationToken));

    public async Task CompleteAsync()
    {
        while (_underWay.TryDequeue(out Task? next))
            await next;
    }

    public async Task<ETag> CommitAsync(byte[]? md5, CancellationToken cancellationToken)
    {
        LooseAttributes loose = await attributes.ReadLooseAsync(cancellationToken);
        var options = new CommitBlockListOptions
        {
            Conditions = new BlobRequestConditions { IfMatch = _before.ETag },
            Metadata = _before.Metadata,
            Tags = loose.Tags,
            AccessTier = loose.Tier,
            HttpHeaders = attributes.Headers(md5),
        };
        BlobContentInfo committed = await _target.CommitBlockListAsync(_ids, options, cancellationToken);
        return committed.ETag;
    }

    public async ValueTask DisposeAsync()
    {
        while (_underWay.TryDequeue(out Task? next))
            await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Enqueue(Task sending) => _underWay.Enqueue(sending);

    private async Task<string> NextIdAsync(CancellationToken cancellationToken)
    {
        if (_idLength == 0)
            _idLength = await BlockIds.LengthForAsync(blob, cancellationToken);
        if (_underWay.Count == MostUnderWay)
            await _underWay.Dequeue();
        string id = BlockIds.Next(_idLength, lastWrite);
        _ids.Add(id);
        return id;
    }

    private async Task SendAsync(byte[] block, int count, string id, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new MemoryStream(block, 0, count, writable: false);
            await _target.StageBlockAsync(id, content, cancellationToken: cancellationToken);
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
            SourceConditions = new RequestConditions { IfMatch = _before.ETag },
            SourceAuthentication = authorization,
        };
        BlockInfo copied;
        try
        {
            copied = await _target.StageBlockFromUriAsync(blob.Uri, id, options, cancellationToken);
        }
        catch (RequestFailedException refused) when (refused.Status is >= 400 and < 500 and not (408 or 412 or 429) or 501)
        {
            bool isGeneral = refused.Status is 400 or 401 or 403 or 501;
            throw new CopyRefusedException($"{refused.ErrorCode} ({refused.Status})", isGeneral, refused);
        }

        if (copied.ContentCrc64 is not { Length: sizeof(ulong) } crc)
            throw new CopyRefusedException("the service does not report what it copied", isGeneral: true);
        if (!crc.AsSpan().SequenceEqual(range.Crc64))
            throw new CopyRefusedException("the service did not copy the bytes that were read", isGeneral: false);
    }

    /// <summary>The client that writes with the blob's own encryption scope.</summary>
    private static BlockBlobClient Encrypted(BlockBlobClient blob, BlobProperties before) =>
        before.EncryptionScope is { Length: > 0 } scope ? blob.WithEncryptionScope(scope) : blob;
}
