using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>What the queues that were read hold of subjects; queues are added at once.</summary>
internal sealed class BusFindings(RecordSelection selection, bool settles) : IDisposable
{
    private const string Receivers = "receivers can hold copies: ask their owners";

    private readonly Dictionary<int, BusTotals> _totals = [];
    private readonly HashSet<int> _laterDevices = [];
    private readonly FindingsSpool _spool = new(selection.Subjects.Count);
    private readonly object _gate = new();
    private FindingsFile? _items;
    private long _unread;
    private long _unseen;
    private int _reported;
    private string? _doubt;

    /// <summary>Whether an erasure takes a message out: one that waits for a receiver only where that is asked for.</summary>
    public static bool IsTakenFrom(BusNode node, BusMessage message, bool settles) =>
        settles || node.SubQueue is not BusSubQueue.None || message.State is not BusMessageState.Active;

    /// <summary>Adds a message that was read.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="node">Its queue.</param>
    /// <param name="matched">The message.</param>
    /// <param name="now">The time by the services.</param>
    public void Add(BusEntity entity, BusNode node, MatchedMessage matched, DateTimeOffset now)
    {
        bool isErasable = matched.IsWholeWithRelayed && IsTakenFrom(node, matched.Message, settles);
        bool isActive = node.SubQueue is BusSubQueue.None && matched.Message.State is BusMessageState.Active;
        DateTimeOffset expires = default;
        string? obstacle = isActive ? entity.ObstacleOf(matched.Message, now, out expires) : null;
        lock (_gate)
        {
            List<FoundShare> shares = [];
            foreach (MessageShare share in matched.Shares)
            {
                if (share.Own + share.Relayed == 0)
                    continue;
                BusTotals totals = TotalsOf(share.Subject);
                totals.Add(node, matched, share, selection, isErasable);
                if (isActive)
                    totals.AddExpiry(expires, obstacle);
                shares.Add(new FoundShare(share.Subject, share.Own, share.Bytes) { FirstTime = share.First, LastTime = share.Last });
            }

            if (isErasable && shares.Count > 0)
                _spool.Add(new FoundItem(new BusItem(node, matched.Message.SequenceNumber).Path, ETag: null), shares);
        }
    }

    /// <summary>Adds what was read of a queue; gives the messages of it that nobody can read.</summary>
    public UnreadRecords Add(BusReading reading)
    {
        ArchiveScan scan = reading.Events.ToScan();
        lock (_gate)
        {
            _unread += reading.Events.Unread.Count;
            _laterDevices.UnionWith(scan.LaterDevices);
            foreach (SubjectMatches matches in scan.Subjects)
                TotalsOf(matches.Subject).Stream.Add(matches, selection.WithBody, reading.Events.LastStoredOf(matches.Subject));
        }

        return reading.Events.Unread;
    }

    /// <summary>Messages of which only the number is known: they are under way, or wait where nobody can read them.</summary>
    public void AddUnseen(long messages) => Interlocked.Add(ref _unseen, messages);

    /// <summary>Why what else there may be is not known, without a full stop.</summary>
    public void NoteDoubt(string doubt) => _doubt = doubt;

    /// <summary>A fault is about messages that cannot be read, which are told apart from failures.</summary>
    public void NoteReported() => Interlocked.Increment(ref _reported);

    public DeviceDataFinding ToFinding(SinkCall call, int subject)
    {
        string deviceId = selection.Subjects[subject];
        BusTotals totals = _totals.TryGetValue(subject, out BusTotals? some) ? some : new BusTotals();
        int failures = call.Faults - _reported;
        long others = call.CountOthers(totals.Stream.Generations, deviceId);
        Verdict verdict = _unread > 0 || failures > 0 ? Verdict.Unreachable : VerdictOf(totals);
        _items ??= _spool.Complete();
        return new DeviceDataFinding
        {
            DeviceId = deviceId,
            Location = call.Location,
            Verdict = verdict,
            RecordCount = totals.Stream.Records,
            RelayedCount = totals.Stream.Relayed,
            LeftCount = totals.Left,
            OtherGenerationRecords = others,
            HasLaterDevice = _laterDevices.Contains(subject),
            ByteCount = totals.Stream.Bytes,
            FirstTime = totals.Stream.First,
            LastTime = totals.Stream.Last,
            Until = verdict is Verdict.Expiring ? totals.Until : null,
            Detail = RecordRemarks.Sentence([
                .. Failures(failures),
                .. totals.Stream.DetailsOf(others, call.Location),
                totals.States,
                .. Stay(totals, verdict),
            ]),
            Items = _items.ItemsOf(subject),
            IsCounted = verdict is not Verdict.Unreachable,
            HidesSome = HidesSome,
        };
    }

    /// <summary>Whether there can be messages that nobody was shown.</summary>
    private bool HidesSome => _unseen > 0 || _doubt is not null;

    public void Dispose()
    {
        _spool.Dispose();
        _items?.Dispose();
    }

    private Verdict VerdictOf(BusTotals totals) =>
        totals.Stream.LastStored is null ? (HidesSome || totals.Stream.Unclear > 0 ? Verdict.OwnerAction : Verdict.Absent)
        : totals.Erasable > 0 ? Verdict.Present
        : totals.Stream.Records + totals.Stream.Relayed == 0 || totals.Until is null || HidesSome ? Verdict.OwnerAction
        : Verdict.Expiring;

    private BusTotals TotalsOf(int subject)
    {
        if (!_totals.TryGetValue(subject, out BusTotals? totals))
            _totals.Add(subject, totals = new BusTotals());
        return totals;
    }

    private IEnumerable<string> Failures(int failures)
    {
        if (failures > 0)
            yield return $"{Counted.Of(failures, "attempt")} to read failed";
        if (_unread > 0)
            yield return $"{Counted.Of(_unread, "message")} cannot be attributed to a device";
        if (_unseen > 0)
        {
            string are = _unseen == 1 ? "it is" : "they are";
            yield return $"{Counted.Of(_unseen, "message")} cannot be read yet: {are} being forwarded, or scheduled in a topic";
        }
    }

    private IEnumerable<string?> Stay(BusTotals totals, Verdict verdict)
    {
        if (_doubt is not null)
            yield return _doubt;
        if (totals.Stream.LastStored is null)
            yield break;
        if (totals.Shared > 0)
        {
            yield return $"{Counted.Of(totals.Shared, "message")} also {(totals.Shared == 1 ? "holds" : "hold")} records of other devices, "
                + "and a message goes as a whole: their receivers have to act";
        }

        if (totals.Active > 0 && !settles)
        {
            if (verdict is not Verdict.Expiring)
            {
                foreach (string obstacle in totals.Obstacles)
                    yield return obstacle;
            }

            yield return "active messages leave when their receiver takes them, and -SettleMessages takes them out before that";
        }

        yield return Receivers;
    }
}
