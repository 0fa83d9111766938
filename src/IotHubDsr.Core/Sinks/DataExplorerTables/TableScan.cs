using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.DataExplorer;

namespace IotHubDsr.Core.Sinks.DataExplorerTables;

/// <summary>
/// One reading of a table for all subjects. Rows are counted by what they say of whom they are; only where a time divides those that are
/// alike, they are counted one by one. An export then fetches them, in slices that are halved when they are too large.
/// </summary>
internal sealed class TableScan(Func<CancellationToken, Task<OpenTable>> open, SinkCall call, RecordSelection selection, string hubName)
    : IUnitWork<IReadOnlyList<DeviceDataFinding>>
{
    /// <summary>How tables are read for a verdict, for a certificate.</summary>
    public const string HowRead =
        "The rows whose mapped columns name the device were counted by a query over the whole table, and judged by the hub, the generation "
        + "and the time that they tell; rows that name no device were counted as well.";

    private const int MostParts = 1 << 20;

    private readonly ConcurrentQueue<ScanUnit> _pending = new();
    private readonly ConcurrentDictionary<int, long> _rowsOfBatch = new();
    private readonly string[][] _batches = [.. Ids(selection).Chunk(TableQueries.MostDevices)];
    private OpenTable? _table;
    private TableFindings? _findings;
    private bool _isComplete;
    private bool _areRowsAsked;
    private int _number;

    public bool IsSplit => _table is not null && _pending.IsEmpty && (Lines is null || _areRowsAsked);

    public bool IsInOrder => Lines is not null;

    /// <summary>Takes the rows of an export; null when nothing is exported.</summary>
    public RecordLines? Lines { get; init; }

    /// <summary>The table, once the first units are there.</summary>
    public OpenTable Table => _table!;

    public RecordSelection Selection => selection;

    /// <summary>What was found, once all units are done.</summary>
    public TableFindings Findings => _findings!;

    /// <summary>Why nothing is erased of what is found; null when it can be.</summary>
    public string? Left
    {
        get
        {
            RecordScope scope = call.Options.Erasure.Scope;
            DeviceColumns columns = Table.Columns;
            return Table.Unpurgeable
                ?? (
                    scope.GenerationId is not null && columns.Generation is null
                        ? "its rows do not tell the generation of their device, which the request asks for"
                    : (scope.StartTime ?? scope.EndTime) is not null && columns.Time is null
                        ? "its rows do not tell their time, which the request limits"
                    : null
                );
        }
    }

    public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_table is null)
        {
            _findings = new TableFindings(selection, hubName);
            _table = await open(cancellationToken);
            if (_table.Columns.Missing is null)
            {
                Enqueue(batch: -1, slice: null);
                for (int batch = 0; batch < _batches.Length; batch++)
                    Enqueue(batch, slice: null);
            }
        }
        else if (_pending.IsEmpty)
        {
            _areRowsAsked = true;
            foreach ((int batch, long rows) in _rowsOfBatch.Where(static one => one.Value > 0).OrderBy(static one => one.Key))
            {
                int parts = 1;
                while (parts < MostParts && rows / parts > TableQueries.RowsOfSlice)
                    parts *= 2;
                for (int part = 0; part < parts; part++)
                    Enqueue(batch, new TableSlice(parts, part));
            }
        }

        while (_pending.TryDequeue(out ScanUnit? unit))
            yield return unit;
    }

    public async ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken)
    {
        var asked = (ScanUnit)unit;
        try
        {
            if (asked.Batch < 0)
                _findings!.Nameless = await CountNamelessAsync(cancellationToken);
            else if (asked.Slice is { } slice)
                await ReadAsync(asked.Batch, slice, cancellationToken);
            else
                await CountAsync(asked.Batch, cancellationToken);
        }
        catch (DsrException failed) when (!SinkCall.ConcernsAll(failed.Fault))
        {
            await call.ReportAsync(failed.Fault, cancellationToken);
        }
    }

    public async Task<IReadOnlyList<DeviceDataFinding>> CompleteAsync(CancellationToken cancellationToken)
    {
        if (_areRowsAsked && call.Faults == 0 && _rowsOfBatch.Values.Where(static missing => missing > 0).Sum() is > 0 and var missing)
        {
            string reason = $"{Counted.Of(missing, "row")} that were counted were not given.";
            await call.ReportAsync(FaultCatalogue.ServiceFailed.For(call.Location.ToString(), reason), cancellationToken);
        }

        string? left = Left;
        IReadOnlyList<DeviceDataFinding> findings =
        [
            .. Enumerable.Range(0, selection.Subjects.Count).Select(subject => Findings.ToFinding(call, subject, Table, left)),
        ];
        _isComplete = true;
        return findings;
    }

    /// <summary>Lets go of what was found, unless findings refer to it.</summary>
    public void Dispose()
    {
        if (!_isComplete)
            _findings?.Dispose();
    }

    private static IEnumerable<string> Ids(RecordSelection selection) =>
        Enumerable.Range(0, selection.Subjects.Count).Select(subject => selection.Subjects[subject]);

    private void Enqueue(int batch, TableSlice? slice) =>
        _pending.Enqueue(new ScanUnit(Interlocked.Increment(ref _number) - 1, batch, slice));

    private async Task<long> CountNamelessAsync(CancellationToken cancellationToken)
    {
        using ExplorerRows answer = await Table.Client.QueryAsync(Table.Queries.Nameless, cancellationToken);
        return answer.Count == 1 && answer.Rows.First().Number("Rows") is { } rows
            ? rows
            : throw FaultCatalogue.ServiceFailed.Exception(call.Location.ToString(), "a count was answered without a number.");
    }

    private async Task CountAsync(int batch, CancellationToken cancellationToken)
    {
        var judge = new RowJudge(selection);
        List<RowGroup> groups = await GroupsAsync(_batches[batch], byTime: false, cancellationToken);

        // What a time divides is counted by each time.
        string[] divided =
        [
            .. groups
                .Where(group => group.First != group.Last && !IsOfOthers(group) && !IsWhole(judge, group))
                .SelectMany(static group => group.Ids)
                .Where(id => selection.Subjects.TryFind(Encoding.UTF8.GetBytes(id), out _))
                .Distinct(StringComparer.Ordinal),
        ];
        if (divided.Length > 0)
        {
            groups.RemoveAll(group => group.Ids.Any(id => divided.Contains(id, StringComparer.Ordinal)));
            groups.AddRange(await GroupsAsync(divided, byTime: true, cancellationToken));
        }

        foreach (RowGroup group in groups)
            Add(group, judge.OwnerOf(group, group.Last));
        _findings!.AddLaterDevices(judge.LaterDevices);
        _rowsOfBatch[batch] = groups.Sum(static group => group.Rows);
    }

    /// <summary>Whether no time makes rows those of a subject.</summary>
    private bool IsOfOthers(RowGroup group) =>
        (group.Hub is { } hub && hub.Length > 0 && !hub.Equals(hubName, StringComparison.OrdinalIgnoreCase))
        || (call.Options.Erasure.Scope.GenerationId is { } asked && group.Generation.Length > 0 && group.Generation != asked);

    /// <summary>Rows within a span of time are alike where its ends are: each rule about time is one about a span.</summary>
    private static bool IsWhole(RowJudge judge, RowGroup group) =>
        judge.OwnerOf(group, group.First) is { Subject: >= 0 } first && first == judge.OwnerOf(group, group.Last);

    private async Task<List<RowGroup>> GroupsAsync(IReadOnlyList<string> deviceIds, bool byTime, CancellationToken cancellationToken)
    {
        using ExplorerRows answer = await Table.Client.QueryAsync(Table.Queries.Summary(deviceIds, byTime), cancellationToken);
        return [.. answer.Rows.Select(row => RowGroup.OfSummary(row, Table.Columns, call.Location))];
    }

    private void Add(RowGroup group, RowOwner owner)
    {
        string[] ids = [.. group.Ids.Where(static id => id.Length > 0).Distinct(StringComparer.Ordinal)];
        foreach (string id in ids)
        {
            // Of a row with two devices nobody knows whose it is.
            if (selection.Subjects.TryFind(Encoding.UTF8.GetBytes(id), out int subject))
                _findings!.Add(subject, group, ids.Length > 1 ? new RowOwner(subject, IsUnclear: true) : owner);
        }
    }

    private async Task ReadAsync(int batch, TableSlice slice, CancellationToken cancellationToken)
    {
        using ExplorerRows? answer = await Table.Client.TryQueryAsync(Table.Queries.Rows(_batches[batch], slice), cancellationToken);
        if (answer is null)
        {
            if (slice.Parts >= MostParts)
                throw FaultCatalogue.ServiceFailed.Exception(call.Location.ToString(), "more rows are alike than one query gives.");
            foreach (TableSlice half in slice.Halves)
                Enqueue(batch, half);
            return;
        }

        var judge = new RowJudge(selection);
        foreach (ExplorerRow row in answer.Rows)
        {
            var group = RowGroup.Of(row, Table.Columns);
            if (judge.OwnerOf(group, group.Last) is { Subject: >= 0, IsUnclear: false } owner)
                RowLines.Add(Lines!, row, owner.Subject, group.Last);
        }

        _rowsOfBatch.AddOrUpdate(batch, 0, (_, missing) => missing - answer.Count);
        await Lines!.WriteAsync(cancellationToken);
    }

    /// <summary>Some devices, and a part of their rows; without a part the rows are counted. Batch -1 is what names no device.</summary>
    private sealed record ScanUnit(int Number, int Batch, TableSlice? Slice) : WorkUnit(Number);
}
