using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Core.Azure.Blobs;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// Drafts that an erasure left because its process died: copies of what other devices sent, beside the blobs that they were made for. The
/// next erasure in the container removes them. One that another erasure is just working on is put together again by it.
/// </summary>
internal sealed class LeftDrafts(BlobContainerAccess container, ArchiveLayout layout, SinkCall call)
{
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        var drafts = new List<ListedBlob>();
        await foreach (ListedBlob blob in container.ListAsync(string.Empty, cancellationToken))
        {
            if (
                blob.LeavesAt is null
                && (!blob.IsOldCopy || call.Options.Erasure.IncludeOldVersions)
                && DraftBlob.IsDraft(blob)
                && layout.Concerns(blob.Name)
                && !layout.Exclusions.Cover(blob.Name)
            )
            {
                drafts.Add(blob);
            }
        }

        foreach (ListedBlob draft in drafts)
            await RemoveAsync(draft, cancellationToken);
    }

    private async Task RemoveAsync(ListedBlob draft, CancellationToken cancellationToken)
    {
        try
        {
            // Where the copy over the blob did not come off, the draft is all there is.
            if (await IsNeededAsync(draft, cancellationToken))
            {
                throw FaultCatalogue.RewriteMismatch.Exception(
                    $"{call.Location.Place}/{DraftBlob.BlobOf(draft.Name)}",
                    $"a copy over it failed; all that must stay is in '{draft.Name}'."
                );
            }

            await call.AnnounceAsync(new Announcement($"delete {draft.Path}, left by an interrupted erasure", []), cancellationToken);
            if (!draft.IsOldCopy)
                await container.Open(draft.Name).DeleteIfExistsAsync(cancellationToken: cancellationToken);
            if (call.Options.Erasure.IncludeOldVersions && (draft.IsOldCopy || draft.VersionId is not null))
                await container.DeleteCopyAsync(draft with { IsOldCopy = true }, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = ArchiveRead.Translate(exception, $"{call.Location.Place}/{draft.Name}", "delete", BlobFailures.WriteRole).Fault;
            await call.ReportAsync(fault, cancellationToken);
        }
    }

    private async Task<bool> IsNeededAsync(ListedBlob draft, CancellationToken cancellationToken)
    {
        try
        {
            BlockBlobClient blob = container.Open(DraftBlob.BlobOf(draft.Name));
            BlobProperties now = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
            return now.BlobCopyStatus == CopyStatus.Pending || (DraftBlob.HasFailed(now) && now.ContentLength == 0);
        }
        catch (RequestFailedException gone) when (BlobFailures.IsGone(gone))
        {
            return false;
        }
    }
}
