using System.Collections.Frozen;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>What the blobs of a container that were read hold of subjects; blobs are added at once.</summary>
internal sealed class ContainerFindings(ArchiveLayout layout, RecordSelection selection) : IDisposable
{
    private readonly Dictionary<int, SubjectTotals> _totals = [];
    private readonly HashSet<int> _laterDevices = [];
    private readonly FoundBlobs _found = new(selection.Subjects.Count);
    private readonly object _gate = new();

    public SubjectIndex Subjects => selection.Subjects;

    public UnreadBlobs Unread { get; } = new();

    /// <summary>The blobs that hold something of a subject, in the order of their names; nothing is added any more.</summary>
    public IEnumerable<ListedBlob> Matched => _found.Blobs();

    /// <param name="blob">The blob as it was read.</param>
    /// <param name="scan">What is in it.</param>
    /// <param name="isAgain">Whether it may have been read before, and changed since.</param>
    public void Add(ListedBlob blob, ArchiveScan scan, bool isAgain)
    {
        bool isUnclear = scan.Subjects.Count + scan.LaterDevices.Count > 0 && layout.IsUnclear(blob.Name);
        lock (_gate)
        {
            if (!isUnclear)
                _laterDevices.UnionWith(scan.LaterDevices);

            // A blob that changed after it was read only adds devices; those in it before are already found.
            IReadOnlySet<int> known = isAgain ? _found.SubjectsOf(blob.Path, isUnclear) : FrozenSet<int>.Empty;
            List<FoundShare> shares = [];
            foreach (SubjectMatches matches in scan.Subjects.Where(matches => !known.Contains(matches.Subject)))
            {
                if (!_totals.TryGetValue(matches.Subject, out SubjectTotals? totals))
                    _totals.Add(matches.Subject, totals = new SubjectTotals());
                if (isUnclear)
                    totals.AddUnclear(matches);
                FoundShare? share = isUnclear ? new FoundShare(matches.Subject, 0, 0) : totals.Add(blob, matches, selection);
                if (share is { } some)
                    shares.Add(some);
            }

            if (scan.Subjects.Count > 0)
                _found.Add(blob, shares, isUnclear);
        }
    }

    /// <param name="call">The call.</param>
    /// <param name="subject">Index of the subject.</param>
    /// <param name="facts">What is known of the container as a whole.</param>
    /// <param name="restless">How often a container was listed that kept changing; null when it came to rest.</param>
    /// <param name="now">The time.</param>
    public DeviceDataFinding ToFinding(SinkCall call, int subject, ContainerFacts facts, int? restless, DateTimeOffset now)
    {
        SubjectTotals totals = _totals.TryGetValue(subject, out SubjectTotals? some) ? some : new SubjectTotals();
        int failures = call.Faults - Unread.Reported;
        long others = call.CountOthers(totals.Generations, Subjects[subject]);
        var restore = RestoreWindow.Of(call, Subjects[subject], now);
        DateTimeOffset? leavesBy = restore.Until > facts.LeavesBy ? restore.Until : facts.LeavesBy ?? restore.Until;
        string? detail = RecordRemarks.Sentence([
            .. Failures(restless, failures),
            .. Unread.Details,
            .. totals.DetailsOf(others),
            .. facts.Details,
            .. totals.Obstacles,
            restore.Remark(isThere: totals.Records + totals.Relayed > 0),
        ]);
        Verdict verdict =
            Unread.Count + Unread.PartlyCount > 0 || failures > 0 ? Verdict.Unreachable
            : totals.Records + totals.Relayed > 0 ? (facts.Hold.IsHeld || totals.IsHeld ? Verdict.Held : Verdict.Present)
            : totals.OnlyMentioned > 0 || totals.UnclearBlobs > 0 || Unread.ForeignCount > 0 ? Verdict.OwnerAction
            : leavesBy is not null ? Verdict.Expiring
            : Verdict.Absent;
        return new DeviceDataFinding
        {
            DeviceId = Subjects[subject],
            Location = call.Location,
            Verdict = verdict,
            RecordCount = totals.Records,
            RelayedCount = totals.Relayed,
            OldCopyCount = totals.OldCopyRecords,
            OtherGenerationRecords = others,
            HasLaterDevice = _laterDevices.Contains(subject),
            ByteCount = totals.Bytes,
            FirstTime = totals.First,
            LastTime = totals.Last,
            Until = verdict switch
            {
                Verdict.Expiring => leavesBy,
                Verdict.Held when !facts.Hold.IsHeld => totals.HeldUntil,
                Verdict.Held when totals.LastCreated is { } created => facts.Hold.EndFor(created),
                _ => null,
            },
            Detail = detail,
            Items = _found.ItemsOf(subject),
        };
    }

    /// <summary>Lets go of what was found; no finding can be made of it any more.</summary>
    public void Dispose() => _found.Dispose();

    private static IEnumerable<string> Failures(int? restless, int failures)
    {
        if (restless is { } listings)
            yield return $"the container kept changing while it was read, over {listings} listings";
        else if (failures > 0)
            yield return $"{Counted.Of(failures, "attempt")} to read failed";
    }
}
