using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;

namespace IotHubDsr.Core.Sinks.FileUploads;

/// <summary>Files that devices uploaded, each in a blob of its own below a folder that is named after the device.</summary>
/// <remarks>A place is one unit: of many devices, one listing of the container serves all.</remarks>
internal sealed class FileUploadSink(BlobContainers containers, TimeProvider time) : IFinder, IExporter, IEraser
{
    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) =>
        UnitWork.Whole(token => FindAsync(call, deviceIds, token));

    public IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target) =>
        UnitWork.Whole(token => ExportAsync(call, deviceIds, target, token));

    public IUnitWork<IReadOnlyList<ErasureOutcome>> Erase(SinkCall call, IReadOnlyList<DeviceDataFinding> findings) =>
        UnitWork.Whole(token => EraseAsync(call, findings, token));

    private async Task<IReadOnlyList<DeviceDataFinding>> FindAsync(
        SinkCall call,
        IReadOnlyList<string> deviceIds,
        CancellationToken cancellationToken
    )
    {
        UploadListing listing = await ListAsync(call, deviceIds, once: false, cancellationToken);
        return deviceIds.Select(deviceId => SharedUploads.Judge(listing.Of(deviceId).ToFinding(call.Location))).ToList();
    }

    private async Task<IReadOnlyList<ExportCompleteness>> ExportAsync(
        SinkCall call,
        IReadOnlyList<string> deviceIds,
        IExportTarget target,
        CancellationToken cancellationToken
    )
    {
        UploadListing listing = await ListAsync(call, deviceIds, once: false, cancellationToken);
        bool isShared = SharedPlace.Ground(call.Location) is not null;
        ILookup<bool, DeviceUploads> doubtful = deviceIds
            .Select(listing.Of)
            .ToLookup(device => isShared || SharedUploads.Ground(device.ToFinding(call.Location)) is not null);
        var export = new UploadExport(containers.Of(call.Location), call, target);
        IEnumerable<ExportCompleteness> written = doubtful[false].Any()
            ? await export.WriteAsync([.. doubtful[false]], cancellationToken)
            : [];
        return [.. written, .. doubtful[true].Select(device => SharedUploads.LineOf(SharedUploads.Judge(device.ToFinding(call.Location))))];
    }

    private async Task<IReadOnlyList<ErasureOutcome>> EraseAsync(
        SinkCall call,
        IReadOnlyList<DeviceDataFinding> findings,
        CancellationToken cancellationToken
    )
    {
        List<ErasureOutcome> untouched =
        [
            .. findings
                .Where(static finding => SharedUploads.Ground(finding) is not null)
                .Select(static finding => new ErasureOutcome(finding.DeviceId, 0, 0)),
        ];
        findings = [.. findings.Where(static finding => SharedUploads.Ground(finding) is null)];
        if (findings.Count == 0)
            return untouched;
        var erasure = new UploadErasure(containers.Of(call.Location), call);
        await erasure.DeleteFilesAsync(findings, cancellationToken);
        UploadListing left = await ListAsync(call, findings.Select(finding => finding.DeviceId).ToList(), once: true, cancellationToken);
        return [.. untouched, .. await erasure.DeleteRemainsAsync(findings, left, cancellationToken)];
    }

    private async Task<UploadListing> ListAsync(
        SinkCall call,
        IReadOnlyList<string> deviceIds,
        bool once,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await UploadListing.ReadAsync(containers.Of(call.Location), call, deviceIds, time.GetUtcNow(), once, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw AzureFaults.Translate(exception, call.Location.ToString(), "read", BlobFailures.ReadRole);
        }
    }
}
