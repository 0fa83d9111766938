using System.Globalization;
using System.Runtime.CompilerServices;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// One pass over a container for all subjects. Each blob is read once; then the container is listed again, and what has come, or changed,
/// since it was listed is read as well. A unit is some blobs that were listed one after the other.
/// </summary>
internal sealed class ContainerScan(
    BlobContainerAccess container,
    ArchiveLayout layout,
    RecordSelection selection,
    EmptyBlobs.Reading empty,
    SinkCall call
) : IUnitWork<IReadOnlyList<DeviceDataFinding>>, IPortableWork
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly ContainerFacts _facts = new();
    private readonly ContainerFindings _findings = new(layout, selection);
    private readonly SeenBlobs _seen = new();
    private IndexSession? _index;
    private volatile bool _listed;
    private bool _isComplete;
    private int _units;
    private int _blobs;
    private int _done;
    private int _known;

    public BlobContainerAccess Container => container;

    public ArchiveLayout Layout => layout;

    public RecordSelection Selection => selection;

    public SubjectIndex Subjects => selection.Subjects;

    /// <summary>The blobs that hold something of a subject, in the order of their names.</summary>
    public IEnumerable<ListedBlob> Matched => _findings.Matched;

    /// <summary>The number of the next unit.</summary>
    public int NextUnit => _units;

    /// <summary>A container that is not there has nothing to list.</summary>
    public bool IsSplit => _facts.Former.IsMissing || _seen.IsSettled || _seen.Listings == SeenBlobs.MostListings;

    private int? Restless => _seen.IsSettled || _facts.Former.IsMissing ? null : _seen.Listings;

    public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_seen.Listings == 0 && !await ReadFactsAsync(cancellationToken))
            yield break;
        await using IAsyncEnumerator<WorkUnit> units = BlobUnits
            .OfAsync(ListAsync(cancellationToken), _units, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (await TranslatedAsync(() => units.MoveNextAsync(), cancellationToken))
        {
            _units++;
            yield return units.Current;
        }
    }

    public async ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken) =>
        await call.Gate.ForEachBlobAsync(((WorkUnit<ListedBlob>)unit).Items, blob => blob.Length, ScanAsync, cancellationToken);

    /// <summary>Blobs that need not be read are settled here, and do not travel.</summary>
    public async Task<PackedUnit?> PackAsync(WorkUnit unit, CancellationToken cancellationToken)
    {
        List<(ListedBlob Blob, bool IsIndexed)> open = [];
        foreach (ListedBlob listed in ((WorkUnit<ListedBlob>)unit).Items)
        {
            if (IsSettled(listed))
                await ProgressAsync(cancellationToken);
            else
                open.Add((listed, _index?.Note(listed) is not null));
        }

        return open.Count == 0 ? null : new PackedUnit(PackedBlobs.Write(open), open.Sum(static one => one.Blob.Length));
    }

    public async Task<byte[]> DoPackedAsync(ReadOnlyMemory<byte> packed, CancellationToken cancellationToken)
    {
        IReadOnlyList<(ListedBlob Blob, bool IsIndexed)> blobs = PackedBlobs.Read(packed);
        IndexSession? index = blobs.Any(static one => one.IsIndexed) ? await OpenForEntriesAsync(cancellationToken) : null;
        var readings = new BlobReading[blobs.Count];
        await call.Gate.ForEachBlobAsync(
            Enumerable.Range(0, blobs.Count),
            number => blobs[number].Blob.Length,
            async (number, token) =>
            {
                (ListedBlob blob, bool isIndexed) = blobs[number];
                readings[number] = await ReadAsync(blob, isIndexed ? index : null, token);
            },
            cancellationToken
        );
        return PackedBlobs.Write(readings);
    }

    public async Task TakeAsync(ReadOnlyMemory<byte> packed, ReadOnlyMemory<byte> shown, CancellationToken cancellationToken)
    {
        IReadOnlyList<(ListedBlob Blob, bool IsIndexed)> blobs = PackedBlobs.Read(packed);
        IReadOnlyList<BlobReading> readings = PackedBlobs.Read(shown, Subjects);
        if (readings.Count != blobs.Count)
            throw new FormatException("What was read is of another unit.");
        for (int number = 0; number < blobs.Count; number++)
        {
            await AccountAsync(blobs[number].Blob, readings[number], cancellationToken);
            await ProgressAsync(cancellationToken);
        }
    }

    public async Task GiveUpAsync(ReadOnlyMemory<byte> packed, Fault fault, CancellationToken cancellationToken)
    {
        foreach ((ListedBlob blob, _) in PackedBlobs.Read(packed))
        {
            await AccountAsync(blob, new BlobReading { Fault = fault }, cancellationToken);
            await ProgressAsync(cancellationToken);
        }
    }

    public async Task<IReadOnlyList<DeviceDataFinding>> CompleteAsync(CancellationToken cancellationToken)
    {
        await SettleAsync(cancellationToken);
        var findings = new DeviceDataFinding[Subjects.Count];
        for (int subject = 0; subject < findings.Length; subject++)
            findings[subject] = ToFinding(subject);
        _isComplete = true;
        return findings;
    }

    /// <summary>All units are done; what there is to say of the reading as a whole is said.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        if (Restless is { } listings)
            await call.ReportAsync(FaultCatalogue.ContainerChanging.For(call.Location.ToString(), listings), cancellationToken);
        if (_index is not null)
            await ArchiveIndexing.CompleteAsync(_index, call, cancellationToken);
        call.Reading = Reading;
    }

    public DeviceDataFinding ToFinding(int subject)
    {
        DeviceDataFinding finding = _findings.ToFinding(call, subject, _facts, Restless, container.Now);
        return ArchiveIndexing.Remark(_index) is { } remark
            ? finding with
            {
                Detail = RecordRemarks.Sentence([finding.Detail?.TrimEnd('.'), remark]),
            }
            : finding;
    }

    /// <summary>Lets go of what was found, unless findings refer to it.</summary>
    public void Dispose()
    {
        _opening.Dispose();
        if (!_isComplete)
            _findings.Dispose();
    }

    /// <summary>How the container was read, for a certificate.</summary>
    private string Reading =>
        ArchiveIndexing.Remark(_index) is { } remark
            ? $"The container was listed, and each blob that the operator does not exclude was read to its end, except that {remark}."
        : _known == 0
            ? "The container was listed, and each blob in it that the operator does not exclude was read to its end under the ETag that it "
                + "had."
        : string.Create(
            CultureInfo.InvariantCulture,
            $"The container was listed again: {Counted.Of(_known, "blob")} still had the ETag under which "
                + $"{(_known == 1 ? "it was" : "they were")} read to the end, at {empty.Since:u} or later, without finding anything; "
                + $"{Counted.Of(_done - _known, "other")} {(_done - _known == 1 ? "was" : "were")} read to the end now."
        );

    /// <summary>Reads what the container itself tells; false if there is none to list.</summary>
    private async Task<bool> ReadFactsAsync(CancellationToken cancellationToken)
    {
        await TranslatedAsync(
            async () =>
            {
                await _facts.ReadAsync(container, call.Location, layout.MayBeMissing, cancellationToken);
                return true;
            },
            cancellationToken
        );
        if (_facts.Former.IsMissing)
            return false;
        _index = await ArchiveIndexing.OpenAsync(call, layout, selection, container.Now, cancellationToken);
        return true;
    }

    private async Task<T> TranslatedAsync<T>(Func<ValueTask<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw ArchiveRead.Translate(exception, call.Location.ToString(), "read", BlobFailures.ReadRole);
        }
    }

    /// <summary>The blobs to read, while they are listed.</summary>
    private async IAsyncEnumerable<ListedBlob> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _seen.Begin();
        var listing = new NarrowedListing(container, layout, call.Options.Erasure.Scope);
        DateTimeOffset now = container.Now;
        await foreach (ListedBlob blob in listing.ListAsync(cancellationToken))
        {
            bool isNew = _seen.Meet(blob, isWritten: layout.WrittenUntil(blob.Name, blob.LastModified) > now);
            if (!isNew || !_facts.IsReadable(blob))
                continue;
            Interlocked.Increment(ref _blobs);
            yield return blob;
        }

        _facts.Excluded = listing.Excluded;
        if (_listed)
            yield break;
        _listed = true;
        string what =
            $"{Counted.Of(_blobs, "blob")} to look at, {Counted.Of(listing.LeftOut, "blob")} and "
            + $"{Counted.Of(listing.FoldersLeftOut, "folder")} of other hubs or other times left alone";
        await call.NoteAsync(NoticeLevel.Verbose, $"{call.Location}: {what}.", cancellationToken);
    }

    private async ValueTask ScanAsync(ListedBlob listed, CancellationToken cancellationToken)
    {
        if (!IsSettled(listed))
            await AccountAsync(listed, await ReadAsync(listed, _index, cancellationToken), cancellationToken);
        await ProgressAsync(cancellationToken);
    }

    /// <summary>Whether a blob need not be read.</summary>
    private bool IsSettled(ListedBlob listed)
    {
        if (_index?.Excludes(listed) == true)
            return true;
        if (!empty.Knows(listed))
            return false;
        Interlocked.Increment(ref _known);
        return true;
    }

    private ValueTask ProgressAsync(CancellationToken cancellationToken)
    {
        int done = Interlocked.Increment(ref _done);
        (string status, int? percent) = _listed
            ? ($"{done} of {Counted.Of(_blobs, "blob")} read", (int)(done * 100L / _blobs))
            : ($"{Counted.Of(done, "blob")} read", (int?)null);
        return call.ProgressAsync(status, percent, cancellationToken);
    }

    /// <summary>Reads one blob. Nothing here knows of the others.</summary>
    private async Task<BlobReading> ReadAsync(ListedBlob listed, IndexSession? index, CancellationToken cancellationToken)
    {
        try
        {
            AskedNames? asked = index?.Note(listed);
            SubjectIndex subjects = asked is null ? Subjects : Subjects.Noting(asked);
            var request = new ScanRequest(subjects, WithBody: selection.WithBody);
            if (await ArchiveRead.ScanAsync(container, listed, request, cancellationToken) is not { Blob: var blob, Scan: var scan })
                return new BlobReading();
            return new BlobReading
            {
                Blob = blob,
                Scan = scan,
                Entry = asked is not null && scan.Unread.Count == 0 ? index!.EntryOf(blob, asked) : null,
            };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            DsrException fault = ArchiveRead.Translate(exception, $"{call.Location.Place}/{listed.Path}", "read", BlobFailures.ReadRole);
            return SinkCall.ConcernsAll(fault.Fault)
                ? throw fault
                : new BlobReading
                {
                    Fault = fault.Fault,
                    IsForeign = exception is ArchiveFormatException { Fault: ArchiveFault.NotAnArchive },
                };
        }
    }

    /// <summary>Adds what reading a blob has shown to what is known of the container.</summary>
    private async Task AccountAsync(ListedBlob listed, BlobReading reading, CancellationToken cancellationToken)
    {
        if (reading.Fault is { } fault)
        {
            if (_findings.Unread.Add(listed.Path, reading.IsForeign, layout.TimesOf(listed.Name).IsOfLayout, fault))
                await call.ReportAsync(fault, cancellationToken);
            return;
        }

        if (reading is not { Blob: { } blob, Scan: { } scan })
            return;
        if (blob.ETag != listed.ETag)
            _seen.Update(blob);
        else if (scan.Subjects.Count == 0 && scan.Unread.Count == 0 && !scan.HasLeftOut)
            empty.Add(listed.Path, listed.ETag, listed.Length);
        if (reading.Entry is { } entry && _index is not null)
            await _index.AddAsync(entry, cancellationToken);
        _findings.Add(blob, scan, isAgain: _seen.Listings > 1);
        if (scan.Unread.Count > 0)
            await ReportUnreadAsync(listed.Path, scan.Unread, cancellationToken);
    }

    /// <summary>The index for entries alone, opened with the first unit that wants one.</summary>
    private async Task<IndexSession?> OpenForEntriesAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            return _index ??= await ArchiveIndexing.OpenForEntriesAsync(call, layout, selection, container.Now, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Without an entry the blob is read again next time.
            return null;
        }
        finally
        {
            _opening.Release();
        }
    }

    private async ValueTask ReportUnreadAsync(string path, UnreadRecords unread, CancellationToken cancellationToken)
    {
        string first = unread.FirstOffset.ToString(CultureInfo.InvariantCulture);
        Fault fault = FaultCatalogue.RecordsUnreadable.For($"{call.Location.Place}/{path}", Counted.Of(unread.Count, "record"), first);
        if (_findings.Unread.AddRecordsOf(path, fault))
            await call.ReportAsync(fault, cancellationToken);
    }
}
