using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Azure;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Findings;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// Erases the subjects from every blob of a container in which they were found; each blob is changed once for all of them. When all are,
/// the old copies go, if they are to.
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
) : IUnitWork<IReadOnlyList<ErasureOutcome>>
{
    /// <summary>When a copy is looked at again: object replication promises no time.</summary>
    private static readonly TimeSpan s_replication = TimeSpan.FromDays(1);

    private readonly ConcurrentBag<(string Name, string ETag)> _replaced = [];
    private readonly ErasureAccounts _accounts = new(findings, items, selection);
    private int _round;
    private int _blobs;
    private int _done;

    public bool IsSplit => _round == (call.Options.Erasure.IncludeOldVersions ? 2 : 1);

    public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_round++ > 0)
        {
            yield return new OldCopiesUnit();
            yield break;
        }

        _blobs = Erasable().Count();
        if (layout.IsAppended)
            await RemoveLeftDraftsAsync(cancellationToken);
        int number = 0;
        foreach (SeenItem[] blobs in Erasable().Chunk(BlobUnits.Most))
            yield return new WorkUnit<SeenItem>(number++, blobs);
    }

    public async ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken)
    {
        if (unit is WorkUnit<SeenItem> { Items: var blobs })
        {
            await call.Gate.ForEachRewriteAsync(blobs, EraseAsync, cancellationToken);
            return;
        }

        var oldCopies = new OldCopies(container, layout, call, selection, _accounts);
        await oldCopies.EraseAsync(items, _replaced.ToHashSet(), cancellationToken);
    }

    public Task<IReadOnlyList<ErasureOutcome>> CompleteAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_accounts.ToOutcomes());

    public void Dispose() { }

    /// <summary>The blobs in which there is something to erase, each once.</summary>
    private IEnumerable<SeenItem> Erasable() =>
        from shares in items.All()
        let current = shares.FirstOrDefault(share => !share.Item.IsOldCopy && call.Options.Erasure.Takes(share.Item)).Item
        where current is not null && layout.IsErasable(current.Path)
        select current;

    private async ValueTask EraseAsync(SeenItem item, CancellationToken cancellationToken)
    {
        string blobName = item.Path;
        string place = $"{call.Location.Place}/{blobName}";
        if (call.Location.Settings.GetValueOrDefault(LocationSettings.ReplicatedFrom) is { } source)
        {
            // Nobody but the service can write there; what it copies goes when it goes in the source.
            _accounts.Copied(blobName, source, time.GetUtcNow() + s_replication);
            return;
        }

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

        int done = Interlocked.Increment(ref _done);
        await call.ProgressAsync($"{done} of {_blobs} blobs processed", (int)(done * 100L / _blobs), cancellationToken);
    }

    /// <summary>The subjects but those for whom the blob is held: it can still hold others' records.</summary>
    private RecordSelection SelectionFor(SeenItem item) =>
        call.Held.Contains(item.Path) ? call.ErasableOf(findings.Select(finding => finding.DeviceId), layout.Origin, item.Path) : selection;

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

    /// <summary>All old copies: which ones go is known when all blobs are done.</summary>
    private sealed record OldCopiesUnit() : WorkUnit(0);

    private ValueTask FailAsync(string blobName, Fault fault, CancellationToken cancellationToken)
    {
        _accounts.Failed(blobName, fault);
        return call.ReportAsync(fault, cancellationToken);
    }
}
