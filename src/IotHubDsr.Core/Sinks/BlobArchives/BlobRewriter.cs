using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>What a rewrite did to a blob.</summary>
/// <param name="Removed">What it took out, by subject; empty when no selected record is in the blob any more.</param>
internal sealed record RewriteResult(IReadOnlyList<SubjectMatches> Removed)
{
    /// <summary>Until when its service may still write to the blob, which was therefore left alone.</summary>
    public DateTimeOffset? YoungUntil { get; init; }

    /// <summary>
    /// The ETag of the content that was replaced, when the new one was read again and is what it must be; else null. A copy of the old
    /// content that the service keeps may then be all that is left of what had to stay.
    /// </summary>
    public ETag? Replaced { get; init; }

    /// <summary>What went wrong after the blob had been replaced.</summary>
    public Fault? Fault { get; init; }

    /// <summary>What of the work itself could not be cleared away.</summary>
    public Fault? Left { get; init; }
}

/// <summary>The reading of a location that an erasure follows: what it finds empty after a commit is not read again at the end.</summary>
/// <param name="Reading">What is known to be empty.</param>
/// <param name="Subjects">All devices that the reading looked for.</param>
internal sealed record AfterCommit(EmptyBlobs.Reading Reading, SubjectIndex Subjects);

/// <summary>
/// Replaces a blob by itself without the selected records. The new content is brought to the service first, which changes nothing; it is
/// read as a file on its way; one call under If-Match then replaces the blob, with metadata, tags, tier and headers as they were; last the
/// blob is read again. A failure at any point leaves the old blob or the new one.
/// </summary>
internal sealed class BlobRewriter(
    BlobContainerAccess container,
    ArchiveLayout layout,
    SeenItem item,
    RecordSelection selection,
    AfterCommit? after,
    SinkCall call,
    TimeProvider time
)
{
    private const int Attempts = 5;

    /// <summary>Our own copies take seconds; one from another account can take days, for which nobody waits.</summary>
    private static readonly TimeSpan CopyPatience = TimeSpan.FromMinutes(2);

    private readonly BlockBlobClient _blob = container.Open(item.Path);
    private readonly string _place = $"{call.Location.Place}/{item.Path}";
    private bool _uploadsAll;
    private ArchiveRewrite? _sent;
    private bool _deletes;

    public async Task<RewriteResult> RunAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                return await TryAsync(cancellationToken);
            }
            catch (CopyRefusedException refused)
            {
                _uploadsAll = true;
                if (refused.IsGeneral)
                    container.StopCopying();
                string why = $"{_place} is uploaded completely: its service cannot copy, {refused.Message}.";
                await call.NoteAsync(NoticeLevel.Verbose, why, cancellationToken);
            }
            catch (RequestFailedException gone) when (_sent is not null && _deletes && BlobFailures.IsGone(gone))
            {
                // It was to be deleted, and the answer to that was lost.
                return new RewriteResult(_sent.Removed);
            }
            catch (Exception exception)
                when (IsWorthAnotherLook(exception, attempt, _sent is not null) && !cancellationToken.IsCancellationRequested)
            {
                await call.NoteAsync(NoticeLevel.Verbose, $"{_place} has changed; reading it again.", cancellationToken);
            }
        }

        throw FaultCatalogue.ConcurrentChange.Exception(_place, Attempts);
    }

    /// <summary>
    /// Retry after another writer's change, or an interrupted response. Once the commit was sent, retry after any failure without a
    /// refusal: the blob may have been replaced.
    /// </summary>
    private static bool IsWorthAnotherLook(Exception exception, int attempt, bool sent) =>
        BlobFailures.IsConflict(exception)
        || (
            attempt < Attempts
            && (exception is IOException || (sent && exception is AggregateException or RequestFailedException { Status: 0 or >= 500 }))
        );

    private async Task<RewriteResult> TryAsync(CancellationToken cancellationToken)
    {
        // One share for everything that is read of the blob: a reader with extra memory must not wait for more.
        using var share = new ReadingShare(ReadingBudget.OfProcess);
        Response<BlobProperties> read = await DraftBlob.WaitForCopyAsync(_blob, time, CopyPatience, cancellationToken)
            ?? throw FaultCatalogue.BlobCopying.Exception(_place, CopyPatience.TotalMinutes);
        BlobProperties before = read.Value;
        var attributes = new BlobAttributes(_blob, before, time);
        if (before.BlobType == BlobType.Page || (before.BlobType == BlobType.Append && !layout.IsAppended))
            throw FaultCatalogue.BlobTypeUnsupported.Exception(_place, before.BlobType);

        // A commit whose answer was lost is tried again by the pipeline, and then meets its own work.
        if (_sent is { } sent && await HoldsAsync(before.ETag, before.ContentLength, sent, share, cancellationToken))
            return new RewriteResult(sent.Removed);
        _sent = null;
        DateTimeOffset lastWrite = await LastWriteAsync(read, cancellationToken);
        if (YoungUntil(read, lastWrite) is { } until)
            return new RewriteResult([]) { YoungUntil = until };

        // What was found is still there while the ETag is the same. If it is not, the work may be done already: looking costs less than
        // staging.
        if (item.ETag != before.ETag.ToString("H") && !await HoldsSelectedAsync(before, share, cancellationToken))
            return new RewriteResult([]);
        IBlobReplacement replacement = await ReplacementAsync(attributes, lastWrite, cancellationToken);
        RewriteResult result = await StageAndReplaceAsync(replacement, before, share, cancellationToken);
        return replacement is DraftBlob { Refusal: { } refusal } draft
            ? result with
            {
                Left = AzureFaults.Translate(refusal, $"{call.Location.Place}/{draft.Name}", "delete", BlobFailures.WriteRole).Fault,
            }
            : result;
    }

    private async Task<RewriteResult> StageAndReplaceAsync(
        IBlobReplacement replacement,
        BlobProperties before,
        ReadingShare share,
        CancellationToken cancellationToken
    )
    {
        await using var staged = new StagedBlob(replacement, before, share, cancellationToken);
        ArchiveRewrite rewrite = await StageAsync(staged, before, share, cancellationToken);
        if (rewrite.RecordsHeld > 0)
        {
            string text = $"{_place}: {Counted.Of(rewrite.RecordsHeld, "record")} stayed, as a device that is held has a part in it.";
            await call.NoteAsync(NoticeLevel.Warning, text, cancellationToken);
        }

        if (rewrite.RecordsRemoved == 0)
            return new RewriteResult([]);
        ThrowIfBeyondPlan(rewrite);

        await staged.VerifyAsync(_place, rewrite);
        return await ReplaceAsync(staged, before, rewrite, share, cancellationToken);
    }

    /// <summary>More may have been written to the blob since it was found than was approved for erasure.</summary>
    private void ThrowIfBeyondPlan(ArchiveRewrite rewrite)
    {
        foreach (SubjectMatches removed in rewrite.Removed)
        {
            long own = removed.Count(relayed: false, mentioned: selection.WithBody);
            if (call.Allowance?.TryTake(item.Path, removed.DeviceId, own, out long beyond) == false)
                throw FaultCatalogue.PlanExceeded.Exception(_place, Counted.Of(beyond, "record"));
        }
    }

    private async Task<IBlobReplacement> ReplacementAsync(
        BlobAttributes attributes,
        DateTimeOffset lastWrite,
        CancellationToken cancellationToken
    )
    {
        if (attributes.Before.BlobType == BlobType.Append)
            return new DraftBlob(container, _blob, attributes, time);
        HttpAuthorization? authorization = _uploadsAll ? null : await container.AuthorizeCopyAsync(cancellationToken);
        return new StagedBlocks(_blob, attributes, lastWrite, authorization);
    }

    private async Task<RewriteResult> ReplaceAsync(
        StagedBlob staged,
        BlobProperties before,
        ArchiveRewrite rewrite,
        ReadingShare share,
        CancellationToken cancellationToken
    )
    {
        bool deletes = rewrite.RecordsKept == 0 && call.Options.Erasure.DeleteEmptied == true;
        string what = deletes
            ? $"delete blob {item.Path} if it is still {before.ETag:H}: none of its {rewrite.RecordsRead} records stays"
            : $"replace blob {item.Path} if it is still {before.ETag:H}: {rewrite.RecordsRemoved} of {rewrite.RecordsRead} records go";
        var replaced = new ReplacedContent(before.ETag.ToString("H"), rewrite.KeptDigest.ToString());
        await call.AnnounceAsync(
            new Announcement(what, [.. rewrite.Removed.Select(removed => ItemOf(removed, replaced))]),
            cancellationToken
        );
        (_sent, _deletes) = (rewrite, deletes);
        if (deletes && await TryDeleteAsync(before.ETag, cancellationToken))
            return new RewriteResult(rewrite.Removed);
        _deletes = false;
        ETag committed = await staged.CommitAsync(cancellationToken);
        (bool isVerified, Fault? fault) = await VerifyAsync(committed, rewrite, share, cancellationToken);
        return new RewriteResult(rewrite.Removed) { Replaced = isVerified ? before.ETag : null, Fault = fault };
    }

    /// <summary>False when the blob has snapshots, without which it cannot be deleted: it is left empty instead.</summary>
    private async Task<bool> TryDeleteAsync(ETag seen, CancellationToken cancellationToken)
    {
        try
        {
            var conditions = new BlobRequestConditions { IfMatch = seen };
            await _blob.DeleteAsync(conditions: conditions, cancellationToken: cancellationToken);
            return true;
        }
        catch (RequestFailedException kept) when (kept.ErrorCode == "SnapshotsPresent")
        {
            return false;
        }
    }

    /// <summary>When the hub or another writer last wrote the blob.</summary>
    private async Task<DateTimeOffset> LastWriteAsync(Response<BlobProperties> properties, CancellationToken cancellationToken)
    {
        DateTimeOffset modified = properties.Value.LastModified;
        return properties.Value.BlobType == BlobType.Block && YoungUntil(properties, modified) is not null
            ? await BlockIds.LastWriteOfOthersAsync(_blob, cancellationToken) ?? modified
            : modified;
    }

    /// <summary>Until when another writer may still write to the blob and lose its work to ours; null if that time is over.</summary>
    private DateTimeOffset? YoungUntil(Response<BlobProperties> properties, DateTimeOffset lastWrite)
    {
        // The time of the last change is the service's: it is compared with the service's own clock, as that of this machine can be wrong.
        DateTimeOffset? until = layout.WrittenUntil(item.Path, lastWrite);
        return until > (properties.GetRawResponse().Headers.Date ?? time.GetUtcNow()) ? until : null;
    }

    private AnnouncedItem ItemOf(SubjectMatches removed, ReplacedContent replaced) =>
        new(item.Path, removed.DeviceId, selection.CountOf(removed)) { Replaced = replaced };

    private async Task<ArchiveRewrite> StageAsync(
        StagedBlob staged,
        BlobProperties before,
        ReadingShare share,
        CancellationToken cancellationToken
    )
    {
        ContentCoding.ThrowIfUnknown(before.ContentEncoding);
        await using Stream content = container.Read(_blob, before.ETag, before.ContentLength);
        return await staged.StageAsync(
            target => ArchiveFormats.RewriteAsync(content, target, selection, cancellationToken, share: share),
            cancellationToken
        );
    }

    private async Task<bool> HoldsSelectedAsync(BlobProperties before, ReadingShare share, CancellationToken cancellationToken)
    {
        await using Stream content = container.Read(_blob, before.ETag, before.ContentLength);
        ArchiveScan scan = await ArchiveFormats.ScanAsync(
            content,
            new ScanRequest(selection.Subjects, WithBody: selection.WithBody),
            cancellationToken,
            share: share
        );
        return scan.Subjects.Any(matches =>
            !selection.Kept.Contains(matches.DeviceId)
            && Enum.GetValues<MatchKind>().Any(kind => selection.Includes(kind) && matches[kind].Records > 0)
        );
    }

    private async Task<(bool IsVerified, Fault? Fault)> VerifyAsync(
        ETag committed,
        ArchiveRewrite rewrite,
        ReadingShare share,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await HoldsAsync(committed, rewrite.BytesWritten, rewrite, share, cancellationToken)
                ? (true, null)
                : (
                    false,
                    FaultCatalogue.RewriteMismatch.For(
                        _place,
                        $"after the commit it does not hold the {rewrite.RecordsKept} records that must stay."
                    )
                );
        }
        catch (RequestFailedException exception) when (BlobFailures.IsConflict(exception) || BlobFailures.IsGone(exception))
        {
            await call.NoteAsync(NoticeLevel.Verbose, $"{_place} was changed again right after it was replaced.", cancellationToken);
            return (false, null);
        }
        catch (ArchiveFormatException broken)
        {
            return (false, FaultCatalogue.RewriteMismatch.For(_place, $"after the commit it cannot be read. {broken.Message}"));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return (false, ArchiveRead.Translate(exception, _place, "read", BlobFailures.ReadRole).Fault);
        }
    }

    /// <summary>Whether the blob, as it stands under an ETag, is exactly what a rewrite meant to leave.</summary>
    private async Task<bool> HoldsAsync(
        ETag etag,
        long length,
        ArchiveRewrite rewrite,
        ReadingShare share,
        CancellationToken cancellationToken
    )
    {
        await using Stream content = container.Read(_blob, etag, length);
        var request = new ScanRequest(after?.Subjects ?? selection.Subjects, WithDigest: true, WithBody: selection.WithBody);
        ArchiveScan scan = await ArchiveFormats.ScanAsync(content, request, cancellationToken, share: share);
        if (scan.Digest != rewrite.KeptDigest || scan.RecordsRead != rewrite.RecordsKept)
            return false;
        if (scan.Subjects.Count == 0 && scan.Unread.Count == 0)
            after?.Reading.Add(item.Path, etag, length);
        return true;
    }
}
