using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>
/// An event hub, whichever service provides it. Its events are read and never taken; they cannot be erased, and leave by retention.
/// </summary>
internal abstract class EventStreamSink(AzureAccess access, string hubName) : IFinder, IExporter
{
    /// <summary>How event hubs are read for a verdict, for a certificate.</summary>
    public const string Reading =
        "Each partition was read from its first event to the last one that it had when the reading began; when events leave was asked of "
        + "Azure Resource Manager.";

    /// <summary>What the events tell.</summary>
    public const Narrowing Understands = Narrowing.Generation | Narrowing.Time | Narrowing.Mentioned;

    protected AzureAccess Access => access;

    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) =>
        Scan(call, SelectionOf(call, deviceIds), lines: null);

    public IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target)
    {
        RecordSelection selection = SelectionOf(call, deviceIds);
        var lines = new EventLines(selection, target, EventRecords.Lines);
        return new RecordExport(Scan(call, selection, lines), lines.Lines);
    }

    /// <summary>Asks what the event hub of a location is like now, and how it can be read.</summary>
    /// <exception cref="DsrException">Nobody can tell.</exception>
    protected abstract Task<EventStream> DescribeAsync(DataLocation location, CancellationToken cancellationToken);

    private RecordSelection SelectionOf(SinkCall call, IReadOnlyList<string> deviceIds) =>
        call.SelectionOf(deviceIds, HubSharing.OriginOf(call.Location, hubName));

    private EventStreamScan Scan(SinkCall call, RecordSelection selection, EventLines? lines) =>
        new(token => DescribeAsync(call.Location, token), place => new EventHubClient(access, place), selection, call) { Lines = lines };
}
