using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>Containers of Cosmos DB in which each message of the hub is a document.</summary>
internal sealed class CosmosContainerSink(AzureAccess access, string hubName, TimeProvider time) : IFinder, IExporter, IEraser
{
    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) =>
        Scan(call, SelectionOf(call, deviceIds), lines: null);

    public IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target)
    {
        RecordSelection selection = SelectionOf(call, deviceIds);
        var lines = new DocumentLines(selection, target);
        return new RecordExport(Scan(call, selection, lines), lines.Lines);
    }

    public IUnitWork<IReadOnlyList<ErasureOutcome>> Erase(SinkCall call, IReadOnlyList<DeviceDataFinding> findings) =>
        new DocumentErasure(
            token => DocumentContainer.OpenAsync(access, call.Location, mayDelete: true, token),
            SelectionOf(call, findings.Select(finding => finding.DeviceId)),
            call,
            findings
        );

    private DocumentScan Scan(SinkCall call, RecordSelection selection, DocumentLines? lines) =>
        new(token => DocumentContainer.OpenAsync(access, call.Location, mayDelete: false, token), selection, call, time) { Lines = lines };

    private RecordSelection SelectionOf(SinkCall call, IEnumerable<string> deviceIds) =>
        call.SelectionOf(deviceIds, new RecordOrigin(hubName));
}
