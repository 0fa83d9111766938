using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Logs;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>Workspaces in whose tables rows of many resources lie, and of many hubs.</summary>
internal sealed class LogAnalyticsWorkspaceSink(AzureAccess access, string hubName, TimeProvider time)
    : IFinder,
        IExporter,
        IEraser,
        ITicketReader
{
    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) =>
        Scan(call, deviceIds, lines: null, onErasable: null);

    public IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target)
    {
        RecordSelection selection = call.SelectionOf(deviceIds, new RecordOrigin(hubName) { IsShared = true });
        var lines = new RecordLines(selection, target, LogLines.FileName, LogLines.Rows);
        return new RecordExport(Scan(call, deviceIds, lines, onErasable: null), lines);
    }

    public IUnitWork<IReadOnlyList<ErasureOutcome>> Erase(SinkCall call, IReadOnlyList<DeviceDataFinding> findings) =>
        new PurgeErasure((deviceIds, onErasable) => Scan(call, deviceIds, lines: null, onErasable), access, call, findings, time);

    public Task<IReadOnlyList<TicketAnswer>> AskAsync(
        SinkCall call,
        IReadOnlyList<ErasureTicket> tickets,
        CancellationToken cancellationToken
    ) =>
        new PurgeFollowing(call, (deviceIds, onErasable) => Scan(call, deviceIds, lines: null, onErasable), time).AskAsync(
            new PurgeClient(access, LogWorkspace.PlaceOf(call.Location)),
            tickets,
            cancellationToken
        );

    private LogScan Scan(SinkCall call, IReadOnlyList<string> deviceIds, RecordLines? lines, ErasableRow? onErasable) =>
        new(token => LogWorkspace.OpenAsync(access, call.Location, token), call, deviceIds, hubName)
        {
            Lines = lines,
            OnErasable = onErasable,
        };
}
