using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>What the partitions of an event hub that were read hold of subjects; partitions are added at once.</summary>
internal sealed class StreamFindings(RecordSelection selection)
{
    private readonly Dictionary<int, RecordTotals> _totals = [];
    private readonly HashSet<int> _laterDevices = [];
    private readonly object _gate = new();
    private long _unread;
    private int _reported;

    /// <summary>Adds what was read of a partition; gives the events of it that nobody can read.</summary>
    public UnreadRecords Add(EventReading reading)
    {
        ArchiveScan scan = reading.ToScan();
        lock (_gate)
        {
            _unread += reading.Unread.Count;
            _laterDevices.UnionWith(scan.LaterDevices);
            foreach (SubjectMatches matches in scan.Subjects)
            {
                if (!_totals.TryGetValue(matches.Subject, out RecordTotals? totals))
                    _totals.Add(matches.Subject, totals = new RecordTotals());
                totals.Add(matches, selection.WithBody, reading.LastStoredOf(matches.Subject));
            }
        }

        return reading.Unread;
    }

    /// <summary>A fault is about events that cannot be read, which are told apart from failures.</summary>
    public void NoteReported() => Interlocked.Increment(ref _reported);

    public DeviceDataFinding ToFinding(SinkCall call, int subject, StreamExpiry expiry)
    {
        string deviceId = selection.Subjects[subject];
        RecordTotals totals = _totals.TryGetValue(subject, out RecordTotals? some) ? some : new RecordTotals();
        int failures = call.Faults - _reported;
        long others = call.CountOthers(totals.Generations, deviceId);
        DateTimeOffset? until = totals.LastStored is { } last ? expiry.EndOf(last) : null;
        Verdict verdict =
            _unread > 0 || failures > 0 ? Verdict.Unreachable
            : totals.LastStored is null && totals.Unclear == 0 ? Verdict.Absent
            : totals.Records + totals.Relayed == 0 || until is null ? Verdict.OwnerAction
            : Verdict.Expiring;
        string? stay = totals.LastStored is null
            ? null
            : expiry.Obstacle ?? "single events cannot be deleted; consumers can hold copies: ask their owners";
        return new DeviceDataFinding
        {
            DeviceId = deviceId,
            Location = call.Location,
            Verdict = verdict,
            RecordCount = totals.Records,
            RelayedCount = totals.Relayed,
            OtherGenerationRecords = others,
            HasLaterDevice = _laterDevices.Contains(subject),
            ByteCount = totals.Bytes,
            FirstTime = totals.First,
            LastTime = totals.Last,
            Until = verdict is Verdict.Expiring ? until : null,
            Detail = RecordRemarks.Sentence([.. Failures(failures), .. totals.DetailsOf(others, call.Location), stay]),
            IsCounted = verdict is not Verdict.Unreachable,
        };
    }

    private IEnumerable<string> Failures(int failures)
    {
        if (failures > 0)
            yield return $"{Counted.Of(failures, "attempt")} to read failed";
        if (_unread > 0)
            yield return $"{Counted.Of(_unread, "event")} cannot be attributed to a device";
    }
}
