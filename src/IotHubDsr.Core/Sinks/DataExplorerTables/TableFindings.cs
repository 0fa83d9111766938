using System.Text;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.DataExplorerTables;

/// <summary>What the rows of a table hold of subjects; units add theirs at once.</summary>
internal sealed class TableFindings(RecordSelection selection, string hubName) : IDisposable
{
    private readonly Dictionary<int, Tally> _tallies = [];
    private readonly HashSet<int> _laterDevices = [];
    private readonly FindingsSpool _spool = new(selection.Subjects.Count);
    private readonly object _gate = new();
    private FindingsFile? _complete;

    /// <summary>Rows that name no device.</summary>
    public long Nameless { get; set; }

    /// <summary>Adds rows that name a subject.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="group">The rows.</param>
    /// <param name="owner">Whose they are, as it turned out.</param>
    public void Add(int subject, RowGroup group, RowOwner owner)
    {
        lock (_gate)
        {
            Tally tally = TallyOf(subject);
            tally.Named += group.Rows;
            bool isOfHub = hubName.Equals(group.Hub, StringComparison.OrdinalIgnoreCase);
            if (isOfHub)
                tally.OfHub += group.Rows;
            if (owner.Subject != subject)
                return;
            tally.Add(group, owner.IsUnclear, selection.Subjects[subject]);
            if (owner.IsUnclear)
                return;
            if (isOfHub)
                tally.OwnOfHub += group.Rows;
            tally.Generations.Add(group.Generation);
        }
    }

    public void AddLaterDevices(IEnumerable<int> subjects)
    {
        lock (_gate)
            _laterDevices.UnionWith(subjects);
    }

    /// <summary>What the rows that name a subject's ID say of themselves.</summary>
    public RowCounts CountsOf(int subject) =>
        _tallies.TryGetValue(subject, out Tally? tally)
            ? new RowCounts(tally.Totals.Records, tally.Named, tally.OfHub, tally.OwnOfHub, tally.Generations, tally.Totals.Last)
            : new RowCounts(0, 0, 0, 0, [], Last: null);

    public DeviceDataFinding ToFinding(SinkCall call, int subject, OpenTable table, string? left)
    {
        string deviceId = selection.Subjects[subject];
        RecordTotals totals = _tallies.TryGetValue(subject, out Tally? some) ? some.Totals : new RecordTotals();
        long others = call.CountOthers(totals.Generations, deviceId);
        bool isUnread = call.Faults > 0;
        Verdict verdict =
            isUnread ? Verdict.Unreachable
            : table.Columns.Missing is not null ? Verdict.OwnerAction
            : totals.Records > 0 ? (left is null ? Verdict.Present : Verdict.OwnerAction)
            : totals.Unclear > 0 || Nameless > 0 || (table.Copies ?? table.Hidden) is not null ? Verdict.OwnerAction
            : Verdict.Absent;
        return new DeviceDataFinding
        {
            DeviceId = deviceId,
            Location = call.Location,
            Verdict = verdict,
            RecordCount = totals.Records,
            LeftCount = left is null ? 0 : totals.Records,
            OtherGenerationRecords = others,
            HasLaterDevice = _laterDevices.Contains(subject),
            TellsNoGeneration = table.Columns.Generation is null,
            FirstTime = totals.First,
            LastTime = totals.Last,
            Detail = RecordRemarks.Sentence([
                isUnread ? $"{Counted.Of(call.Faults, "attempt")} to read failed" : null,
                table.Columns.Missing,
                .. totals.DetailsOf(others, call.Location),
                totals.Unclear > 0 && HubSharing.GroundOf(call.Location) is null
                    ? $"if no other hub's rows are in the table, {HubSharing.Remedy}"
                    : null,
                totals.Records > 0 ? left : null,
                Nameless == 0
                    ? null
                    : $"{Counted.Of(Nameless, "row")} of the table {(Nameless == 1 ? "names" : "name")} no device: its owner must check "
                        + (Nameless == 1 ? "whose it is" : "whose they are"),
                table.Copies,
                table.Hidden,
            ]),
            Items = Complete(table.Name, isErasable: left is null).ItemsOf(subject),
            IsCounted = !isUnread && table.Columns.Missing is null,
        };
    }

    /// <summary>Lets go of what was found; no finding can be made of it any more.</summary>
    public void Dispose()
    {
        _spool.Dispose();
        _complete?.Dispose();
    }

    private Tally TallyOf(int subject)
    {
        if (!_tallies.TryGetValue(subject, out Tally? tally))
            _tallies.Add(subject, tally = new Tally());
        return tally;
    }

    /// <summary>A table is one item: its rows have no names of their own, and a purge is by device.</summary>
    private FindingsFile Complete(string path, bool isErasable)
    {
        if (_complete is not null)
            return _complete;
        FoundShare[] shares =
        [
            .. _tallies
                .Where(static one => one.Value.Totals.Records > 0)
                .OrderBy(static one => one.Key)
                .Select(static one => new FoundShare(one.Key, one.Value.Totals.Records, 0)
                {
                    FirstTime = one.Value.Totals.First,
                    LastTime = one.Value.Totals.Last,
                }),
        ];
        if (isErasable && shares.Length > 0)
            _spool.Add(new FoundItem(path, ETag: null), shares);
        return _complete = _spool.Complete();
    }

    private sealed class Tally
    {
        public RecordTotals Totals { get; } = new();

        public long Named { get; set; }

        public long OfHub { get; set; }

        public long OwnOfHub { get; set; }

        public HashSet<string> Generations { get; } = new(StringComparer.Ordinal);

        public void Add(RowGroup group, bool isUnclear, string deviceId)
        {
            var matches = new SubjectMatches(
                0,
                deviceId,
                isUnclear ? default : new MatchTally(group.Rows, 0, group.First, group.Last),
                default,
                default
            )
            {
                Unclear = isUnclear ? group.Rows : 0,
            };
            if (!isUnclear)
                matches.Generations.Add(new RecordFacts(group.Last, Encoding.UTF8.GetBytes(group.Generation)), group.Rows);
            Totals.Add(matches, withMentioned: false);
        }
    }
}

/// <summary>What the rows of a table that name one device ID say of themselves.</summary>
/// <param name="Own">Rows that are the subject's.</param>
/// <param name="Named">Rows that name its ID.</param>
/// <param name="OfHub">Rows that name its ID and this hub.</param>
/// <param name="OwnOfHub">Rows that are the subject's and name this hub.</param>
/// <param name="Generations">The generations of the subject's rows; an empty text for rows that tell none.</param>
/// <param name="Last">When the hub took in the last of the subject's rows; null where none tells its time.</param>
internal readonly record struct RowCounts(
    long Own,
    long Named,
    long OfHub,
    long OwnOfHub,
    IReadOnlyCollection<string> Generations,
    DateTimeOffset? Last
);
