using System.Collections.Concurrent;
using System.Globalization;
using Azure;
using Azure.Storage.Blobs.Models;
using IotHubDsr.Archives;

namespace IotHubDsr.Stores.RoutedBlobs;

/// <summary>Erases the subjects from every blob of a container in which they were found; each blob is changed once for all of them.</summary>
internal sealed class ArchiveErasure(ArchiveContainer container, StoreCall call, IReadOnlyList<DeviceDataFinding> findings, TimeProvider time)
{
    private readonly RecordSelection _selection = new(
        new SubjectIndex(findings.Select(finding => finding.DeviceId)), call.Options.IncludeRelayed);

    private readonly ConcurrentDictionary<string, Account> _accounts = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<ErasureOutcome>> RunAsync(CancellationToken cancellationToken)
    {
        foreach (DeviceDataFinding finding in findings)
            _accounts.TryAdd(finding.DeviceId, new Account());

        List<string> blobs = findings.SelectMany(finding => finding.Items)
            .Where(item => !item.IsOldCopy && (item.Records > 0 || call.Options.IncludeRelayed))
            .Select(item => item.Path).Distinct(StringComparer.Ordinal).ToList();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = call.Options.ThrottleLimit, CancellationToken = cancellationToken };
        int done = 0;
        await Parallel.ForEachAsync(blobs, parallel, async (blob, token) =>
        {
            await EraseAsync(blob, token).ConfigureAwait(false);
            int now = Interlocked.Increment(ref done);
            await call.ProgressAsync($"{now} of {blobs.Count} blobs rewritten", now * 100 / blobs.Count, token).ConfigureAwait(false);
        }).ConfigureAwait(false);

        if (call.Options.IncludeOldVersions)
            await new OldCopies(container, call, _selection).EraseAsync(findings, cancellationToken).ConfigureAwait(false);
        return findings.Select(finding => _accounts[finding.DeviceId].ToOutcome(finding.DeviceId)).ToList();
    }

    private async Task EraseAsync(string blobName, CancellationToken cancellationToken)
    {
        string place = $"{call.Location.Place}/{blobName}";
        try
        {
            var rewriter = new BlobRewriter(container, blobName, _selection);
            if (await YoungUntilAsync(rewriter, cancellationToken).ConfigureAwait(false) is { } until)
            {
                NoteYoung(blobName, until);
                return;
            }

            RewriteResult? result = await rewriter.RunAsync(place, call, cancellationToken).ConfigureAwait(false);
            foreach (SubjectMatches removed in result?.Removed ?? [])
                _accounts[removed.DeviceId].Add(removed);
        }
        catch (RequestFailedException gone) when (gone.Status == 404 && gone.ErrorCode is "BlobNotFound")
        {
            await call.NoteAsync(NoticeLevel.Verbose, $"{place} no longer exists.", cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = ArchiveRead.Translate(exception, place, "rewrite", RoutedBlobStore.WriteRole).Fault;
            foreach (DeviceDataFinding finding in findings.Where(finding => finding.Items.Any(item => item.Path == blobName)))
                _accounts[finding.DeviceId].Fault = fault;
            await call.ReportAsync(fault, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The hub may still write to a blob of the current or the previous batch; such a blob is left alone until then. Null when it is not
    /// that young, or when no hub writes here any more.
    /// </summary>
    private async Task<DateTimeOffset?> YoungUntilAsync(BlobRewriter rewriter, CancellationToken cancellationToken)
    {
        if (call.Location.FlushTime is not { } flushTime)
            return null;
        Response<BlobProperties> properties = await rewriter.ReadPropertiesAsync(cancellationToken).ConfigureAwait(false);
        DateTimeOffset until = properties.Value.LastModified + flushTime;
        // The time of the last change is the service's: it is compared with the service's own clock, as that of this machine can be wrong.
        return until > (properties.GetRawResponse().Headers.Date ?? time.GetUtcNow()) ? until : null;
    }

    private void NoteYoung(string blobName, DateTimeOffset until)
    {
        foreach (DeviceDataFinding finding in findings.Where(finding => finding.Items.Any(item => item.Path == blobName)))
            _accounts[finding.DeviceId].Wait(until);
    }

    private sealed class Account
    {
        private readonly object _gate = new();
        private long _records;
        private int _items;
        private DateTimeOffset? _until;

        public Fault? Fault { get; set; }

        public void Add(SubjectMatches removed)
        {
            lock (_gate)
            {
                _records += removed.Own.Records + removed.Attributed.Records + removed.Relayed.Records;
                _items++;
            }
        }

        public void Wait(DateTimeOffset until)
        {
            lock (_gate)
                _until = _until > until ? _until : until;
        }

        public ErasureOutcome ToOutcome(string deviceId) => new(deviceId, _records, _items)
        {
            Fault = Fault,
            Verdict = Fault?.Id == FaultCatalogue.BlobHeld.Id ? Verdict.Held : _until is null ? null : Verdict.ErasurePending,
            Until = _until,
            Detail = Fault?.Message ?? (_until is null
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"The hub may still write to the youngest blobs; run the command again after {_until:u}.")),
        };
    }
}
