using IotHubDsr.Archives;
using IotHubDsr.Azure;
using IotHubDsr.Azure.Blobs;

namespace IotHubDsr.Stores.RoutedBlobs;

/// <summary>Messages that a routing endpoint wrote to a blob container, in blobs that mix many devices.</summary>
internal sealed class RoutedBlobStore(BlobContainers containers, TimeProvider time) : IDataStore
{
    public RoutedBlobStore(AzureAccess access, TimeProvider time)
        : this(new BlobContainers(access, time), time)
    {
    }

    public IReadOnlyCollection<string> Kinds { get; } = [LocationKinds.RoutedBlobContainer];

    public LocationCapabilities Capabilities => LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase;

    public bool IsShared => true;

    public string Method => "The records were taken out of the blobs under the ETags that were read; the records of other devices were kept byte for byte.";

    public ErasureStage StageOf(string kind) => ErasureStage.Sinks;

    public async Task<IReadOnlyList<DeviceDataFinding>> FindAsync(
        StoreCall call, IReadOnlyList<string> deviceIds, CancellationToken cancellationToken)
    {
        ContainerScan scan = await ScanAsync(call, deviceIds, cancellationToken).ConfigureAwait(false);
        return scan.ToFindings(call.Location, call.Faults);
    }

    public async Task<IReadOnlyList<ExportCompleteness>> ExportAsync(
        StoreCall call, IReadOnlyList<string> deviceIds, IExportTarget target, CancellationToken cancellationToken)
    {
        ContainerScan scan = await ScanAsync(call, deviceIds, cancellationToken).ConfigureAwait(false);
        var export = new ArchiveExport(scan, call);
        return await export.WriteAsync(target, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<ErasureOutcome>> EraseAsync(
        StoreCall call, IReadOnlyList<DeviceDataFinding> findings, CancellationToken cancellationToken)
    {
        var erasure = new ArchiveErasure(containers.Of(call.Location), call, findings, time);
        return await erasure.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<ContainerScan> ScanAsync(StoreCall call, IReadOnlyList<string> deviceIds, CancellationToken cancellationToken)
    {
        var scan = new ContainerScan(containers.Of(call.Location), new SubjectIndex(deviceIds));
        try
        {
            await scan.RunAsync(call, cancellationToken).ConfigureAwait(false);
            return scan;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw ArchiveRead.Translate(exception, call.Location.ToString(), "read", BlobFailures.ReadRole);
        }
    }
}
