using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Logs;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>Takes a row that is subjects', and can be purged.</summary>
internal delegate void ErasableRow(string table, LogPurgeKey key, int batch, IReadOnlyList<FoundRow> rows);

/// <summary>
/// One reading of a workspace for all subjects. First each table is asked how many rows can name some of the devices, and of what time they
/// are; then they are fetched slice by slice, and a slice that is too large is halved; last come the rows of traces that the first showed.
/// </summary>
internal sealed class LogScan(
    Func<CancellationToken, Task<LogWorkspace>> open,
    SinkCall call,
    IReadOnlyList<string> deviceIds,
    string hubName
) : IUnitWork<IReadOnlyList<DeviceDataFinding>>
{
    /// <summary>How workspaces are read for a verdict, for a certificate.</summary>
    public const string HowRead =
        "Every table that holds rows of the hub, or of a resource that its data goes through, was queried for rows that can name the "
        + "device, slice by slice until the rows added up to their count, and each row was judged by what it says.";

    /// <summary>Traces that one query asks for.</summary>
    private const int MostTraces = 1_000;

    private readonly RecordSelection _selection = call.SelectionOf(deviceIds, new RecordOrigin(hubName) { IsShared = true });
    private readonly ConcurrentQueue<LogUnit> _pending = new();
    private readonly RowTraces _traces = new(deviceIds.Count);
    private readonly ConcurrentDictionary<LogQuestion, long> _missing = new();
    private readonly string[] _logged = call.Location.Settings.GetValueOrDefault(LocationSettings.LoggedResources)?.Split('\n') ?? [];
    private LogWorkspace? _workspace;
    private LogFindings? _findings;
    private IReadOnlyList<string> _tables = [];
    private Batch[] _batches = [];
    private bool _isComplete;
    private bool _areTracesAsked;
    private int _number;
    private int _rows;

    public bool IsSplit => _workspace is not null && _pending.IsEmpty && _areTracesAsked;

    public bool IsInOrder => Lines is not null;

    /// <summary>Takes the matches of an export, and then units wait for each other; null when nothing is exported.</summary>
    public RecordLines? Lines { get; init; }

    /// <summary>Takes what can be purged; null where nothing is erased.</summary>
    public ErasableRow? OnErasable { get; init; }

    /// <summary>The workspace, once the first units are there.</summary>
    public LogWorkspace Workspace => _workspace!;

    public RecordSelection Selection => _selection;

    /// <inheritdoc cref="LogFindings.BehindOf" />
    public IReadOnlyList<LeftBehind> BehindOf(IEnumerable<int> subjects) => _findings!.BehindOf(subjects);

    public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_workspace is null)
        {
            await OpenAsync(cancellationToken);
        }
        else if (_pending.IsEmpty)
        {
            // Once all rows that name devices are read, the traces are known that they are part of. They are asked for as they are
            // read, and not kept.
            _areTracesAsked = true;
            foreach (TraceChunk traces in _traces.InChunks(MostTraces))
            {
                foreach (string table in _tables.Where(LogTables.IsTraced))
                {
                    yield return new LogUnit(
                        Interlocked.Increment(ref _number) - 1,
                        new LogQuestion(table, traces.Batch, traces),
                        Slice: null
                    );
                }
            }
        }

        while (_pending.TryDequeue(out LogUnit? unit))
            yield return unit;
    }

    public async ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken)
    {
        var asked = (LogUnit)unit;
        try
        {
            if (asked.Question.Traces is not null)
                await ReadTracesAsync(asked.Question, cancellationToken);
            else if (asked.Slice is null)
                await CountAsync(asked.Question, cancellationToken);
            else
                await ReadAsync(asked.Question, asked.Slice, cancellationToken);
        }
        catch (DsrException hidden) when (LogQueryClient.IsOfMissingName(hidden) && _workspace!.Has(asked.Question.Table))
        {
            throw _workspace!.Queries.TableNotAllowed(asked.Question.Table);
        }
        catch (DsrException failed) when (!SinkCall.ConcernsAll(failed.Fault))
        {
            await call.ReportAsync(failed.Fault, cancellationToken);
        }
    }

    public async Task<IReadOnlyList<DeviceDataFinding>> CompleteAsync(CancellationToken cancellationToken)
    {
        await CheckAsync(cancellationToken);
        string? note = _workspace!.ReplicatedTo is { } region
            ? $"the workspace is replicated to {region}: its owner must check that the rows leave the replica as well"
            : null;
        IReadOnlyList<DeviceDataFinding> findings =
        [
            .. Enumerable.Range(0, _selection.Subjects.Count).Select(subject => _findings!.ToFinding(call, subject, note)),
        ];
        _isComplete = true;
        return findings;
    }

    /// <summary>Compares what was read with what was counted before: what was not given is not known to be nobody's.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        foreach ((LogQuestion question, long missing) in _missing.Where(static one => one.Value > 0))
            await call.ReportAsync(Missing(question, missing), cancellationToken);
    }

    private Fault Missing(LogQuestion question, long rows) =>
        FaultCatalogue.ServiceFailed.For(
            call.Location.ToString(),
            $"{Counted.Of(rows, "row")} of the table {question.Table} that were counted were not given."
        );

    /// <summary>Lets go of what was found, unless findings refer to it.</summary>
    public void Dispose()
    {
        _traces.Dispose();
        if (!_isComplete)
            _findings?.Dispose();
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        LogWorkspace workspace = await open(cancellationToken);
        _findings = new LogFindings(_selection);
        int first = 0;
        _batches =
        [
            .. deviceIds
                .Distinct(StringComparer.Ordinal)
                .Chunk(LogQueries.MostDevices)
                .Select(
                    (ids, number) =>
                    {
                        var batch = new Batch(
                            number,
                            first,
                            ids,
                            call.SelectionOf(ids, new RecordOrigin(hubName) { IsShared = true }),
                            call.SelectionOf(ids, new RecordOrigin(hubName))
                        );
                        first += ids.Length;
                        return batch;
                    }
                ),
        ];
        _tables = await TablesAsync(workspace, cancellationToken);
        LookAtTables(workspace);
        foreach (string table in _tables)
        {
            foreach (Batch batch in _batches)
                Enqueue(new LogQuestion(table, batch.Number, Traces: null), slice: null);
        }

        _workspace = workspace;
    }

    /// <summary>The tables with rows of the hub, and those that can have some without naming it as others do.</summary>
    private async Task<IReadOnlyList<string>> TablesAsync(LogWorkspace workspace, CancellationToken cancellationToken)
    {
        string query = LogQueries.TablesOf(hubName, _logged);
        using LogTable answer = await workspace.Queries.QueryAsync(query, isSearch: false, cancellationToken);
        List<string> found = [.. answer.Rows.Select(static row => row.Text("$table")).OfType<string>()];
        // A table that the account may not read is not there for its queries: those that have to be are asked for by name.
        IEnumerable<string> known = workspace.IsListed
            ? workspace.Tables.Where(table => IsKnown(table) && CanRead(workspace, table)).Select(static table => table.Name)
            : LogTables.All;
        return [.. found.Concat(known).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];
    }

    private static bool IsKnown(WorkspaceTable table) => LogTables.IsOfHub(table.Name) || table.IsResult || !table.IsQueried;

    private bool CanRead(LogWorkspace workspace, WorkspaceTable table) =>
        table.IsQueried || (workspace.Queries.CanSearch && IsSearched(table));

    /// <summary>
    /// Of tables that are searched at a price, those that applications write to, and that can have rows of the hub or of what its data goes
    /// through: Azure's own take their plan as well.
    /// </summary>
    private bool IsSearched(WorkspaceTable table) =>
        table.IsCustom || table.IsResult || _logged.Length > 0 || LogTables.IsOfHub(table.Name);

    /// <summary>Notes what queries do not reach.</summary>
    private void LookAtTables(LogWorkspace workspace)
    {
        if (!workspace.IsListed)
        {
            _findings!.AddRemark(
                "its tables could not be listed: those that queries do not reach, and results of search jobs, were not looked at"
            );
        }

        foreach (WorkspaceTable table in workspace.Tables)
        {
            if (!CanRead(workspace, table) && IsSearched(table))
            {
                _findings!.AddRemark(
                    $"the table {table.Name} is searched only by who can read the workspace: its owner looks for the device"
                );
            }

            if (table is { Shown: { } shown, Retention: { } kept } && _tables.Contains(table.Name, StringComparer.OrdinalIgnoreCase))
            {
                _findings!.AddRemark(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the table {table.Name} keeps rows for {kept.TotalDays} days, and no query shows those of more than "
                            + $"{shown.TotalDays}: its owner looks for the device in them with a search job"
                    )
                );
            }

            if (table.Definition is not { } definition)
                continue;
            for (int subject = 0; subject < _selection.Subjects.Count; subject++)
            {
                if (IdTexts.Holds(definition, _selection.Subjects[subject], StringComparison.Ordinal))
                    _findings!.AddDefinition(subject, table.Name);
            }
        }
    }

    private void Enqueue(LogQuestion question, LogSlice? slice) =>
        _pending.Enqueue(new LogUnit(Interlocked.Increment(ref _number) - 1, question, slice));

    private async Task CountAsync(LogQuestion question, CancellationToken cancellationToken)
    {
        (long rows, IEnumerable<LogSlice> slices) = await SlicesAsync(question, cancellationToken);
        if (rows > 0)
            _missing[question] = rows;
        foreach (LogSlice slice in slices)
            Enqueue(question, slice);
    }

    /// <summary>Counts rows; the slices of time in which they are read.</summary>
    private async Task<(long Rows, IEnumerable<LogSlice> Slices)> SlicesAsync(LogQuestion question, CancellationToken cancellationToken)
    {
        string query = question.Traces is { } traces
            ? LogQueries.CountTraces(question.Table, traces.Traces)
            : LogQueries.Count(_workspace!.Table(question.Table), _batches[question.Batch].DeviceIds);
        using LogTable answer = await _workspace!.Queries.QueryAsync(query, IsSearch(question), cancellationToken);
        LogRow? counted = answer.Count == 1 ? answer.Rows.First() : null;
        if (counted is not { } row)
            throw FaultCatalogue.ServiceFailed.Exception(call.Location.ToString(), "a count was answered without a number.");
        long rows = row.Number("Rows");
        if (rows == 0)
            return (0, []);
        if (row.Time("First") is not { } first || row.Time("Last") is not { } last)
            throw FaultCatalogue.ServiceFailed.Exception(call.Location.ToString(), $"rows of the table {question.Table} have no time.");

        // Rows lie unevenly: what is too much all the same is halved.
        return (rows, new LogSlice(first, last).Split(1 + (rows / (LogQueries.MostRows / 2))));
    }

    /// <summary>All rows of some traces, one slice after the other: what is to be asked next is not kept elsewhere.</summary>
    private async Task ReadTracesAsync(LogQuestion question, CancellationToken cancellationToken)
    {
        (long missing, IEnumerable<LogSlice> slices) = await SlicesAsync(question, cancellationToken);
        var pending = new Queue<LogSlice>(slices);
        while (pending.TryDequeue(out LogSlice? slice))
        {
            if (await TryReadAsync(question, slice, cancellationToken) is { } read)
            {
                missing -= read;
                continue;
            }

            foreach (LogSlice half in slice.Split(2))
                pending.Enqueue(half);
        }

        if (missing > 0)
            await call.ReportAsync(Missing(question, missing), cancellationToken);
    }

    private async Task ReadAsync(LogQuestion question, LogSlice slice, CancellationToken cancellationToken)
    {
        if (await TryReadAsync(question, slice, cancellationToken) is { } read)
        {
            _missing.AddOrUpdate(question, 0, (_, missing) => missing - read);
            return;
        }

        foreach (LogSlice half in slice.Split(2))
            Enqueue(question, half);
    }

    /// <summary>How many rows a slice has; null where they are more than one query gives.</summary>
    private async Task<int?> TryReadAsync(LogQuestion question, LogSlice slice, CancellationToken cancellationToken)
    {
        Batch batch = _batches[question.Batch];
        string query = question.Traces is { } traces
            ? LogQueries.RowsOfTraces(question.Table, traces.Traces, slice)
            : LogQueries.Rows(_workspace!.Table(question.Table), batch.DeviceIds, slice);
        using LogTable? answer = await _workspace!.Queries.TryQueryAsync(query, IsSearch(question), cancellationToken);
        if (answer is null || answer.Count > LogQueries.MostRows)
        {
            if (!slice.IsMoment)
                return null;
            throw FaultCatalogue.ServiceFailed.Exception(
                call.Location.ToString(),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the table {question.Table} has more rows of {slice.Start:O} than one query gives."
                )
            );
        }

        Take(question, batch, answer);
        if (Lines is { } lines)
            await lines.WriteAsync(cancellationToken);
        int all = Interlocked.Add(ref _rows, answer.Count);
        await call.ProgressAsync($"{Counted.Of(all, "row")} read", percent: null, cancellationToken);
        return answer.Count;
    }

    private void Take(LogQuestion question, Batch batch, LogTable answer)
    {
        var judge = new LogJudge(batch.Selection, batch.Unshared, Lines is { } lines ? LogLines.Of(lines, batch.First) : null);
        WorkspaceTable table = _workspace!.Table(question.Table);
        foreach (LogRow row in answer.Rows)
        {
            bool isTraced = question.Traces is not null;
            string? trace = LogTables.TraceOf(question.Table, row);
            IReadOnlyList<RowMatch> matches = question.Traces is { } traces
                ? judge.JudgeTraced(question.Table, row, traces.SubjectsOf(trace))
                : judge.Judge(question.Table, row);
            RowMatch[] included = [.. matches.Where(match => batch.Selection.Includes(match.Kind))];
            if (included.Length == 0)
                continue;
            AddRow(table, batch, row, included, isTraced);
            if (!isTraced && trace is not null)
                _traces.Add(batch.Number, trace, included.Select(static match => match.Subject));
        }

        _findings!.Add(judge, batch.First);
    }

    private bool IsSearch(LogQuestion question) => !_workspace!.Table(question.Table).IsQueried;

    private void AddRow(WorkspaceTable table, Batch batch, LogRow row, RowMatch[] included, bool isTraced)
    {
        DateTimeOffset made = row.Time("TimeGenerated") ?? DateTimeOffset.UnixEpoch;
        string? why =
            table.IsResult ? $"the table {table.Name} is a copy that a search or a restore made"
            : !table.IsQueried ? $"the plan of the table {table.Name} has no purge"
            // A trace can go through several devices, and its rows that name none can be of each.
            : isTraced ? $"rows of traces in the table {table.Name} do not name their device themselves"
            : LogJudge.IsOfProvisioning(row) ? "rows of provisioning services do not name their hub"
            : null;
        LogPurgeKey? key = why is not null
            ? null
            : LogPurgeKey.Of(table.Name, row, included.Select(match => batch.Selection.Subjects[match.Subject]));
        if (key is null)
        {
            why ??= $"no column of the table {table.Name} that a purge can compare certainly names the device";
            foreach (RowMatch match in included.Where(static match => match.Kind is not MatchKind.Relayed))
                _findings!.AddLeft(match.Subject + batch.First, table.IsResult ? null : made + table.Retention, why, isTraced);
            return;
        }

        string path = LogFindings.PathOf(table.Name, made);
        FoundRow[] found =
        [
            .. included.Select(match => new FoundRow(match.Subject + batch.First, path, row.Time(LogQueries.Received) ?? made)),
        ];
        foreach (FoundRow one in found)
            _findings!.AddErasable(one, key.Value.Value.Length, made);
        OnErasable?.Invoke(table.Name, key.Value, batch.Number, found);
    }

    /// <summary>Some of the devices, whose numbers in the selection of the batch begin at 0.</summary>
    private sealed record Batch(int Number, int First, string[] DeviceIds, RecordSelection Selection, RecordSelection Unshared);

    /// <summary>What is asked of a table; compared by reference where it is about traces.</summary>
    private sealed record LogQuestion(string Table, int Batch, TraceChunk? Traces);

    /// <summary>A table, some devices, and a slice of time; without a slice the rows are counted.</summary>
    private sealed record LogUnit(int Number, LogQuestion Question, LogSlice? Slice) : WorkUnit(Number);
}
