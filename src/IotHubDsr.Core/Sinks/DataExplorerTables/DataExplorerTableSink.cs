using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.DataExplorerTables;

/// <summary>Tables in which rows of many devices lie, and possibly of many hubs.</summary>
internal sealed class DataExplorerTableSink(AzureAccess access, string hubName, TimeProvider time)
    : IFinder,
        IExporter,
        IEraser,
        ITicketReader
{
    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) =>
        Scan(call, SelectionOf(call, deviceIds));

    public IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target)
    {
        RecordSelection selection = SelectionOf(call, deviceIds);
        var lines = new RecordLines(selection, target, RowLines.FileName, RowLines.Kind);
        return new RecordExport(Scan(call, selection, lines), lines);
    }

    public IUnitWork<IReadOnlyList<ErasureOutcome>> Erase(SinkCall call, IReadOnlyList<DeviceDataFinding> findings) =>
        new TablePurge(
            Scan(call, SelectionOf(call, [.. findings.Select(static finding => finding.DeviceId)])),
            call,
            findings,
            hubName,
            time
        );

    public Task<IReadOnlyList<TicketAnswer>> AskAsync(
        SinkCall call,
        IReadOnlyList<ErasureTicket> tickets,
        CancellationToken cancellationToken
    ) => new PurgeProgress(call, deviceIds => Scan(call, SelectionOf(call, deviceIds)), time).AskAsync(access, tickets, cancellationToken);

    private RecordSelection SelectionOf(SinkCall call, IReadOnlyList<string> deviceIds) =>
        call.SelectionOf(deviceIds, new RecordOrigin(hubName) { IsShared = IsShared(call.Location) });

    /// <summary>
    /// Of a table that data connections fill all writers are known. What fills one that only the location file names, nobody knows.
    /// </summary>
    private static bool IsShared(DataLocation location) =>
        HubSharing.GroundOf(location) is not null
        || (!location.IsDedicated && location.Ways.All(static way => way.Kind is not DataWayKind.DataConnection));

    private TableScan Scan(SinkCall call, RecordSelection selection, RecordLines? lines = null) =>
        new(token => OpenTable.OpenAsync(access, call.Location, token), call, selection, hubName) { Lines = lines };
}
