using System.Runtime.CompilerServices;
using System.Text;
using IotHubDsr.Core.Azure.DataExplorer;

namespace IotHubDsr.Core.Sinks.DataExplorerTables;

/// <summary>
/// Orders purges in two steps: the table is read again, the service counts what a purge would take, and it is ordered only if that is what
/// was read and planned. Many devices go with one purge. The service hides the rows first, and cleans its storage within 30 days.
/// </summary>
internal sealed class TablePurge(
    TableScan scan,
    SinkCall call,
    IReadOnlyList<DeviceDataFinding> findings,
    string hubName,
    TimeProvider time
) : IUnitWork<IReadOnlyList<ErasureOutcome>>
{
    /// <summary>By when the service has cleaned its storage.</summary>
    public static readonly TimeSpan Promise = TimeSpan.FromDays(30);

    /// <summary>The service takes 63 KB.</summary>
    private const int MostBytes = 60 * 1024;

    private readonly Dictionary<string, Fault> _faults = new(StringComparer.Ordinal);
    private bool _isPurgeSplit;

    public bool IsSplit => _isPurgeSplit;

    private bool IsIdle => !findings.Any(finding => finding.Items.Any(call.Options.Erasure.Takes));

    public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (IsIdle)
        {
            _isPurgeSplit = true;
            yield break;
        }

        if (!scan.IsSplit)
        {
            await foreach (WorkUnit unit in scan.SplitAsync(cancellationToken))
                yield return unit;
            yield break;
        }

        _isPurgeSplit = true;
        yield return new Purging(0);
    }

    public ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken) =>
        unit is Purging ? new ValueTask(PurgeAsync(cancellationToken)) : scan.DoAsync(unit, cancellationToken);

    public Task<IReadOnlyList<ErasureOutcome>> CompleteAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ErasureOutcome>>([
            .. findings.Select(finding => new ErasureOutcome(finding.DeviceId, RecordsErased: 0, ItemsChanged: 0)
            {
                Fault = _faults.GetValueOrDefault(finding.DeviceId),
            }),
        ]);

    public void Dispose() => scan.Dispose();

    private async Task PurgeAsync(CancellationToken cancellationToken)
    {
        // Of what could not be read again nobody knows whose it is.
        if (call.Faults > 0 || scan.Table.Columns.Missing is not null)
        {
            Fail(
                findings.Select(static finding => finding.DeviceId),
                FaultCatalogue.LocationUnreadable.For(call.Location.ToString(), "it could not be read again as it was for the plan")
            );
            return;
        }

        if (scan.Left is { } left)
        {
            Fail(findings.Select(static finding => finding.DeviceId), Refusal($"nothing was purged: {left}."));
            return;
        }

        IEnumerable<IGrouping<(bool, bool), Share>> alike = Enumerable
            .Range(0, scan.Selection.Subjects.Count)
            .Select(ShareOf)
            .OfType<Share>()
            .ToList()
            .GroupBy(static share => (share.IsOfHub, share.Generations.Count > 0));
        foreach (List<Share> some in alike.SelectMany(Chunk))
        {
            try
            {
                await PurgeAsync(some, cancellationToken);
            }
            catch (DsrException failed) when (!SinkCall.ConcernsAll(failed.Fault))
            {
                // What was ordered before has its ticket.
                await call.ReportAsync(failed.Fault, cancellationToken);
                Fail(some.Select(static share => share.DeviceId), failed.Fault);
            }
        }
    }

    /// <summary>What may go of a device; null when nothing may, or there is nothing.</summary>
    private Share? ShareOf(int subject)
    {
        string deviceId = scan.Selection.Subjects[subject];
        RowCounts counts = scan.Findings.CountsOf(subject);
        (long own, long named) = (counts.Own, counts.Named);
        DeviceDataFinding finding = findings.First(one => one.DeviceId == deviceId);
        if (own == 0 || !finding.Items.Any(item => item.Path == scan.Table.Name) || call.Held[scan.Table.Name].Contains(deviceId))
            return null;

        // The service selects when it purges, which can be later: what can keep rows of others out that come meanwhile is in the predicate.
        bool isOfHub = scan.Table.Columns.Hub is not null && counts.OfHub == own && counts.OwnOfHub == own;
        if (named != own && !isOfHub)
        {
            Fail(
                [deviceId],
                Refusal(
                    $"{Counted.Of(named - own, "row")} of the same device ID cannot be told from the device's by what a purge compares: "
                        + "nothing was purged."
                )
            );
            return null;
        }

        bool tellsGeneration = scan.Table.Columns.Generation is not null && !counts.Generations.Contains(string.Empty);
        if (call.Allowance?.TryTake(scan.Table.Name, deviceId, own, out long beyond) != false)
            return new Share(deviceId, own, isOfHub, tellsGeneration ? counts.Generations : [], counts.Last);
        Fail([deviceId], FaultCatalogue.PlanExceeded.For(call.Location.ToString(), Counted.Of(beyond, "row")));
        return null;
    }

    private async Task PurgeAsync(List<Share> shares, CancellationToken cancellationToken)
    {
        string[] deviceIds = [.. shares.Select(static share => share.DeviceId)];
        long planned = shares.Sum(static share => share.Rows);
        string predicate = scan.Table.Queries.Predicate(
            deviceIds,
            shares[0].IsOfHub ? hubName : null,
            [.. shares.SelectMany(static share => share.Generations).Distinct(StringComparer.Ordinal)],
            shares.Max(static share => share.Last)
        );
        using ExplorerRows counted = await scan.Table.Client.PurgeAsync(
            scan.Table.Queries.Purge(predicate, token: null),
            cancellationToken
        );
        ExplorerRow? first = counted.Count == 1 ? counted.Rows.First() : null;
        string? token = first?.Text("VerificationToken");
        if (first?.Number("NumRecordsToPurge") is not { } records || token is null)
            throw new DsrException(Refusal("the first step of a purge was answered without a count."));
        if (records != planned)
        {
            string text = $"a purge would take {Counted.Of(records, "row")}, where {planned} were read and planned: nothing was purged.";
            Fail(deviceIds, Refusal(text));
            return;
        }

        await call.AnnounceAsync(
            new Announcement(
                $"orders {Counted.Of(planned, "row")} of the table to be purged, as the service has counted them",
                [.. shares.Select(share => new AnnouncedItem(scan.Table.Name, share.DeviceId, share.Rows))]
            ),
            cancellationToken
        );

        // Rows are hidden before they are erased: should the answer be lost, or the process die, the order is known all the same.
        var order = new ExplorerOrder();
        DateTimeOffset announced = time.GetUtcNow();
        await call.TakeAsync(
            new ErasureTicket(order.RequestId, announced, announced + Promise, deviceIds) { IsUnconfirmed = true },
            cancellationToken
        );
        using ExplorerRows ordered = await OrderAsync(scan.Table.Queries.Purge(predicate, token), order);
        string operation = ordered.Rows.Select(static row => row.Text("OperationId")).FirstOrDefault(static id => Guid.TryParse(id, out _))
            ?? throw FaultCatalogue.ServiceFailed.Exception(call.Location.ToString(), "a purge was accepted without an operation ID.");
        DateTimeOffset now = time.GetUtcNow();
        await call.TakeAsync(
            new ErasureTicket(operation, now, now + Promise, deviceIds) { Confirms = order.RequestId },
            CancellationToken.None
        );
    }

    private async Task<ExplorerRows> OrderAsync(string command, ExplorerOrder order)
    {
        try
        {
            return await scan.Table.Client.OrderAsync(command, order);
        }
        catch (DsrException) when (!order.MayBeAccepted)
        {
            await call.WithdrawAsync(order.RequestId, CancellationToken.None);
            throw;
        }
    }

    private Fault Refusal(string text) => FaultCatalogue.ServiceFailed.For(call.Location.ToString(), text);

    private void Fail(IEnumerable<string> deviceIds, Fault fault)
    {
        foreach (string deviceId in deviceIds)
            _faults.TryAdd(deviceId, fault);
    }

    private static IEnumerable<List<Share>> Chunk(IEnumerable<Share> shares)
    {
        List<Share> chunk = [];
        int bytes = 0;
        foreach (Share share in shares)
        {
            int size = share.Generations.Prepend(share.DeviceId).Sum(SizeOf);
            if (chunk.Count > 0 && bytes + size > MostBytes)
            {
                yield return chunk;
                chunk = [];
                bytes = 0;
            }

            chunk.Add(share);
            bytes += size;
        }

        if (chunk.Count > 0)
            yield return chunk;
    }

    /// <summary>Escapes can make six characters of one.</summary>
    private static int SizeOf(string text) => (6 * Encoding.UTF8.GetByteCount(text)) + 4;

    private sealed record Purging(int Number) : WorkUnit(Number);

    /// <summary>What goes of a device.</summary>
    /// <param name="DeviceId">The device.</param>
    /// <param name="Rows">How many rows.</param>
    /// <param name="IsOfHub">Whether exactly these rows of the ID name this hub.</param>
    /// <param name="Generations">Their generations; none if some do not tell theirs.</param>
    /// <param name="Last">When the hub took in the last; null where none tells its time.</param>
    private sealed record Share(string DeviceId, long Rows, bool IsOfHub, IReadOnlyCollection<string> Generations, DateTimeOffset? Last);
}
