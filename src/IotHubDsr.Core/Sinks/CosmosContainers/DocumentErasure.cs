using System.Runtime.CompilerServices;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Cosmos;
using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>
/// Deletes the documents that were found. Each is read again and judged again before it is announced, and deleted only as it was read: what
/// another writer has made of it meanwhile is looked at first.
/// </summary>
internal sealed class DocumentErasure(
    Func<CancellationToken, Task<DocumentContainer>> open,
    RecordSelection selection,
    SinkCall call,
    IReadOnlyList<DeviceDataFinding> findings
) : IUnitWork<IReadOnlyList<ErasureOutcome>>
{
    private const int DocumentsOfUnit = 32;
    private const int Attempts = 4;

    /// <summary>So many documents in a row that the account has no time for: the others need not be tried.</summary>
    private const int MostThrottled = 4;

    private readonly ItemIndex _items = new(findings);
    private readonly DeletionAccounts _accounts = new(findings);
    private readonly Lazy<RecordSelection> _heldThroughout = new(() => call.SelectionOf(call.HeldDevices, selection.Subjects.Origin));
    private DocumentContainer? _container;
    private Fault? _refusal;
    private int _throttled;
    private int _total;
    private int _done;

    public bool IsSplit { get; private set; }

    private DocumentClient Client => _container!.Client;

    public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _total = Erasable().Count();
        if (_total > 0)
            _container = await open(cancellationToken);
        int number = 0;
        foreach (SeenItem[] documents in Erasable().Chunk(DocumentsOfUnit))
            yield return new WorkUnit<SeenItem>(number++, documents);
        IsSplit = true;
    }

    public async ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken)
    {
        IReadOnlyList<SeenItem> documents = ((WorkUnit<SeenItem>)unit).Items;
        DueDocument[] due = [.. (await call.Gate.SelectAsync(documents, PrepareAsync, cancellationToken)).OfType<DueDocument>()];
        if (due.Length == 0)
            return;
        await AnnounceAsync(due, cancellationToken);
        await call.Gate.ForEachAsync(due, DeleteAsync, cancellationToken);
    }

    public Task<IReadOnlyList<ErasureOutcome>> CompleteAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_accounts.ToOutcomes(call.Location));

    public void Dispose() => _container?.Dispose();

    /// <summary>The documents of which something is to go, each once.</summary>
    private IEnumerable<SeenItem> Erasable() =>
        from shares in _items.All()
        let document = shares.FirstOrDefault(share => call.Options.Erasure.Takes(share.Item)).Item
        where document is not null
        select document;

    /// <summary>The devices of which a document was found.</summary>
    private IEnumerable<string> DevicesOf(string path) =>
        _items.Of(path).Where(share => call.Options.Erasure.Takes(share.Item)).Select(share => findings[share.Finding].DeviceId).Distinct();

    private ValueTask AnnounceAsync(IReadOnlyList<DueDocument> due, CancellationToken cancellationToken) =>
        call.AnnounceAsync(
            new Announcement(
                $"delete {Counted.Of(due.Count, "document")} as they stand under the ETags that were read, the first of them "
                    + $"{due[0].Item.Path} under {due[0].Document.ETag}",
                [.. due.SelectMany(one => one.DeviceIds, static (one, deviceId) => new AnnouncedItem(one.Item.Path, deviceId, Records: 1))]
            ),
            cancellationToken
        );

    /// <summary>Reads a document as it is now; null when it is not to be deleted.</summary>
    private async Task<DueDocument?> PrepareAsync(SeenItem item, CancellationToken cancellationToken)
    {
        DueDocument? due = null;
        await TryAsync(
            item,
            async () =>
            {
                DocumentAddress address = DocumentAddress.Parse(item.Path)
                    ?? throw FaultCatalogue.DocumentUnaddressable.Exception(PlaceOf(item), "its name has no partition key.");
                if (await Client.ReadAsync(address, cancellationToken) is { } json)
                    due = await JudgeAsync(item, address, json, before: null, cancellationToken);
                else
                    await RequireGoneAsync(item, address, cancellationToken);
            },
            cancellationToken
        );
        return due;
    }

    private async ValueTask DeleteAsync(DueDocument due, CancellationToken cancellationToken)
    {
        await TryAsync(due.Item, () => DeleteDueAsync(due, cancellationToken), cancellationToken);
        int done = Interlocked.Increment(ref _done);
        await call.ProgressAsync($"{done} of {_total} documents deleted", (int)(done * 100L / _total), cancellationToken);
    }

    private async Task DeleteDueAsync(DueDocument due, CancellationToken cancellationToken)
    {
        DueDocument? now = due;
        for (int attempt = 1; now is not null; attempt++)
        {
            Deletion deletion = await Client.DeleteAsync(now.Document.Address, now.Document.ETag, cancellationToken);
            if (deletion is Deletion.Missing)
                await RequireGoneAsync(now.Item, now.Document.Address, cancellationToken);
            if (deletion is not Deletion.Changed)
            {
                // What was there a moment ago, was announced, and is gone, counts, whichever attempt it was.
                _accounts.Deleted(now.DeviceIds);
                return;
            }

            if (attempt == Attempts)
                throw FaultCatalogue.ConcurrentChange.Exception(PlaceOf(due.Item), Attempts);
            if (await Client.ReadAsync(now.Document.Address, cancellationToken) is not { } json)
            {
                await RequireGoneAsync(now.Item, now.Document.Address, cancellationToken);
                return;
            }

            now = await JudgeAsync(now.Item, now.Document.Address, json, now.Document, cancellationToken);
            if (now is not null)
                await AnnounceAsync([now], cancellationToken);
        }
    }

    /// <summary>What goes with a document that is to be deleted as it is now; null when it is left, which is said.</summary>
    /// <param name="item">What was found.</param>
    /// <param name="address">Its address.</param>
    /// <param name="json">The document.</param>
    /// <param name="before">As it was read before in this run; null when it was not.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task<DueDocument?> JudgeAsync(
        SeenItem item,
        DocumentAddress address,
        byte[] json,
        StoredDocument? before,
        CancellationToken cancellationToken
    )
    {
        var document = StoredDocument.Read(json, _container!.Paths);
        if (document is null || document.Address != address)
            throw FaultCatalogue.DocumentUnaddressable.Exception(PlaceOf(item), "what was read there has another partition key or ID.");
        Judgement judgement = new DocumentJudge(selection, call.Location).Judge(document, json);
        DocumentMatch[] going = [.. judgement.Included(selection)];
        string? why =
            going.Length == 0 ? "it is none of the device's any more"
            : before is not null && before.Rid != document.Rid ? "another document has taken its place"
            : IsHeld(item, document, json) ? "it is held for one of the devices in it"
            : null;
        if (why is not null)
        {
            await call.NoteAsync(NoticeLevel.Warning, $"{PlaceOf(item)} was left as it is: {why}.", cancellationToken);
            return null;
        }

        foreach (DocumentMatch match in going)
            await RequireAllowedAsync(item, match, document.ETag != item.ETag, cancellationToken);
        return new DueDocument(item, document, [.. going.Select(match => selection.Subjects[match.Subject])]);
    }

    /// <summary>Whether something in it is of a device that it is held for, whoever else is in it and is to be erased.</summary>
    private bool IsHeld(SeenItem item, StoredDocument document, byte[] json)
    {
        IReadOnlyCollection<string> deviceIds = call.HeldIn(item.Path);
        if (deviceIds.Count == 0)
            return false;
        RecordSelection held = call.Held.Contains(item.Path)
            ? call.SelectionOf(deviceIds, selection.Subjects.Origin)
            : _heldThroughout.Value;
        return new DocumentJudge(held, call.Location).Judge(document, json).Included(held).Any();
    }

    /// <summary>A plan counts what a gateway relayed apart from its own records, and shows none of it in its items.</summary>
    private async Task RequireAllowedAsync(SeenItem item, DocumentMatch match, bool isChanged, CancellationToken cancellationToken)
    {
        string deviceId = selection.Subjects[match.Subject];
        int records = match.Kind is MatchKind.Relayed ? 0 : 1;
        if (call.Allowance?.TryTake(item.Path, deviceId, records, out long beyond) == false)
            throw FaultCatalogue.PlanExceeded.Exception(call.Location.ToString(), Counted.Of(beyond, "record"));
        if (isChanged && await call.DoubtOfAsync(deviceId, cancellationToken) is { } doubt)
            throw new DsrException(doubt);
    }

    /// <summary>
    /// The service says that there is no document at an address, which it also says of one under another form of its key: a query tells.
    /// </summary>
    private async Task RequireGoneAsync(SeenItem item, DocumentAddress address, CancellationToken cancellationToken)
    {
        await foreach (byte[] page in Client.QueryAsync(DocumentQueries.OfId(address.Id), cancellationToken))
        {
            if (DocumentPage.Split(page).Any(json => StoredDocument.Read(json, _container!.Paths)?.Address == address))
                throw FaultCatalogue.DocumentUnaddressable.Exception(PlaceOf(item), "a query finds it.");
        }

        await call.NoteAsync(NoticeLevel.Verbose, $"{PlaceOf(item)} no longer exists.", cancellationToken);
    }

    /// <summary>Works on one document; what fails is reported, and does not keep the others.</summary>
    private async Task TryAsync(SeenItem item, Func<Task> work, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _refusal) is { } refusal)
        {
            await LeaveAsync(item, refusal, cancellationToken);
            return;
        }

        try
        {
            await work();
            Volatile.Write(ref _throttled, 0);
        }
        catch (DsrException failed) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = failed.Fault;

            // A right that is missing for one document is missing for all; an account that is too busy for some is for the others.
            bool isThrottle = fault.Id == FaultCatalogue.Throttled.Id;
            bool isOfAll = fault.Category is FaultCategory.PermissionDenied or FaultCategory.AuthenticationError;
            if (isOfAll || (isThrottle && Interlocked.Increment(ref _throttled) >= MostThrottled))
                Interlocked.CompareExchange(ref _refusal, fault, null);
            await LeaveAsync(item, fault, cancellationToken);
            await call.ReportAsync(fault, cancellationToken);
        }
    }

    private async Task LeaveAsync(SeenItem item, Fault fault, CancellationToken cancellationToken)
    {
        _accounts.Left(DevicesOf(item.Path), fault);
        await call.NoteAsync(NoticeLevel.Verbose, $"{PlaceOf(item)} was left: {fault.Message}", cancellationToken);
    }

    private string PlaceOf(SeenItem item) => $"{call.Location.Place}/{item.Path}";

    /// <summary>A document that is to be deleted as it was read, and the devices whose records go with it.</summary>
    private sealed record DueDocument(SeenItem Item, StoredDocument Document, IReadOnlyList<string> DeviceIds);
}
