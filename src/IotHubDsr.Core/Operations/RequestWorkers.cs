using System.Text;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Work;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Workers for one run of a request. While it is there, a folder beside the request tells workers that there is, or can still come,
/// something to do.
/// </summary>
internal sealed class RequestWorkers : IAsyncDisposable
{
    private readonly ISegmentStore _store;
    private readonly IUnitEngine _engine;
    private readonly string _requestId;

    private RequestWorkers(ISegmentStore store, IUnitEngine engine, string requestId, IUnitScheduler scheduler) =>
        (_store, _engine, _requestId, Scheduler) = (store, engine, requestId, scheduler);

    public IUnitScheduler Scheduler { get; }

    /// <exception cref="DsrException">The store is none that workers reach.</exception>
    public static async Task<RequestWorkers> OpenAsync(
        IEvidenceStore place,
        OpenRequest open,
        IUnitEngines engines,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (place is not ISegmentStore store)
            throw FaultCatalogue.StoreNotDistributable.Exception(place.Place);
        string requestId = open.Folder.RequestId;
        IUnitEngine engine = await engines.OpenAsync(store, cancellationToken);
        await OpenWork.AnnounceAsync(store, requestId, cancellationToken);
        var scheduler = new DistributedScheduler(
            store.OpenSegments(requestId),
            RecordOn(open),
            open.State.Registration!.HubHostName,
            engine,
            time
        )
        {
            Plan = open.State.Plan!.Digest,
            IsTaken = (work, unit) => open.State.Works.TryGetValue(work, out UnitsState? state) && state.IsTaken(unit),
        };
        return new RequestWorkers(store, engine, requestId, scheduler);
    }

    /// <summary>
    /// Ends what workers still have of runs that were lost: what they announced is put on record, and what they read is read again.
    /// </summary>
    public static async Task WithdrawAsync(IEvidenceStore place, OpenRequest open, TimeProvider time, CancellationToken cancellationToken)
    {
        string[] works = [.. open.State.OpenWorks];
        if (works.Length == 0 || place is not ISegmentStore store)
            return;
        foreach (string work in works)
        {
            var files = new UnitFiles(store.OpenSegments(open.Folder.RequestId), work);
            if (await files.ReadOrderAsync(cancellationToken) is not { } order)
                continue;
            await new UnitWithdrawal(files, open.State.Works[work].IsTaken, RecordOn(open), time).RunAsync(
                WorkOrder.Parse(order).Plan,
                cancellationToken
            );
        }
    }

    /// <summary>Checks that the segments of all units that were taken in are there, as they were.</summary>
    /// <exception cref="DsrException">One is missing, or was changed.</exception>
    public static async Task CheckAsync(OpenRequest open, CancellationToken cancellationToken)
    {
        if (open.State.Works.Count == 0)
            return;
        ILookup<(string Work, int Number), string> segments = (await open.Folder.ListAsync(cancellationToken))
            .Where(UnitFiles.IsSegment)
            .ToLookup(UnitFiles.UnitOfSegment);
        foreach ((string work, UnitsState state) in open.State.Works)
        {
            foreach (TakenUnit unit in state.Taken)
            {
                bool isThere = false;
                foreach (string name in segments[(work, unit.Number)])
                {
                    byte[] lines = await open.Folder.ReadAsync(name, cancellationToken) ?? [];
                    isThere |= lines.Length > 0 && HeadOf(lines) == unit.Head;
                }

                if (!isThere)
                    throw FaultCatalogue.SegmentMissing.Exception(open.Folder.RequestId, $"{work}/{unit.Number:D7}");
            }
        }
    }

    /// <summary>The segments of the erasure of a location, for its certificate; null where there are none.</summary>
    public static string? SentenceOf(RequestState state, string locationId)
    {
        List<TakenUnit> taken =
        [
            .. state
                .Works.Where(work => UnitFiles.LocationOf(work.Key) == locationId)
                .OrderBy(static work => work.Key, StringComparer.Ordinal)
                .SelectMany(static work => work.Value.Taken),
        ];
        if (taken.Count == 0)
            return null;
        string heads = string.Concat(taken.Select(static unit => $"{Digests.Hex(unit.Head)}\n"));
        return $"Workers did {Counted.Of(taken.Count, "part")} of the work here; the segments of the journal that they wrote have heads "
            + $"of the digest {Digests.Of(Encoding.ASCII.GetBytes(heads))}.";
    }

    /// <summary>The run is over: nothing is left for workers to do.</summary>
    public Task EndAsync(CancellationToken cancellationToken) => OpenWork.EndAsync(_store, _requestId, cancellationToken);

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    /// <summary>Hash of the last line.</summary>
    private static string HeadOf(ReadOnlySpan<byte> lines)
    {
        ReadOnlySpan<byte> written = lines[..^1];
        return Digests.Of(written[(written.LastIndexOf((byte)'\n') + 1)..]);
    }

    /// <summary>What workers announced is theirs to say only of subjects of the request.</summary>
    private static Func<JournalEvent, CancellationToken, Task> RecordOn(OpenRequest open) =>
        (next, cancellationToken) =>
            next is Announced announced
            && !announced.Items.All(row => row.Shares is { } shares && AnnouncedShares.AreWithin(shares, open.State.Subjects.Count))
                ? throw FaultCatalogue.JournalBroken.Exception(
                    open.Folder.PlaceOf("segments"),
                    1,
                    "an announced item is of a subject that does not exist"
                )
                : open.Journal.AppendAsync(next, cancellationToken);
}
