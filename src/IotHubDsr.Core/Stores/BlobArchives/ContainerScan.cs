using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using IotHubDsr.Archives;
using IotHubDsr.Azure.Blobs;

namespace IotHubDsr.Stores.BlobArchives;

/// <summary>One pass over a container for all subjects: one listing, each blob read once.</summary>
internal sealed class ContainerScan(BlobContainerAccess container, ArchiveLayout layout, RecordSelection selection)
{
    private readonly Dictionary<int, SubjectTotals> _totals = [];
    private readonly List<ListedBlob> _matched = [];
    private readonly ConcurrentBag<ListedBlob> _changed = [];
    private readonly object _gate = new();
    private volatile bool _listed;
    private int _blobs;
    private int _done;
    private ContainerHold _hold = new(HasPolicy: false, HasLegalHold: false, Days: null);
    private bool _missing;
    private int _softDeleted;
    private DateTimeOffset? _softDeletedUntil;

    public BlobContainerAccess Container => container;

    public ArchiveLayout Layout => layout;

    public RecordSelection Selection => selection;

    public SubjectIndex Subjects => selection.Subjects;

    /// <summary>The blobs that hold something of a subject, in the order of their names.</summary>
    public IReadOnlyList<ListedBlob> Matched => _matched.OrderBy(blob => blob.Path, StringComparer.Ordinal).ToList();

    private SubjectTotals TotalsOf(int subject) => _totals.TryGetValue(subject, out SubjectTotals? totals) ? totals : new SubjectTotals();

    public async Task RunAsync(StoreCall call, CancellationToken cancellationToken)
    {
        try
        {
            _hold = await container.HoldAsync(call.Location, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException missing) when (layout.MayBeMissing && BlobFailures.IsContainerMissing(missing))
        {
            _missing = true;
            return;
        }

        await Parallel.ForEachAsync(
            ListAsync(call, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = call.Options.ThrottleLimit, CancellationToken = cancellationToken },
            (blob, token) => ScanAsync(call, blob, token)).ConfigureAwait(false);
        foreach (ListedBlob blob in _changed)
            await ScanCopiesAsync(call, blob, cancellationToken).ConfigureAwait(false);
    }

    public IReadOnlyList<DeviceDataFinding> ToFindings(DataLocation location, int faults)
    {
        var findings = new DeviceDataFinding[Subjects.Count];
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
            details.Add($"{faults} of {Counted.Of(_blobs, "blob")} could not be read");
        if (totals.OldCopyRecords > 0)
            details.Add($"{Counted.Of(totals.OldCopyRecords, "record stands", "records stand")} in old versions or snapshots, which -IncludeOldVersions erases where the current blobs hold everything else");
        if (totals.Relayed > 0)
            details.Add($"{totals.Relayed} records were relayed by this device for other devices and count as theirs");
        if (totals.Mentioned > 0)
            details.Add($"{Counted.Of(totals.Mentioned, "record")} of other senders {(totals.Mentioned == 1 ? "names" : "name")} the device only in the body and can be other people's");
        if (totals.OnlyMentioned > 0)
            details.Add($"{Counted.Of(totals.OnlyMentioned, "row")} of operators' queries {(totals.OnlyMentioned == 1 ? "names" : "name")} the device in the text, which -IncludeMentioned takes as the device's: whoever runs the hub decides");
        if (totals.UnclearBlobs > 0)
            details.Add($"{Counted.Of(totals.Unclear, "record")} of the device ID {(totals.Unclear == 1 ? "stands" : "stand")} in {Counted.Of(totals.UnclearBlobs, "blob")} whose {(totals.UnclearBlobs == 1 ? "name does" : "names do")} not tell which hub wrote {(totals.UnclearBlobs == 1 ? "it" : "them")}, and {(totals.Unclear == 1 ? "is" : "are")} left as {(totals.Unclear == 1 ? "it is" : "they are")}: whoever is responsible for {location.Place} finds out whose they are, or names the blobs or their format in the location file");
        if (_softDeleted > 0)
            details.Add(string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(_softDeleted, "soft-deleted copy", "soft-deleted copies")} cannot be read; they leave by {_softDeletedUntil:yyyy-MM-dd}"));
        if (_missing)
            details.Add("the container does not exist: its service makes it with the first record");
        if (_hold.Ground is { } ground)
            details.Add(ground);
        if (totals.Leased > 0)
            details.Add($"{Counted.Of(totals.Leased, "blob is", "blobs are")} leased by somebody else and can be changed only when the lease has ended");
        if (totals.Held > 0)
            details.Add($"{Counted.Of(totals.Held, "blob is", "blobs are")} held by a policy or legal hold of {(totals.Held == 1 ? "its" : "their")} own");

        Verdict verdict = faults > 0 ? Verdict.Unreachable
            : found ? (_hold.IsHeld || totals.IsHeld ? Verdict.Held : Verdict.Present)
            : totals.OnlyMentioned > 0 || totals.UnclearBlobs > 0 ? Verdict.OwnerAction
            : _softDeleted > 0 ? Verdict.Expiring
            : Verdict.Absent;
        return new DeviceDataFinding
        {
            DeviceId = Subjects[subject],
            Location = location,
            Verdict = verdict,
            Records = totals.Records,
            RelayedRecords = totals.Relayed,
            OldCopyRecords = totals.OldCopyRecords,
            Bytes = totals.Bytes,
            FirstTime = totals.First,
            LastTime = totals.Last,
            Until = verdict switch
            {
                Verdict.Expiring => _softDeletedUntil,
                Verdict.Held => _hold.IsHeld ? totals.LastCreated is { } created ? _hold.EndFor(created) : null : totals.HeldUntil,
                _ => null,
            },
            Detail = details.Count == 0 ? null : Sentence(details),
            Items = totals.Items,
        };
    }

    private static string Sentence(List<string> parts)
    {
        string text = string.Join("; ", parts);
        return $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
    }

    /// <summary>The blobs to read, while they are listed: a container can hold more than fit into memory.</summary>
    private async IAsyncEnumerable<ListedBlob> ListAsync(StoreCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var listing = new NarrowedListing(container, layout, call.Options.Scope);
        await foreach (ListedBlob blob in listing.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (IsReadable(blob))
                yield return blob;
        }

        _listed = true;
        string what = $"{_blobs} blobs to look at, {listing.LeftOut} blobs and {listing.FoldersLeftOut} folders of other hubs or other times left alone";
        await call.NoteAsync(NoticeLevel.Verbose, $"{call.Location}: {what}.", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether there is something to read; what is soft-deleted is only accounted for.</summary>
    private bool IsReadable(ListedBlob blob)
    {
        if (blob.Length == 0)
            return false;
        if (blob.LeavesAt is { } leavesAt)
        {
            _softDeleted++;
            _softDeletedUntil = _softDeletedUntil > leavesAt ? _softDeletedUntil : leavesAt;
            return false;
        }

        _blobs++;
        return true;
    }

    /// <summary>
    /// What a blob was when it was listed can have become an old copy before it was read, which the listing does not show: nobody is absent who
    /// is in that.
    /// </summary>
    private async Task ScanCopiesAsync(StoreCall call, ListedBlob listed, CancellationToken cancellationToken)
    {
        HashSet<string> counted = _matched.Select(blob => blob.Path).ToHashSet(StringComparer.Ordinal);
        await foreach (ListedBlob copy in container.ListAsync(listed.Name, cancellationToken).ConfigureAwait(false))
        {
            bool isCopy = copy.Name == listed.Name && copy.ETag == listed.ETag && (copy.IsOldCopy || copy.LeavesAt is not null);
            if (isCopy && !counted.Contains(copy.Path) && IsReadable(copy))
                await ScanAsync(call, copy, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask ScanAsync(StoreCall call, ListedBlob listed, CancellationToken cancellationToken)
    {
        try
        {
            var request = new ScanRequest(Subjects, WithBody: selection.WithBody);
            (ListedBlob Blob, ArchiveScan Scan)? read = await ArchiveRead.ScanAsync(container, listed, request, cancellationToken).ConfigureAwait(false);
            if (read is { Blob: var blob, Scan: var scan })
                Add(blob, scan);
            if (read?.Blob.ETag != listed.ETag && !listed.IsOldCopy)
                _changed.Add(listed);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            DsrException fault = ArchiveRead.Translate(exception, $"{call.Location.Place}/{listed.Path}", "read", BlobFailures.ReadRole);

            // What fails for one blob by want of a right or of a network fails for all: the location as a whole is not readable.
            if (fault.Fault.Category is FaultCategory.PermissionDenied or FaultCategory.AuthenticationError or FaultCategory.ConnectionError)
                throw fault;
            await call.ReportAsync(fault.Fault, cancellationToken).ConfigureAwait(false);
        }

        int done = Interlocked.Increment(ref _done);
        (string status, int? percent) = _listed ? ($"{done} of {_blobs} blobs read", (int)(done * 100L / _blobs)) : ($"{done} blobs read", (int?)null);
        await call.ProgressAsync(status, percent, cancellationToken).ConfigureAwait(false);
    }

    private void Add(ListedBlob blob, ArchiveScan scan)
    {
        bool isUnclear = scan.Subjects.Count > 0 && layout.IsUnclear(blob.Name);
        lock (_gate)
        {
            foreach (SubjectMatches matches in scan.Subjects)
            {
                if (!_totals.TryGetValue(matches.Subject, out SubjectTotals? totals))
                    _totals.Add(matches.Subject, totals = new SubjectTotals());
                if (isUnclear)
                    totals.AddUnclear(matches);
                else
                    totals.Add(blob, matches, selection);
            }

            if (scan.Subjects.Count > 0 && !isUnclear)
                _matched.Add(blob);
        }
    }
}
