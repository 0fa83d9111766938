using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Blobs.Models;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Findings;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// Erases old versions and snapshots that hold a subject's records. An old copy cannot be rewritten, only deleted, and it holds other
/// devices' records as well: it is deleted only if the current blob holds every one of those, byte for byte. A soft-deleted copy cannot
/// even be read: it is removed before its time only if this erasure has just made it, so that what it holds is known.
/// </summary>
internal sealed class OldCopies(
    BlobContainerAccess container,
    ArchiveLayout layout,
    SinkCall call,
    IReadOnlyDictionary<string, string> earlier,
    RecordSelection selection,
    ErasureAccounts accounts
)
{
    private readonly ConcurrentBag<string> _differing = [];

    /// <param name="items">What was found.</param>
    /// <param name="replaced">Blobs that were replaced, each with the ETag of its former content.</param>
    /// <param name="cancellationToken">Ends the work between two copies.</param>
    public async Task EraseAsync(ItemIndex items, IReadOnlySet<(string Name, string ETag)> replaced, CancellationToken cancellationToken)
    {
        // The copies that were found, and those that rewriting has just made. One without records was made by an earlier run, and is
        // counted.
        IReadOnlyList<ListedBlob> listed;
        try
        {
            listed = await ListAsync(
                copy =>
                    copy.LeavesAt is null
                        ? copy.Length > 0
                            && (
                                items.Of(copy.Path).Any(one => one.Item.IsOldCopy)
                                || (items.Of(copy.Name).Any(one => !one.Item.IsOldCopy) && !call.Held.Contains(copy.Path))
                            )
                        : replaced.Contains(KeyOf(copy)) || earlier.ContainsKey(copy.ETag.ToString("H")),
                cancellationToken
            );
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = ArchiveRead.Translate(exception, call.Location.ToString(), "read", BlobFailures.ReadRole).Fault;
            accounts.AllFailed(fault);
            await call.ReportAsync(fault, cancellationToken);
            return;
        }

        await call.Gate.ForEachAsync(
            listed.Where(copy => copy.LeavesAt is not null),
            async (copy, token) =>
            {
                if (await IsOursAsync(copy, replaced, token))
                    await RemoveDeletedAsync(copy, token);
            },
            cancellationToken
        );
        await call.Gate.ForEachAsync(
            listed.Where(copy => copy.LeavesAt is null),
            (copy, token) =>
                call.Held.Contains(copy.Path)
                    ? NoteHeldAsync(copy, token)
                    : EraseAsync(copy, items.Of(copy.Path).Any(one => one.Item is { IsOldCopy: true, Records: > 0 }), token),
            cancellationToken
        );
        if (_differing.Min(StringComparer.Ordinal) is { } first)
            await call.ReportAsync(DifferenceOf(first, _differing.Count - 1), cancellationToken);
    }

    /// <summary>Reported once per location, regardless of the number of copies.</summary>
    private static Fault DifferenceOf(string place, int others) =>
        FaultCatalogue.OldCopyDiffers.For(
            place,
            $"The old copy {place} was kept"
                + (others == 0 ? string.Empty : $", as {Counted.Of(others, "other")} in the location {(others == 1 ? "was" : "were")}")
        );

    /// <summary>Only the old copies that are wanted: a container can hold more than fits into memory.</summary>
    private async Task<IReadOnlyList<ListedBlob>> ListAsync(Func<ListedBlob, bool> isWanted, CancellationToken cancellationToken)
    {
        var copies = new List<ListedBlob>();
        await foreach (ListedBlob blob in container.ListAsync(string.Empty, cancellationToken))
        {
            if (blob.IsOldCopy && layout.IsErasable(blob.Name) && isWanted(blob))
                copies.Add(blob);
        }

        return copies;
    }

    /// <summary>What would stay of the current blob, as a digest; null when there is none.</summary>
    private async Task<KeptDigest?> CurrentAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            BlobProperties now = await container.Open(name).GetPropertiesAsync(cancellationToken: cancellationToken);
            return (await DryRunAsync(new ListedBlob(name, now.ETag, now.ContentLength, now.LastModified), cancellationToken)).KeptDigest;
        }
        catch (RequestFailedException gone) when (BlobFailures.IsGone(gone))
        {
            return null;
        }
    }

    private static (string Name, string ETag) KeyOf(ListedBlob copy) => (copy.Name, copy.ETag.ToString("H"));

    /// <summary>
    /// Whether this run replaced the content that the copy holds, or an earlier one announced it and what had to stay is all there now:
    /// another writer may have replaced it instead, without what had to stay.
    /// </summary>
    private async Task<bool> IsOursAsync(
        ListedBlob copy,
        IReadOnlySet<(string Name, string ETag)> replaced,
        CancellationToken cancellationToken
    )
    {
        (string Name, string ETag) key = KeyOf(copy);
        if (replaced.Contains(key))
            return true;
        if (!earlier.TryGetValue(key.ETag, out string? kept))
            return false;
        try
        {
            return (await CurrentAsync(copy.Name, cancellationToken))?.ToString() == kept;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            string place = $"{call.Location.Place}/{copy.Name}";
            await call.ReportAsync(ArchiveRead.Translate(exception, place, "read", BlobFailures.ReadRole).Fault, cancellationToken);
            return false;
        }
    }

    private ValueTask NoteHeldAsync(ListedBlob copy, CancellationToken cancellationToken) =>
        call.NoteAsync(
            NoticeLevel.Warning,
            $"The old copy {call.Location.Place}/{copy.Path} was kept, for all devices in it, because it is held for one of them.",
            cancellationToken
        );

    private async ValueTask EraseAsync(ListedBlob copy, bool wasFound, CancellationToken cancellationToken)
    {
        string place = $"{call.Location.Place}/{copy.Path}";
        try
        {
            ArchiveRewrite kept = await DryRunAsync(copy, cancellationToken);
            if (kept.RecordsRemoved == 0)
                return;
            if (kept.RecordsKept > 0 && await CurrentAsync(copy.Name, cancellationToken) != kept.KeptDigest)
            {
                _differing.Add(place);
                accounts.Failed(wasFound ? copy.Path : copy.Name, DifferenceOf(place, others: 0));
                return;
            }

            // The records of a copy that rewriting has made are already counted.
            IEnumerable<AnnouncedItem> items = kept.Removed.Select(removed => new AnnouncedItem(
                copy.Path,
                removed.DeviceId,
                wasFound ? selection.CountOf(removed) : 0,
                wasFound ? 1 : 0
            ));
            await call.AnnounceAsync(new Announcement($"delete the old copy {copy.Path}", [.. items]), cancellationToken);
            Fault? refusal = await container.DeleteCopyAsync(copy, cancellationToken);
            if (refusal is not null)
                await call.ReportAsync(refusal, cancellationToken);
            if (wasFound)
                accounts.Removed(kept.Removed.Select(matches => new ErasableShare(matches.DeviceId, selection.CountOf(matches))));
        }
        catch (RequestFailedException gone) when (BlobFailures.IsGone(gone))
        {
            await call.NoteAsync(NoticeLevel.Verbose, $"{place} no longer exists.", cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = ArchiveRead.Translate(exception, place, "delete", BlobFailures.OldCopyRole).Fault;
            accounts.Failed(wasFound ? copy.Path : copy.Name, fault);
            await call.ReportAsync(fault, cancellationToken);
        }
    }

    private async Task RemoveDeletedAsync(ListedBlob copy, CancellationToken cancellationToken)
    {
        string place = $"{call.Location.Place}/{copy.Path}";
        try
        {
            await call.AnnounceAsync(new Announcement($"remove the soft-deleted copy {copy.Path}", []), cancellationToken);
            if (await container.DeletePermanentlyAsync(copy, cancellationToken) is { } refusal)
                await call.ReportAsync(refusal, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = ArchiveRead.Translate(exception, place, "delete", BlobFailures.OldCopyRole).Fault;
            accounts.Failed(copy.Name, fault);
            await call.ReportAsync(fault, cancellationToken);
        }
    }

    /// <summary>What a blob holds, and what would stay of it.</summary>
    private async Task<ArchiveRewrite> DryRunAsync(ListedBlob blob, CancellationToken cancellationToken)
    {
        await using Stream content = container.Read(container.Open(blob), blob.ETag, blob.Length);
        return await ArchiveFormats.RewriteAsync(content, Stream.Null, selection, cancellationToken);
    }
}
