using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// One pass over a container for all subjects. Each blob is read once; then the container is listed again, and what has come, or changed,
/// since it was listed is read as well.
/// </summary>
internal sealed class ContainerScan(
    BlobContainerAccess container,
    ArchiveLayout layout,
    RecordSelection selection,
    EmptyBlobs.Reading empty
) : IDisposable
{
    private readonly Dictionary<int, SubjectTotals> _totals = [];
    private readonly HashSet<int> _laterDevices = [];
    private readonly FoundBlobs _found = new(selection.Subjects.Count);
    private readonly SeenBlobs _seen = new();
    private readonly UnreadBlobs _unread = new();
    private readonly object _gate = new();
    private volatile bool _listed;
    private int _blobs;
    private int _done;
    private int _known;
    private ContainerHold _hold = new(HasPolicy: false, HasLegalHold: false, Days: null);
    private FormerContainers _former = new(IsMissing: false, Until: null);
    private int _softDeleted;
    private int _uncommitted;
    private long _excluded;
    private DateTimeOffset? _leavesBy;
    private SinkCall? _call;

    public BlobContainerAccess Container => container;

    public ArchiveLayout Layout => layout;

    public RecordSelection Selection => selection;

    public SubjectIndex Subjects => selection.Subjects;

    /// <summary>The blobs that hold something of a subject, in the order of their names.</summary>
    public IEnumerable<ListedBlob> Matched => _found.Blobs();

    private SubjectTotals TotalsOf(int subject) => _totals.TryGetValue(subject, out SubjectTotals? totals) ? totals : new SubjectTotals();

    public async Task RunAsync(SinkCall call, CancellationToken cancellationToken)
    {
        _call = call;
        try
        {
            _hold = await container.HoldAsync(call.Location, cancellationToken);
        }
        catch (RequestFailedException missing) when (BlobFailures.IsContainerMissing(missing))
        {
            _former = await FormerContainers.ReadAsync(container, isMissing: true, cancellationToken);
            if (_former.Until is null && !layout.MayBeMissing)
                throw;
            return;
        }

        _former = await FormerContainers.ReadAsync(container, isMissing: false, cancellationToken);
        do
        {
            await call.Gate.ForEachBlobAsync(
                ListAsync(call, cancellationToken),
                blob => blob.Length,
                (blob, token) => ScanAsync(call, blob, token),
                cancellationToken
            );
        } while (!_seen.IsSettled && _seen.Listings < SeenBlobs.MostListings);
        if (!_seen.IsSettled)
            await call.ReportAsync(FaultCatalogue.ContainerChanging.For(call.Location.ToString(), _seen.Listings), cancellationToken);
    }

    /// <summary>How the container was read, for a certificate.</summary>
    public string Reading =>
        _known == 0
            ? "The container was listed, and each blob in it that the operator does not exclude was read to its end under the ETag that it "
                + "had."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"The container was listed again: {Counted.Of(_known, "blob")} still had the ETag under which "
                    + $"{(_known == 1 ? "it was" : "they were")} read to the end, at {empty.Since:u} or later, without finding anything; "
                    + $"{Counted.Of(_done - _known, "other")} {(_done - _known == 1 ? "was" : "were")} read to the end now."
            );

    /// <summary>Lets go of what was found; no finding can be made of it any more.</summary>
    public void Dispose() => _found.Dispose();

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
        long others = OtherGenerations(totals, Subjects[subject]);
        List<string> details = DetailsOf(totals, others, faults);
        bool isUnread = _unread.Count + _unread.PartlyCount > 0 || faults > _unread.Reported;
        DateTimeOffset? leavesBy = _leavesBy > _former.Until ? _leavesBy : _former.Until ?? _leavesBy;
        Verdict verdict =
            isUnread ? Verdict.Unreachable
            : found ? (_hold.IsHeld || totals.IsHeld ? Verdict.Held : Verdict.Present)
            : totals.OnlyMentioned > 0 || totals.UnclearBlobs > 0 || _unread.ForeignCount > 0 ? Verdict.OwnerAction
            : leavesBy is not null ? Verdict.Expiring
            : Verdict.Absent;
        return new DeviceDataFinding
        {
            DeviceId = Subjects[subject],
            Location = location,
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
                Verdict.Held => _hold.IsHeld
                    ? totals.LastCreated is { } created
                        ? _hold.EndFor(created)
                        : null
                    : totals.HeldUntil,
                _ => null,
            },
            Detail = details.Count == 0 ? null : Sentence(details),
            Items = _found.ItemsOf(subject),
        };
    }

    /// <summary>Where one generation is asked for there are no others.</summary>
    private long OtherGenerations(SubjectTotals totals, string deviceId) =>
        _call is { Options.Erasure.Scope.GenerationId: null } call
            ? totals.Generations.CountOthers(call.Generations.GetValueOrDefault(deviceId))
            : 0;

    private List<string> DetailsOf(SubjectTotals totals, long others, int faults)
    {
        var details = new List<string>();
        if (!_seen.IsSettled && !_former.IsMissing)
            details.Add($"the container kept changing while it was read, over {_seen.Listings} listings");
        else if (faults > _unread.Reported)
            details.Add($"{Counted.Of(faults - _unread.Reported, "attempt")} to read failed");
        details.AddRange(_unread.Details);
        if (others > 0)
        {
            details.Add(
                $"{Counted.Of(others, "record")} {(others == 1 ? "was" : "were")} sent under another generation ID: the device ID was "
                    + "deleted and created again, possibly for another person; -GenerationId distinguishes the devices"
            );
        }

        if (totals.OldCopyRecords > 0)
        {
            details.Add(
                $"{Counted.Of(totals.OldCopyRecords, "record is", "records are")} in old versions or snapshots, which "
                    + "-IncludeOldVersions erases where the current blobs hold everything else"
            );
        }

        if (totals.Relayed > 0)
        {
            details.Add(
                $"{Counted.Of(totals.Relayed, "record")} {(totals.Relayed == 1 ? "was" : "were")} relayed by this device for other "
                    + $"devices and {(totals.Relayed == 1 ? "counts" : "count")} as theirs"
            );
        }

        if (totals.Mentioned > 0)
        {
            details.Add(
                $"{Counted.Of(totals.Mentioned, "record")} of other senders {(totals.Mentioned == 1 ? "names" : "name")} the device only "
                    + "in the body and can be other people's"
            );
        }

        if (totals.OnlyMentioned > 0)
        {
            details.Add(
                $"{Counted.Of(totals.OnlyMentioned, "record")} of others {(totals.OnlyMentioned == 1 ? "names" : "name")} the device "
                    + "together with another or in an operator's query, which -IncludeMentioned treats as the device's: the hub's operator "
                    + "decides"
            );
        }

        if (totals.Ambiguity is { } ambiguity)
            details.Add(ambiguity);
        if (_softDeleted > 0)
        {
            details.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Counted.Of(_softDeleted, "soft-deleted copy", "soft-deleted copies")} cannot be read and will have expired by "
                        + $"{_leavesBy:yyyy-MM-dd}"
                )
            );
        }

        if (_uncommitted > 0)
        {
            details.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Counted.Of(_uncommitted, "blob consists", "blobs consist")} of uncommitted blocks, which cannot be read; unless "
                        + $"they are committed, the service discards them by {_leavesBy:yyyy-MM-dd}"
                )
            );
        }

        if (BlobExclusions.Describe(_excluded) is { } excluded)
            details.Add(excluded);
        if (_former is { IsMissing: true, Until: null })
            details.Add("the container does not exist: its service creates it with the first record");
        if (_former.Ground is { } former)
            details.Add(former);
        if (_hold.Ground is { } ground)
            details.Add(ground);
        if (totals.Leased > 0)
        {
            details.Add(
                $"{Counted.Of(totals.Leased, "blob is", "blobs are")} leased by another client and can be changed only after the lease has "
                    + "ended"
            );
        }

        if (totals.Held > 0)
        {
            details.Add(
                $"{Counted.Of(totals.Held, "blob is", "blobs are")} held by a policy or legal hold of "
                    + $"{(totals.Held == 1 ? "its" : "their")} own"
            );
        }

        return details;
    }

    private static string Sentence(List<string> parts)
    {
        string text = string.Join("; ", parts);
        return $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
    }

    /// <summary>The blobs to read, while they are listed: a container can hold more than fit into memory.</summary>
    private async IAsyncEnumerable<ListedBlob> ListAsync(SinkCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _seen.Begin();
        var listing = new NarrowedListing(container, layout, call.Options.Erasure.Scope);
        DateTimeOffset now = container.Now;
        await foreach (ListedBlob blob in listing.ListAsync(cancellationToken))
        {
            if (_seen.Meet(blob, isWritten: layout.WrittenUntil(blob.Name, blob.LastModified) > now) && IsReadable(blob))
                yield return blob;
        }

        _excluded = listing.Excluded;
        if (_listed)
            yield break;
        _listed = true;
        string what =
            $"{Counted.Of(_blobs, "blob")} to look at, {Counted.Of(listing.LeftOut, "blob")} and "
            + $"{Counted.Of(listing.FoldersLeftOut, "folder")} of other hubs or other times left alone";
        await call.NoteAsync(NoticeLevel.Verbose, $"{call.Location}: {what}.", cancellationToken);
    }

    /// <summary>Whether there is something to read; what is soft-deleted, or not committed, is only accounted for.</summary>
    private bool IsReadable(ListedBlob blob)
    {
        if (blob.LeavesAt is { } leavesAt && (blob.Length > 0 || blob.IsUncommitted))
        {
            (_softDeleted, _uncommitted) = blob.IsUncommitted ? (_softDeleted, _uncommitted + 1) : (_softDeleted + 1, _uncommitted);
            _leavesBy = _leavesBy > leavesAt ? _leavesBy : leavesAt;
            return false;
        }

        if (blob.Length == 0 || blob.LeavesAt is not null)
            return false;
        _blobs++;
        return true;
    }

    private async ValueTask ScanAsync(SinkCall call, ListedBlob listed, CancellationToken cancellationToken)
    {
        try
        {
            if (empty.Knows(listed))
                Interlocked.Increment(ref _known);
            else
                await ReadAsync(call, listed, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            DsrException fault = ArchiveRead.Translate(exception, $"{call.Location.Place}/{listed.Path}", "read", BlobFailures.ReadRole);

            // A missing permission or network affects every blob: the whole location is unreadable.
            FaultCategory category = fault.Fault.Category;
            if (category is FaultCategory.PermissionDenied or FaultCategory.AuthenticationError or FaultCategory.ConnectionError)
                throw fault;

            if (_unread.Add(listed.Path, exception, layout.TimesOf(listed.Name).IsOfLayout, fault.Fault))
                await call.ReportAsync(fault.Fault, cancellationToken);
        }

        int done = Interlocked.Increment(ref _done);
        (string status, int? percent) = _listed
            ? ($"{done} of {Counted.Of(_blobs, "blob")} read", (int)(done * 100L / _blobs))
            : ($"{Counted.Of(done, "blob")} read", (int?)null);
        await call.ProgressAsync(status, percent, cancellationToken);
    }

    /// <summary>One that is gone has been deleted, or has moved: the next listing tells.</summary>
    private async Task ReadAsync(SinkCall call, ListedBlob listed, CancellationToken cancellationToken)
    {
        var request = new ScanRequest(Subjects, WithBody: selection.WithBody);
        if (await ArchiveRead.ScanAsync(container, listed, request, cancellationToken) is not { Blob: var blob, Scan: var scan })
            return;
        if (blob.ETag != listed.ETag)
            _seen.Update(blob);
        else if (scan.Subjects.Count == 0 && scan.Unread.Count == 0 && !scan.HasLeftOut)
            empty.Add(listed.Path, listed.ETag, listed.Length);
        Add(blob, scan);
        if (scan.Unread.Count > 0)
            await ReportUnreadAsync(call, listed.Path, scan.Unread, cancellationToken);
    }

    private async ValueTask ReportUnreadAsync(SinkCall call, string path, UnreadRecords unread, CancellationToken cancellationToken)
    {
        string first = unread.FirstOffset.ToString(CultureInfo.InvariantCulture);
        Fault fault = FaultCatalogue.RecordsUnreadable.For($"{call.Location.Place}/{path}", Counted.Of(unread.Count, "record"), first);
        if (_unread.AddRecordsOf(path, fault))
            await call.ReportAsync(fault, cancellationToken);
    }

    private void Add(ListedBlob blob, ArchiveScan scan)
    {
        bool isAgain = _seen.Listings > 1;
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
}
