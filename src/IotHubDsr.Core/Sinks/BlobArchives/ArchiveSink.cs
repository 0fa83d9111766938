using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// A blob container in which each blob holds records of many devices, whichever service wrote them. What is particular to a kind of
/// archive is in its <see cref="ArchiveLayout"/>.
/// </summary>
internal abstract class ArchiveSink(BlobContainers containers, TimeProvider time) : IFinder, IExporter, IEraser, ISurveyor
{
    /// <summary>How archives are read for a verdict, for a certificate.</summary>
    public const string Reading =
        "The container was listed, and each blob in it that the operator does not exclude was read to its end, unless it had already been "
        + "read under the same ETag.";

    /// <summary>What the records tell; where a kind of archive tells less, its description says so.</summary>
    public const Narrowing Understands = Narrowing.Generation | Narrowing.Time | Narrowing.Mentioned;

    private readonly EmptyBlobs _empty = new();

    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) => Scan(call, deviceIds);

    public IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target) =>
        new ArchiveExport(Scan(call, deviceIds), call, target);

    public IUnitWork<IReadOnlyList<ErasureOutcome>> Erase(SinkCall call, IReadOnlyList<DeviceDataFinding> findings)
    {
        ArchiveLayout layout = LayoutOf(call.Location);
        List<string> deviceIds = [.. findings.Select(finding => finding.DeviceId)];
        RecordSelection selection = call.ErasableOf(deviceIds, layout.Origin);
        AfterCommit? after = _empty.LastOf(call.Location, deviceIds, call.Options) is { } reading
            ? new AfterCommit(reading, call.UnboundedSelectionOf(reading.DeviceIds, layout.Origin).Subjects)
            : null;
        return new ArchiveErasure(containers.Of(call.Location), layout, selection, after, call, findings, new ItemIndex(findings), time);
    }

    public async Task<PlaceSurvey> SurveyAsync(SinkCall call, IReadOnlyList<string> deviceIds, CancellationToken cancellationToken)
    {
        ArchiveLayout layout = LayoutOf(call.Location);
        BlobContainerAccess container = containers.Of(call.Location);
        RecordSelection selection = call.SelectionOf(deviceIds, layout.Origin);
        try
        {
            IndexSession? index = await ArchiveIndexing.OpenAsync(call, layout, selection, container.Now, cancellationToken);
            return await new ContainerSurvey(container, layout, call, index).RunAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw ArchiveRead.Translate(exception, call.Location.ToString(), "list", BlobFailures.ReadRole);
        }
    }

    /// <summary>What the blobs of a location are like.</summary>
    protected abstract ArchiveLayout LayoutOf(DataLocation location);

    private ContainerScan Scan(SinkCall call, IReadOnlyList<string> deviceIds)
    {
        ArchiveLayout layout = LayoutOf(call.Location);
        return new ContainerScan(
            containers.Of(call.Location),
            layout,
            call.SelectionOf(deviceIds, layout.Origin),
            _empty.ReadingOf(call.Location, deviceIds, call.Options, time.GetUtcNow()),
            call
        );
    }
}
