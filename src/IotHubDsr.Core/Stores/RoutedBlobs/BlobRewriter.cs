using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Archives;

namespace IotHubDsr.Stores.RoutedBlobs;

/// <summary>What a rewrite took out of a blob, by subject.</summary>
internal sealed record RewriteResult(IReadOnlyList<SubjectMatches> Removed);

/// <summary>
/// Replaces a blob by itself without the selected records. Blocks are staged first, which changes nothing; the result is read as a file
/// while it is staged; one Put Block List under If-Match then replaces the content, with metadata, tags, tier and headers as they were;
/// last the blob is read again. A failure at any point leaves the old blob or the new one.
/// </summary>
internal sealed class BlobRewriter(ArchiveContainer container, string blobName, RecordSelection selection)
{
    private const int Attempts = 5;
    private readonly BlockBlobClient _blob = container.Open(new ArchiveBlob(blobName, default, 0, default));

    public async Task<Response<BlobProperties>> ReadPropertiesAsync(CancellationToken cancellationToken) =>
        await _blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);

    /// <summary>Rewrites the blob; null when no selected record is in it any more and nothing was to be done.</summary>
    public async Task<RewriteResult?> RunAsync(string place, StoreCall call, CancellationToken cancellationToken)
    {
        ArchiveRewrite? unconfirmed = null;
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            BlobProperties before = await ReadPropertiesAsync(cancellationToken).ConfigureAwait(false);
            if (before.BlobType != BlobType.Block)
                throw FaultCatalogue.BlobTypeUnsupported.Exception(place, before.BlobType);
            try
            {
                await using var staged = new StagedBlob(_blob, before);
                ArchiveRewrite rewrite = await StageAsync(staged, before.ETag, cancellationToken).ConfigureAwait(false);
                if (rewrite.RecordsRemoved == 0)
                    return Confirm(unconfirmed, rewrite);

                await staged.VerifyAsync(place, rewrite).ConfigureAwait(false);
                await call.AnnounceAsync(
                    $"replace blob {blobName} if it is still {before.ETag:H}: {rewrite.RecordsRemoved} of {rewrite.RecordsRead} records go",
                    cancellationToken).ConfigureAwait(false);
                unconfirmed = rewrite;
                ETag after = await staged.CommitAsync(cancellationToken).ConfigureAwait(false);
                await VerifyCommittedAsync(place, after, rewrite, cancellationToken).ConfigureAwait(false);
                return new RewriteResult(rewrite.Removed);
            }
            catch (RequestFailedException conflict) when (ArchiveRead.IsConflict(conflict))
            {
                await call.NoteAsync(NoticeLevel.Verbose, $"{place} changed meanwhile; it is read again.", cancellationToken).ConfigureAwait(false);
            }
        }

        throw FaultCatalogue.ConcurrentChange.Exception(place, Attempts);
    }

    /// <summary>
    /// A commit whose answer was lost is tried again by the pipeline, and then meets its own work. It was ours if the blob now holds
    /// exactly what we meant to keep; otherwise somebody else erased the same records.
    /// </summary>
    private static RewriteResult? Confirm(ArchiveRewrite? unconfirmed, ArchiveRewrite now) =>
        unconfirmed is not null && unconfirmed.KeptDigest == now.KeptDigest ? new RewriteResult(unconfirmed.Removed) : null;

    private async Task<ArchiveRewrite> StageAsync(StagedBlob staged, ETag etag, CancellationToken cancellationToken)
    {
        await using Stream content = await ArchiveRead.OpenAsync(_blob, etag, cancellationToken).ConfigureAwait(false);
        using var source = new ArchiveSource(content);
        IArchiveFormat format = await ArchiveFormats.DetectAsync(source, cancellationToken).ConfigureAwait(false);
        return await staged.StageAsync(target => format.RewriteAsync(source, target, selection, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
    }

    private async Task VerifyCommittedAsync(string place, ETag etag, ArchiveRewrite rewrite, CancellationToken cancellationToken)
    {
        await using Stream content = await ArchiveRead.OpenAsync(_blob, etag, cancellationToken).ConfigureAwait(false);
        var request = new ScanRequest(selection.Subjects, WithDigest: true);
        ArchiveScan scan = await ArchiveFormats.ScanAsync(content, request, cancellationToken).ConfigureAwait(false);
        if (scan.Digest != rewrite.KeptDigest || scan.RecordsRead != rewrite.RecordsKept)
        {
            throw FaultCatalogue.RewriteMismatch.Exception(
                place, $"after the commit it holds {scan.RecordsRead} records where {rewrite.RecordsKept} must stay, or not the same bytes.");
        }
    }
}
