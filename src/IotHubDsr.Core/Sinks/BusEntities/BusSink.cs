using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.EventStreams;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>
/// Queues, and topics with their subscriptions. Reading shows messages without receiving any; what is taken out is taken by its number, or
/// under a lock.
/// </summary>
internal sealed class BusSink(AzureAccess access, string hubName, bool isTopic) : IFinder, IExporter, IEraser
{
    /// <summary>What the messages tell.</summary>
    public const Narrowing Understands = Narrowing.Generation | Narrowing.Time | Narrowing.Mentioned;

    /// <summary>How it is read for a verdict, for a certificate.</summary>
    public const string Reading =
        "Each queue and subscription that messages get to was looked through to its end, with its dead letters, without receiving.";

    /// <summary>How it is erased from, for a certificate.</summary>
    public const string Method =
        "Scheduled messages were cancelled; deferred and dead-lettered ones, and active ones where that was asked for, were completed "
        + "under a lock. Messages of other devices were kept.";

    private readonly BusPlaces _places = new(access, isTopic);

    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) =>
        new BusScan(_places, SelectionOf(call, deviceIds), call);

    public IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target)
    {
        RecordSelection selection = SelectionOf(call, deviceIds);
        var lines = new EventLines(selection, target, BusRecords.Lines);
        return new RecordExport(new BusScan(_places, selection, call) { Lines = lines }, lines.Lines);
    }

    public IUnitWork<IReadOnlyList<ErasureOutcome>> Erase(SinkCall call, IReadOnlyList<DeviceDataFinding> findings) =>
        new BusErasure(
            _places,
            call.ErasableOf(findings.Select(static finding => finding.DeviceId), HubSharing.OriginOf(call.Location, hubName)),
            call,
            findings
        );

    private RecordSelection SelectionOf(SinkCall call, IReadOnlyList<string> deviceIds) =>
        call.SelectionOf(deviceIds, HubSharing.OriginOf(call.Location, hubName));
}
