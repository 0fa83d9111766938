using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// A blob container in which each blob holds records of many devices, whichever service wrote them. What is particular to a kind of
/// archive is in its <see cref="ArchiveLayout"/>.
/// </summary>
internal abstract class ArchiveSink(BlobContainers containers, TimeProvider time) : IFinder, IExporter, IEraser
{
    /// <summary>How archives are read for a verdict, for a certificate.</summary>
    public const string Reading =
        "The container was listed, and each blob in it that the operator does not exclude was read to its end, unless it had already been "
        + "read under the same ETag.";

    /// <summary>What the records tell; where a kind of archive tells less, its description says so.</summary>
    public const Narrowing Understands = Narrowing.Generation | Narrowing.Time | Narrowing.Mentioned;

    private readonly EmptyBlobs _empty = new();

    public async Task<IReadOnlyList<DeviceDataFinding>> FindAsync(
        SinkCall call,
        IReadOnlyList<string> deviceIds,
        CancellationToken cancellationToken
    )
    {
        ContainerScan scan = await ScanAsync(call, deviceIds, cancellationToken);
        return scan.ToFindings(call.Location, call.Faults);
    }

    public async Task<IReadOnlyList<ExportCompleteness>> ExportAsync(
        SinkCall call,
        IReadOnlyList<string> deviceIds,
        IExportTarget target,
        CancellationToken cancellationToken
    )
    {
        using ContainerScan scan = await ScanAsync(call, deviceIds, cancellationToken);
        var export = new ArchiveExport(scan, call);
        return await export.WriteAsync(target, cancellationToken);
    }

    public async Task<IReadOnlyList<ErasureOutcome>> EraseAsync(
        SinkCall call,
        IReadOnlyList<DeviceDataFinding> findings,
        CancellationToken cancellationToken
    )
    {
        ArchiveLayout layout = LayoutOf(call.Location);
        List<string> deviceIds = [.. findings.Select(finding => finding.DeviceId)];
        RecordSelection selection = call.SelectionOf(deviceIds, layout.Origin);
        AfterCommit? after = _empty.LastOf(call.Location, deviceIds, call.Options) is { } reading
            ? new AfterCommit(reading, call.UnboundedSelectionOf(reading.DeviceIds, layout.Origin).Subjects)
            : null;
        var erasure = new ArchiveErasure(
            containers.Of(call.Location),
            layout,
            selection,
            after,
            call,
            findings,
            new ItemIndex(findings),
            time
        );
        return await erasure.RunAsync(cancellationToken);
    }

    /// <summary>What the blobs of a location are like.</summary>
    protected abstract ArchiveLayout LayoutOf(DataLocation location);

    private async Task<ContainerScan> ScanAsync(SinkCall call, IReadOnlyList<string> deviceIds, CancellationToken cancellationToken)
    {
        ArchiveLayout layout = LayoutOf(call.Location);
        var scan = new ContainerScan(
            containers.Of(call.Location),
            layout,
            call.SelectionOf(deviceIds, layout.Origin),
            _empty.ReadingOf(call.Location, deviceIds, call.Options, time.GetUtcNow())
        );
        try
        {
            await scan.RunAsync(call, cancellationToken);
            call.Reading = scan.Reading;
            return scan;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            scan.Dispose();
            throw;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            scan.Dispose();
            throw ArchiveRead.Translate(exception, call.Location.ToString(), "read", BlobFailures.ReadRole);
        }
    }
}
