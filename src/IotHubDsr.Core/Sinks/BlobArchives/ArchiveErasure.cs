using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Azure;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Findings;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// Erases the subjects from every blob of a container in which they were found; each blob is changed once for all of them. When all are,
/// the old copies go, if they are to. Blobs can be changed by other processes, within what was found; all else is done in this one.
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
) : IUnitWork<IReadOnlyList<ErasureOutcome>>, IPortableWork
{
    /// <summary>When a copy is looked at again: object replication promises no time.</summary>
    private static readonly TimeSpan s_replication = TimeSpan.FromDays(1);

    private readonly ConcurrentBag<(string Name, string ETag)> _replaced = [];
    private readonly ErasureAccounts _accounts = new(findings, items);
    private readonly Dictionary<string, string> _announced = new(call.Earlier, StringComparer.Ordinal);
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

        var oldCopies = new OldCopies(container, layout, call, _announced, selection, _accounts);
        await oldCopies.EraseAsync(items, _replaced.ToHashSet(), cancellationToken);
    }

    /// <summary>What is not a blob of its own stays here: old copies as a whole, and copies that nobody but the service writes.</summary>
    public async Task<PackedUnit?> PackAsync(WorkUnit unit, CancellationToken cancellationToken)
    {
        if (unit is WorkUnit<SeenItem> { Items: var blobs } && !IsReplica)
            return new PackedUnit(PackedErasure.Write([.. blobs.Select(ToErase)]), blobs.Sum(static blob => blob.Bytes));
        await DoAsync(unit, cancellationToken);
        return null;
    }

    public async Task<byte[]> DoPackedAsync(ReadOnlyMemory<byte> packed, CancellationToken cancellationToken)
    {
        IReadOnlyList<ItemToErase> blobs = PackedErasure.ReadItems(packed);
        var erased = new ErasedItem[blobs.Count];
        await call.Gate.ForEachRewriteAsync(
            Enumerable.Range(0, blobs.Count),
            async (number, token) => erased[number] = await RewriteAsync(ItemOf(blobs[number]), token),
            cancellationToken
        );
        return PackedErasure.Write(erased);
    }

    public async Task TakeAsync(ReadOnlyMemory<byte> packed, ReadOnlyMemory<byte> shown, CancellationToken cancellationToken)
    {
        IReadOnlyList<ItemToErase> blobs = PackedErasure.ReadItems(packed);
        IReadOnlyList<ErasedItem> erased = PackedErasure.ReadErased(shown);
        if (!blobs.Select(static blob => blob.Path).SequenceEqual(erased.Select(static blob => blob.Path), StringComparer.Ordinal))
            throw new FormatException("What was erased is of another unit.");
        for (int number = 0; number < blobs.Count; number++)
        {
            foreach ((string etag, string kept) in erased[number].Announced ?? FrozenDictionary<string, string>.Empty)
                _announced[etag] = kept;

            // More than was found was there: whether the plan allows that, only this process knows.
            if (erased[number].Fault?.Id == FaultCatalogue.PlanExceeded.Id)
                await EraseAsync(ItemOf(blobs[number]), cancellationToken);
            else
                await AccountAsync(erased[number], cancellationToken);
        }
    }

    public async Task GiveUpAsync(ReadOnlyMemory<byte> packed, Fault fault, CancellationToken cancellationToken)
    {
        foreach (ItemToErase blob in PackedErasure.ReadItems(packed))
            await AccountAsync(new ErasedItem(blob.Path) { Fault = fault }, cancellationToken);
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

    private bool IsReplica => call.Location.Settings.ContainsKey(LocationSettings.ReplicatedFrom);

    private ItemToErase ToErase(SeenItem blob) =>
        new(
            blob.Path,
            blob.ETag,
            [
                .. items
                    .Of(blob.Path)
                    .Where(share => !share.Item.IsOldCopy && call.Options.Erasure.Takes(share.Item))
                    .Select(share => new ErasableShare(findings[share.Finding].DeviceId, share.Item.Records)),
            ]
        );

    private static SeenItem ItemOf(ItemToErase blob) => new(blob.Path, blob.ETag, blob.Shares.Sum(static share => share.Records), Bytes: 0);

    private async ValueTask EraseAsync(SeenItem item, CancellationToken cancellationToken)
    {
        if (call.Location.Settings.GetValueOrDefault(LocationSettings.ReplicatedFrom) is { } source)
        {
            // Nobody but the service can write there; what it copies goes when it goes in the source.
            _accounts.Copied(item.Path, source, time.GetUtcNow() + s_replication);
            return;
        }

        await AccountAsync(await RewriteAsync(item, cancellationToken), cancellationToken);
    }

    /// <summary>Changes one blob. Nothing here knows of the others.</summary>
    private async Task<ErasedItem> RewriteAsync(SeenItem item, CancellationToken cancellationToken)
    {
        string blobName = item.Path;
        try
        {
            RewriteResult result = await new BlobRewriter(container, layout, item, SelectionFor(item), after, call, time).RunAsync(
                cancellationToken
            );
            return new ErasedItem(blobName)
            {
                Removed = [.. result.Removed.Select(matches => new ErasableShare(matches.DeviceId, selection.CountOf(matches)))],
                Replaced = result.Replaced?.ToString("H"),
                YoungUntil = result.YoungUntil,
                Left = result.Left,
                Fault = result.Fault,
            };
        }
        catch (RequestFailedException gone) when (BlobFailures.IsGone(gone))
        {
            return new ErasedItem(blobName) { IsGone = true };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            string place = $"{call.Location.Place}/{blobName}";
            return new ErasedItem(blobName) { Fault = ArchiveRead.Translate(exception, place, "rewrite", BlobFailures.WriteRole).Fault };
        }
    }

    /// <summary>Adds what became of a blob to what is known of the container.</summary>
    private async Task AccountAsync(ErasedItem erased, CancellationToken cancellationToken)
    {
        _accounts.Removed(erased.Removed);
        if (erased.Replaced is { } replaced && call.Options.Erasure.IncludeOldVersions)
            _replaced.Add((erased.Path, replaced));
        if (erased.YoungUntil is { } until)
            _accounts.Young(erased.Path, until);
        if (erased.Left is { } left)
            await call.ReportAsync(left, cancellationToken);
        if (erased.Fault is { } fault)
            await FailAsync(erased.Path, fault, cancellationToken);
        if (erased.IsGone)
            await call.NoteAsync(NoticeLevel.Verbose, $"{call.Location.Place}/{erased.Path} no longer exists.", cancellationToken);
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
