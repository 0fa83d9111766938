using System.Globalization;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>A row that is a subject's, as an erasure needs to know it.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="Path">The item of a finding that it counts in.</param>
/// <param name="Received">When the workspace took it in.</param>
internal readonly record struct FoundRow(int Subject, string Path, DateTimeOffset Received);

/// <summary>What the rows of a workspace that were read hold of subjects; units add theirs at once.</summary>
internal sealed class LogFindings(RecordSelection selection) : IDisposable
{
    private readonly Dictionary<int, RecordTotals> _totals = [];
    private readonly Dictionary<(string Path, int Subject), Share> _shares = [];
    private readonly Dictionary<int, Leftover> _left = [];
    private readonly Dictionary<int, Leftover> _traced = [];
    private readonly Dictionary<int, long> _unread = [];
    private readonly Dictionary<int, string> _definitions = [];
    private readonly HashSet<int> _laterDevices = [];
    private readonly SortedSet<string> _remarks = new(StringComparer.Ordinal);
    private readonly FindingsSpool _spool = new(selection.Subjects.Count);
    private readonly object _gate = new();
    private FindingsFile? _complete;

    /// <summary>The item that a row counts in: its table, and the day on which it was made. Days do not change as others' rows come and go.</summary>
    public static string PathOf(string table, DateTimeOffset made) =>
        string.Create(CultureInfo.InvariantCulture, $"{table}/{made.UtcDateTime:yyyy-MM-dd}");

    /// <summary>Adds what an answer holds.</summary>
    /// <param name="judge">What judged its rows.</param>
    /// <param name="firstSubject">The number of the first subject that it knows.</param>
    public void Add(LogJudge judge, int firstSubject)
    {
        lock (_gate)
        {
            foreach (ArchiveScan scan in judge.Scans)
            {
                _laterDevices.UnionWith(scan.LaterDevices.Select(subject => subject + firstSubject));
                foreach (SubjectMatches matches in scan.Subjects)
                    TotalsOf(matches.Subject + firstSubject).Add(matches, selection.WithBody);
            }

            foreach ((int subject, long rows) in judge.Unread)
                _unread[subject + firstSubject] = _unread.GetValueOrDefault(subject + firstSubject) + rows;
        }
    }

    /// <summary>Adds a row that can be purged.</summary>
    public void AddErasable(FoundRow row, long bytes, DateTimeOffset made)
    {
        lock (_gate)
        {
            Share share = _shares.GetValueOrDefault((row.Path, row.Subject));
            _shares[(row.Path, row.Subject)] = new Share(
                share.Records + 1,
                share.Bytes + bytes,
                share.First is { } first && first < made ? first : made,
                share.Last is { } last && last > made ? last : made
            );
        }
    }

    /// <summary>Adds a row that no purge reaches.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="until">When it leaves by retention; null when that is not known, or it does not.</param>
    /// <param name="why">Why not, in words.</param>
    /// <param name="isTraced">Whether only rows that are purged lead to it.</param>
    public void AddLeft(int subject, DateTimeOffset? until, string why, bool isTraced)
    {
        lock (_gate)
        {
            Add(_left);
            if (isTraced)
                Add(_traced);
        }

        void Add(Dictionary<int, Leftover> all)
        {
            if (!all.TryGetValue(subject, out Leftover? left))
                all.Add(subject, left = new Leftover());
            left.Add(until, why);
        }
    }

    /// <summary>What is left of subjects and cannot be found any more when their other rows are purged.</summary>
    /// <param name="subjects">The subjects.</param>
    public IReadOnlyList<LeftBehind> BehindOf(IEnumerable<int> subjects) =>
        [
            .. subjects
                .Where(_traced.ContainsKey)
                .GroupBy(subject => (_traced[subject].Rows, _traced[subject].Until))
                .Select(group => new LeftBehind(
                    group.Key.Rows,
                    group.Key.Until,
                    [.. group.Select(subject => selection.Subjects[subject])]
                )),
        ];

    /// <summary>A table is defined by a query that names the subject.</summary>
    public void AddDefinition(int subject, string table) => _definitions[subject] = table;

    /// <summary>Says something of the workspace that keeps every device from being absent.</summary>
    public void AddRemark(string remark)
    {
        lock (_gate)
            _remarks.Add(remark);
    }

    public DeviceDataFinding ToFinding(SinkCall call, int subject, string? note)
    {
        string deviceId = selection.Subjects[subject];
        RecordTotals totals = _totals.TryGetValue(subject, out RecordTotals? some) ? some : new RecordTotals();
        long others = call.CountOthers(totals.Generations, deviceId);
        long unread = _unread.GetValueOrDefault(subject);
        Leftover? left = _left.GetValueOrDefault(subject);
        string? definition = _definitions.GetValueOrDefault(subject);
        bool isErasable = totals.Records + totals.Relayed > (left?.Rows ?? 0);
        bool isOwners = totals.OnlyMentioned > 0 || totals.Unclear > 0 || _remarks.Count > 0 || definition is not null;
        Verdict verdict =
            unread > 0 || call.Faults > 0 ? Verdict.Unreachable
            : isErasable ? Verdict.Present
            : left is { Until: null } || isOwners ? Verdict.OwnerAction
            : left is not null ? Verdict.Expiring
            : Verdict.Absent;
        return new DeviceDataFinding
        {
            DeviceId = deviceId,
            Location = call.Location,
            Verdict = verdict,
            RecordCount = totals.Records,
            RelayedCount = totals.Relayed,
            LeftCount = left?.Rows ?? 0,
            OtherGenerationRecords = others,
            HasLaterDevice = _laterDevices.Contains(subject),
            ByteCount = totals.Bytes,
            FirstTime = totals.First,
            LastTime = totals.Last,
            Until = verdict is Verdict.Expiring ? left!.Until : null,
            Detail = RecordRemarks.Sentence([
                call.Faults > 0 ? $"{Counted.Of(call.Faults, "attempt")} to read failed" : null,
                unread > 0 ? $"{Counted.Of(unread, "row")} that can name the device cannot be read" : null,
                .. totals.DetailsOf(others, call.Location),
                left?.Text,
                definition is null ? null : $"the query that made the table {definition} names the device: its owner deletes the table",
                .. _remarks,
                isErasable ? note : null,
            ]),
            Items = Complete().ItemsOf(subject),
            IsCounted = verdict is not Verdict.Unreachable,
        };
    }

    /// <summary>Lets go of what was found; no finding can be made of it any more.</summary>
    public void Dispose()
    {
        _spool.Dispose();
        _complete?.Dispose();
    }

    private RecordTotals TotalsOf(int subject)
    {
        if (!_totals.TryGetValue(subject, out RecordTotals? totals))
            _totals.Add(subject, totals = new RecordTotals());
        return totals;
    }

    private FindingsFile Complete()
    {
        if (_complete is not null)
            return _complete;
        foreach (
            IGrouping<string, KeyValuePair<(string Path, int Subject), Share>> path in _shares.GroupBy(
                static share => share.Key.Path,
                StringComparer.Ordinal
            )
        )
        {
            _spool.Add(
                new FoundItem(path.Key, ETag: null),
                [
                    .. path.OrderBy(static share => share.Key.Subject)
                        .Select(static share => new FoundShare(share.Key.Subject, share.Value.Records, share.Value.Bytes)
                        {
                            FirstTime = share.Value.First,
                            LastTime = share.Value.Last,
                        }),
                ]
            );
        }

        return _complete = _spool.Complete();
    }

    private readonly record struct Share(long Records, long Bytes, DateTimeOffset? First, DateTimeOffset? Last);

    /// <summary>Rows that stay until they leave by themselves.</summary>
    private sealed class Leftover
    {
        private readonly SortedSet<string> _why = new(StringComparer.Ordinal);
        private DateTimeOffset? _until;
        private bool _isEndless;

        public long Rows { get; private set; }

        public DateTimeOffset? Until => _isEndless ? null : _until;

        public string Text
        {
            get
            {
                string stay = Until is { } until
                    ? string.Create(CultureInfo.InvariantCulture, $", and the last leaves by retention at {until:u}")
                    : ": the owner of the workspace must delete the table, or wait until its retention is over";
                return $"{Counted.Of(Rows, "row")} cannot be purged ({string.Join("; ", _why)}){stay}";
            }
        }

        public void Add(DateTimeOffset? until, string why)
        {
            Rows++;
            _why.Add(why);
            _isEndless |= until is null;
            _until = until > _until || _until is null ? until : _until;
        }
    }
}
