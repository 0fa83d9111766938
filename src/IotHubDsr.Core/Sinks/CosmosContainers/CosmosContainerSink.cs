using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>Containers of Cosmos DB in which each message of the hub is a document.</summary>
internal sealed class CosmosContainerSink(AzureAccess access, string hubName, TimeProvider time) : IFinder, IExporter, IEraser
{
    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) => Scan(call, deviceIds);

    public IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target) =>
        new DocumentExport(Scan(call, deviceIds), call, target);

    public IUnitWork<IReadOnlyList<ErasureOutcome>> Erase(SinkCall call, IReadOnlyList<DeviceDataFinding> findings) =>
        new DocumentErasure(
            token => DocumentContainer.OpenAsync(access, call.Location, mayDelete: true, token),
            SelectionOf(call, findings.Select(finding => finding.DeviceId)),
            HubSharing.GroundOf(call.Location, "container") is not null,
            call,
            findings
        );

    private DocumentScan Scan(SinkCall call, IReadOnlyList<string> deviceIds) =>
        new(
            token => DocumentContainer.OpenAsync(access, call.Location, mayDelete: false, token),
            SelectionOf(call, deviceIds),
            HubSharing.GroundOf(call.Location, "container"),
            call,
            time
        );

    private RecordSelection SelectionOf(SinkCall call, IEnumerable<string> deviceIds) =>
        call.SelectionOf(deviceIds, new RecordOrigin(hubName));
}
