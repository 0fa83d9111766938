using System.Collections.Concurrent;
using Azure;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Findings;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// Erases the subjects from every blob of a container in which they were found; each blob is changed once for all of them.
/// </summary>
/// <param name="container">The container.</param>
/// <param name="layout">What its blobs are like.</param>
/// <param name="selection">The subjects, and which of their records go.</param>
/// <param name="after">Records what the reading after each commit found empty; null when there is nothing to compare with.</param>
/// <param name="call">The call.</param>
/// <param name="findings">What was found.</param>
/// <param name="items">Its items.</param>
/// <param name="time">The time, where the service does not tell it.</param>
internal sealed class ArchiveErasure(
    BlobContainerAccess container,
    ArchiveLayout layout,
    RecordSelection selection,
    AfterCommit? after,
    SinkCall call,
    IReadOnlyList<DeviceDataFinding> findings,
    ItemIndex items,
    TimeProvider time
)
{
    private readonly ConcurrentBag<(string Name, string ETag)> _replaced = [];
    private readonly ErasureAccounts _accounts = new(findings, items, selection);

    public async Task<IReadOnlyList<ErasureOutcome>> RunAsync(CancellationToken cancellationToken)
    {
        int blobs = Erasable().Count();
        if (layout.IsAppended)
            await RemoveLeftDraftsAsync(cancellationToken);
        int done = 0;
        await call.Gate.ForEachRewriteAsync(
            Erasable(),
            async (blob, token) =>
            {
                await EraseAsync(blob, token);
                int now = Interlocked.Increment(ref done);
                await call.ProgressAsync($"{now} of {blobs} blobs processed", (int)(now * 100L / blobs), token);
            },
            cancellationToken
        );

        if (call.Options.Erasure.IncludeOldVersions)
        {
            var oldCopies = new OldCopies(container, layout, call, selection, _accounts);
            await oldCopies.EraseAsync(items, _replaced.ToHashSet(), cancellationToken);
        }

        return _accounts.ToOutcomes();
    }

    /// <summary>The blobs in which there is something to erase, each once.</summary>
    private IEnumerable<SeenItem> Erasable() =>
        from shares in items.All()
        let current = shares.FirstOrDefault(share => !share.Item.IsOldCopy && call.Options.Erasure.Takes(share.Item)).Item
        where current is not null && layout.IsErasable(current.Path)
        select current;

    private async Task EraseAsync(SeenItem item, CancellationToken cancellationToken)
    {
        string blobName = item.Path;
        string place = $"{call.Location.Place}/{blobName}";
        try
        {
            RewriteResult result = await new BlobRewriter(container, layout, item, SelectionFor(item), after, call, time).RunAsync(
                cancellationToken
            );
            _accounts.Removed(result.Removed);
            if (result.Replaced is { } replaced && call.Options.Erasure.IncludeOldVersions)
                _replaced.Add((blobName, replaced.ToString("H")));
            if (result.YoungUntil is { } until)
                _accounts.Young(blobName, until);
            if (result.Left is { } left)
                await call.ReportAsync(left, cancellationToken);
            if (result.Fault is { } fault)
                await FailAsync(blobName, fault, cancellationToken);
        }
        catch (RequestFailedException gone) when (BlobFailures.IsGone(gone))
        {
            await call.NoteAsync(NoticeLevel.Verbose, $"{place} no longer exists.", cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = ArchiveRead.Translate(exception, place, "rewrite", BlobFailures.WriteRole).Fault;
            await FailAsync(blobName, fault, cancellationToken);
        }
    }

    /// <summary>The subjects but those for whom the blob is held: it can still hold others' records.</summary>
    private RecordSelection SelectionFor(SeenItem item) =>
        call.Held.Contains(item.Path)
            ? call.SelectionOf(
                findings.Select(finding => finding.DeviceId).Except(call.Held[item.Path], StringComparer.Ordinal),
                layout.Origin
            )
            : selection;

    private async Task RemoveLeftDraftsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await new LeftDrafts(container, layout, call).RemoveAsync(cancellationToken);
        }
        catch (Exception missing) when (layout.MayBeMissing && BlobFailures.IsContainerMissing(missing))
        {
            // Nothing was ever written.
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = ArchiveRead.Translate(exception, call.Location.ToString(), "read", BlobFailures.ReadRole).Fault;
            await call.ReportAsync(fault, cancellationToken);
        }
    }

    private ValueTask FailAsync(string blobName, Fault fault, CancellationToken cancellationToken)
    {
        _accounts.Failed(blobName, fault);
        return call.ReportAsync(fault, cancellationToken);
    }
}
