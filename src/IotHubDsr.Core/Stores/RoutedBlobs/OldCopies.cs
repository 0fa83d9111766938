using Azure;
using IotHubDsr.Archives;

namespace IotHubDsr.Stores.RoutedBlobs;

/// <summary>
/// Erases old versions and snapshots that hold a subject's records. An old copy cannot be rewritten, only deleted, and it holds other
/// devices' records as well: it is deleted only if the current blob holds every one of those, byte for byte.
/// </summary>
internal sealed class OldCopies(ArchiveContainer container, StoreCall call, RecordSelection selection)
{
    public async Task EraseAsync(IReadOnlyList<DeviceDataFinding> findings, CancellationToken cancellationToken)
    {
        // The copies that were found, and those that rewriting has just made.
        ILookup<bool, string> seen = findings.SelectMany(finding => finding.Items).ToLookup(item => item.IsOldCopy, item => item.Path);
        var copies = seen[true].ToHashSet(StringComparer.Ordinal);
        var rewritten = seen[false].ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<ArchiveBlob> listed = await container.ListAsync(string.Empty, cancellationToken).ConfigureAwait(false);
        var current = listed.Where(blob => !blob.IsOldCopy && blob.LeavesAt is null).ToDictionary(blob => blob.Name, StringComparer.Ordinal);
        foreach (ArchiveBlob copy in listed.Where(blob => blob.IsOldCopy && blob.LeavesAt is null && blob.Length > 0))
        {
            if (copies.Contains(copy.Path) || rewritten.Contains(copy.Name))
                await EraseAsync(copy, current.GetValueOrDefault(copy.Name), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task EraseAsync(ArchiveBlob copy, ArchiveBlob? current, CancellationToken cancellationToken)
    {
        string place = $"{call.Location.Place}/{copy.Path}";
        try
        {
            ArchiveRewrite kept = await DryRunAsync(copy, cancellationToken).ConfigureAwait(false);
            if (kept.RecordsRemoved == 0)
                return;
            if (kept.RecordsKept > 0 && !await HoldsAsync(current, kept, cancellationToken).ConfigureAwait(false))
                throw FaultCatalogue.OldCopyDiffers.Exception(place);

            await call.AnnounceAsync($"delete the old copy {copy.Path}", cancellationToken).ConfigureAwait(false);
            await container.Open(copy).DeleteAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException gone) when (gone.Status == 404 && gone.ErrorCode is "BlobNotFound")
        {
            await call.NoteAsync(NoticeLevel.Verbose, $"{place} no longer exists.", cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            DsrException fault = ArchiveRead.Translate(exception, place, "delete", RoutedBlobStore.WriteRole);
            await call.ReportAsync(fault.Fault, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ArchiveRewrite> DryRunAsync(ArchiveBlob copy, CancellationToken cancellationToken)
    {
        await using Stream content = await ArchiveRead.OpenAsync(container.Open(copy), copy.ETag, cancellationToken).ConfigureAwait(false);
        return await ArchiveFormats.RewriteAsync(content, Stream.Null, selection, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> HoldsAsync(ArchiveBlob? current, ArchiveRewrite kept, CancellationToken cancellationToken)
    {
        if (current is null)
            return false;
        var request = new ScanRequest(selection.Subjects, WithDigest: true);
        return await ArchiveRead.ScanAsync(container, current, request, cancellationToken).ConfigureAwait(false) is { } read
            && read.Scan.Digest == kept.KeptDigest;
    }
}
