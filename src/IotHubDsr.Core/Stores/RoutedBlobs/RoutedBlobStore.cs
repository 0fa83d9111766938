using System.Collections.Concurrent;
using IotHubDsr.Archives;
using IotHubDsr.Azure;

namespace IotHubDsr.Stores.RoutedBlobs;

/// <summary>Messages that a routing endpoint wrote to a blob container, in blobs that mix many devices.</summary>
internal sealed class RoutedBlobStore(AzureAccess access, TimeProvider time) : IDataStore
{
    /// <summary>What reading needs.</summary>
    public const string ReadRole = "Storage Blob Data Reader";

    /// <summary>What rewriting needs.</summary>
    public const string WriteRole = "Storage Blob Data Contributor";

    private readonly ConcurrentDictionary<Uri, ArchiveContainer> _containers = new();

    public IReadOnlyCollection<string> Kinds { get; } = [LocationKinds.RoutedBlobContainer];

    public LocationCapabilities Capabilities => LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase;

    public bool IsShared => true;

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
        var erasure = new ArchiveErasure(ContainerOf(call.Location), call, findings, time);
        return await erasure.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<ContainerScan> ScanAsync(StoreCall call, IReadOnlyList<string> deviceIds, CancellationToken cancellationToken)
    {
        var scan = new ContainerScan(ContainerOf(call.Location), new SubjectIndex(deviceIds));
        try
        {
            await scan.RunAsync(call, cancellationToken).ConfigureAwait(false);
            return scan;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw ArchiveRead.Translate(exception, call.Location.ToString(), "read", ReadRole);
        }
    }

    private ArchiveContainer ContainerOf(DataLocation location)
    {
        if (!location.Settings.TryGetValue(LocationSettings.ContainerUri, out string? text)
            || !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri))
            throw FaultCatalogue.LocationMissing.Exception(location.ToString(), "the hub's configuration does not say which container it is");
        return _containers.GetOrAdd(uri, key => new ArchiveContainer(access, key, time));
    }
}
