using System.Globalization;
using IotHubDsr.Archives;

namespace IotHubDsr.Stores.RoutedBlobs;

/// <summary>One pass over a container for all subjects: one listing, each blob read once.</summary>
internal sealed class ContainerScan(ArchiveContainer container, SubjectIndex subjects)
{
    private readonly Dictionary<int, SubjectTotals> _totals = [];
    private readonly List<ArchiveBlob> _matched = [];
    private readonly object _gate = new();
    private int _blobs;
    private int _done;
    private bool _held;
    private int _softDeleted;
    private DateTimeOffset? _softDeletedUntil;

    public ArchiveContainer Container => container;

    public SubjectIndex Subjects => subjects;

    /// <summary>The blobs that hold something of a subject, in the order of their names.</summary>
    public IReadOnlyList<ArchiveBlob> Matched => _matched.OrderBy(blob => blob.Path, StringComparer.Ordinal).ToList();

    private SubjectTotals TotalsOf(int subject) => _totals.TryGetValue(subject, out SubjectTotals? totals) ? totals : new SubjectTotals();

    public async Task RunAsync(StoreCall call, CancellationToken cancellationToken)
    {
        _held = await container.IsHeldAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<string, string> settings = call.Location.Settings;
        var names = new BlobNames(settings.GetValueOrDefault(LocationSettings.HubName), settings.GetValueOrDefault(LocationSettings.FileNameFormat));
        IReadOnlyList<ArchiveBlob> listed = await container.ListAsync(string.Empty, cancellationToken).ConfigureAwait(false);
        List<ArchiveBlob> concerned = listed.Where(blob => names.Concerns(blob.Name)).ToList();
        await call.NoteAsync(
            NoticeLevel.Verbose,
            $"{call.Location}: {concerned.Count} blobs to look at, {listed.Count - concerned.Count} of other hubs left alone.",
            cancellationToken).ConfigureAwait(false);

        NoteSoftDeleted(concerned);
        List<ArchiveBlob> readable = concerned.Where(blob => blob.LeavesAt is null && blob.Length > 0).ToList();
        _blobs = readable.Count;
        await Parallel.ForEachAsync(
            readable,
            new ParallelOptions { MaxDegreeOfParallelism = call.Options.ThrottleLimit, CancellationToken = cancellationToken },
            (blob, token) => ScanAsync(call, blob, token)).ConfigureAwait(false);
    }

    public IReadOnlyList<DeviceDataFinding> ToFindings(DataLocation location, int faults)
    {
        var findings = new DeviceDataFinding[subjects.Count];
        for (int subject = 0; subject < findings.Length; subject++)
            findings[subject] = ToFinding(location, subject, faults);
        return findings;
    }

    public DeviceDataFinding ToFinding(DataLocation location, int subject, int faults)
    {
        SubjectTotals totals = TotalsOf(subject);
        bool found = totals.Records + totals.Relayed > 0;
        var details = new List<string>();
        if (faults > 0)
            details.Add($"{faults} of {_blobs} blobs could not be read");
        if (totals.OldCopyRecords > 0)
            details.Add($"{totals.OldCopyRecords} of the records stand in old versions or snapshots");
        if (totals.Relayed > 0)
            details.Add($"{totals.Relayed} messages were relayed by this device for other devices and count as theirs");
        if (_softDeleted > 0)
            details.Add(string.Create(CultureInfo.InvariantCulture, $"{_softDeleted} soft-deleted copies cannot be read and leave by {_softDeletedUntil:yyyy-MM-dd}"));
        if (_held)
            details.Add("a policy or legal hold on the container forbids changes");

        Verdict verdict = faults > 0 ? Verdict.Unreachable
            : found ? (_held ? Verdict.Held : Verdict.Present)
            : _softDeleted > 0 ? Verdict.Expiring
            : Verdict.Absent;
        return new DeviceDataFinding
        {
            DeviceId = subjects[subject],
            Location = location,
            Verdict = verdict,
            Records = totals.Records,
            RelayedRecords = totals.Relayed,
            OldCopyRecords = totals.OldCopyRecords,
            Bytes = totals.Bytes,
            FirstTime = totals.First,
            LastTime = totals.Last,
            Until = verdict == Verdict.Expiring ? _softDeletedUntil : null,
            Detail = details.Count == 0 ? null : Sentence(details),
            Items = totals.Items,
        };
    }

    private static string Sentence(List<string> parts)
    {
        string text = string.Join("; ", parts);
        return $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
    }

    private void NoteSoftDeleted(List<ArchiveBlob> blobs)
    {
        foreach (ArchiveBlob blob in blobs)
        {
            if (blob.LeavesAt is not { } leavesAt || blob.Length == 0)
                continue;
            _softDeleted++;
            _softDeletedUntil = _softDeletedUntil > leavesAt ? _softDeletedUntil : leavesAt;
        }
    }

    private async ValueTask ScanAsync(StoreCall call, ArchiveBlob listed, CancellationToken cancellationToken)
    {
        try
        {
            if (await ArchiveRead.ScanAsync(container, listed, new ScanRequest(subjects), cancellationToken).ConfigureAwait(false) is { } read)
                Add(read.Blob, read.Scan);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            DsrException fault = ArchiveRead.Translate(exception, $"{call.Location.Place}/{listed.Path}", "read", RoutedBlobStore.ReadRole);

            // What fails for one blob by want of a right or of a network fails for all: the location as a whole is not readable.
            if (fault.Fault.Category is FaultCategory.PermissionDenied or FaultCategory.AuthenticationError or FaultCategory.ConnectionError)
                throw fault;
            await call.ReportAsync(fault.Fault, cancellationToken).ConfigureAwait(false);
        }

        int done = Interlocked.Increment(ref _done);
        await call.ProgressAsync($"{done} of {_blobs} blobs read", done * 100 / _blobs, cancellationToken).ConfigureAwait(false);
    }

    private void Add(ArchiveBlob blob, ArchiveScan scan)
    {
        lock (_gate)
        {
            foreach (SubjectMatches matches in scan.Subjects)
            {
                if (!_totals.TryGetValue(matches.Subject, out SubjectTotals? totals))
                    _totals.Add(matches.Subject, totals = new SubjectTotals());
                totals.Add(blob, matches);
            }

            if (scan.Subjects.Count > 0)
                _matched.Add(blob);
        }
    }
}
