using System.Globalization;
using System.IO.Hashing;
using System.Text;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>What the documents of a container that were read hold of subjects; units add theirs at once.</summary>
internal sealed class DocumentFindings(RecordSelection selection) : IDisposable
{
    private readonly Dictionary<int, RecordTotals> _totals = [];
    private readonly Dictionary<int, long> _unclear = [];
    private readonly HashSet<int> _laterDevices = [];
    private readonly HashSet<UInt128> _seen = [];
    private readonly FindingsSpool _spool = new(selection.Subjects.Count);
    private readonly object _gate = new();
    private FindingsFile? _complete;
    private long _unread;
    private long _strangers;

    /// <summary>How many documents do not tell their sender.</summary>
    public long Unread => _unread;

    /// <summary>The first of them, in words; null when there is none.</summary>
    public string? FirstUnread { get; private set; }

    /// <summary>Whether a document was not met before: it can be in the answers to several queries.</summary>
    /// <param name="rid">The service's own ID of it.</param>
    public bool IsNew(string rid)
    {
        // There can be millions.
        UInt128 digest = XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(rid));
        lock (_gate)
            return _seen.Add(digest);
    }

    /// <summary>Adds a document.</summary>
    public void Add(StoredDocument document, int length, Judgement judgement)
    {
        lock (_gate)
        {
            if (judgement.IsUnread)
                NoteUnread(document.Address.Id);
            if (judgement.IsUnclear)
                AddUnclear(judgement);
            else if (SharesOf(judgement, length) is { Count: > 0 } shares)
                _spool.Add(new FoundItem(document.Address.Path, document.ETag) { Length = length }, shares);
        }
    }

    /// <summary>Adds what a unit counted.</summary>
    public void Add(ArchiveScan scan)
    {
        lock (_gate)
        {
            _laterDevices.UnionWith(scan.LaterDevices);
            foreach (SubjectMatches matches in scan.Subjects)
            {
                if (!_totals.TryGetValue(matches.Subject, out RecordTotals? totals))
                    _totals.Add(matches.Subject, totals = new RecordTotals());
                totals.Add(matches, selection.WithBody);
            }
        }
    }

    /// <summary>Adds a document whose sender nobody can tell.</summary>
    public void AddUnread(string id)
    {
        lock (_gate)
            NoteUnread(id);
    }

    /// <summary>Adds a document that no hub wrote.</summary>
    public void AddStranger() => Interlocked.Increment(ref _strangers);

    public DeviceDataFinding ToFinding(SinkCall call, int subject, DocumentContainer container, int reported, DateTimeOffset now)
    {
        DocumentCopies copies = container.Copies;
        string deviceId = selection.Subjects[subject];
        RecordTotals totals = _totals.TryGetValue(subject, out RecordTotals? some) ? some : new RecordTotals();
        long unclear = _unclear.GetValueOrDefault(subject);
        int failures = call.Faults - reported;
        long others = call.CountOthers(totals.Generations, deviceId);
        bool isThere = totals.Records + totals.Relayed > 0;

        // What a plan has shown, and others have deleted, is in the backup as well.
        DateTimeOffset? gone = call.ErasedAt(deviceId) ?? (isThere ? null : call.GoneBy(deviceId));
        DateTimeOffset? until = gone is { } time && copies.EndOf(time) is var end && end > now ? end : null;
        Verdict verdict =
            _unread > 0 || failures > 0 ? Verdict.Unreachable
            : isThere ? Verdict.Present
            : totals.OnlyMentioned > 0 || unclear > 0 || _strangers > 0 || copies.Outliving is not null || container.IsIndexedLazily
                ? Verdict.OwnerAction
            : until is not null ? Verdict.Expiring
            : Verdict.Absent;
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
            Detail = RecordRemarks.Sentence([
                .. Failures(failures),
                .. totals.DetailsOf(others, call.Location),
                Ambiguity(unclear, call.Location),
                Strange,
                container.IsIndexedLazily ? Lagging : null,
                copies.Outliving,
                until is { } left ? string.Create(CultureInfo.InvariantCulture, $"{copies.Remark}, the last until {left:u}")
                : isThere || copies.KeepsWhatExpires ? copies.Remark
                : null,
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

    private const string Lagging =
        "the container is indexed lazily, so that queries can miss documents: its owner has to set the indexing mode to consistent";

    private string? Strange =>
        _strangers == 0
            ? null
            : $"{Counted.Of(_strangers, "document")} of the container {(_strangers == 1 ? "was" : "were")} written by no IoT hub: "
                + "the owner must check whether they hold data of the device";

    private FindingsFile Complete() => _complete ??= _spool.Complete();

    private void NoteUnread(string id)
    {
        _unread++;
        FirstUnread ??= id;
    }

    private void AddUnclear(Judgement judgement)
    {
        foreach (DocumentMatch match in judgement.Matches.Where(match => match.Kind is not MatchKind.Mentioned || selection.WithBody))
            _unclear[match.Subject] = _unclear.GetValueOrDefault(match.Subject) + 1;
    }

    private List<FoundShare> SharesOf(Judgement judgement, int length) =>
        [
            .. judgement
                .Matches.Where(match => match.Kind is not MatchKind.Mentioned || selection.WithBody)
                .OrderBy(static match => match.Subject)
                .Select(match =>
                    match.Kind is MatchKind.Relayed
                        ? new FoundShare(match.Subject, 0, 0)
                        : new FoundShare(match.Subject, 1, length) { FirstTime = match.Enqueued, LastTime = match.Enqueued }
                ),
        ];

    private static string? Ambiguity(long unclear, DataLocation location)
    {
        if (unclear == 0)
            return null;
        string ground = HubSharing.GroundOf(location, "container")
            ?? "a job of Stream Analytics passed on what it had read, which can be from several hubs, and the generation is not that of "
                + "this hub's device";
        return $"{Counted.Of(unclear, "document")} of the device ID {(unclear == 1 ? "names" : "name")} no hub and can be another hub's: "
            + $"{char.ToLowerInvariant(ground[0])}{ground[1..]}; if no other hub uses the container, {HubSharing.Remedy}";
    }

    private IEnumerable<string> Failures(int failures)
    {
        if (failures > 0)
            yield return $"{Counted.Of(failures, "attempt")} to read failed";
        if (_unread > 0)
            yield return $"{Counted.Of(_unread, "document")} cannot be attributed to a device";
    }
}
