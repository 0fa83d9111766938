using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Sinks.CloudToDeviceQueues;

/// <summary>Messages that wait in the hub for a device. The service gives their number and discards them; it never shows them.</summary>
internal sealed class CloudToDeviceQueueSink(HubClient hub) : IFinder, IExporter, IEraser
{
    private const string NumberOnly = "The service shows only the number of waiting messages, not their content.";

    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) =>
        PerDevice.Each(call, deviceIds, (deviceId, token) => FindAsync(call, deviceId, token));

    public IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target) =>
        PerDevice.Each(call, deviceIds, (deviceId, token) => AccountAsync(call, deviceId, token));

    public IUnitWork<IReadOnlyList<ErasureOutcome>> Erase(SinkCall call, IReadOnlyList<DeviceDataFinding> findings) =>
        PerDevice.Each(call, findings, (finding, token) => EraseAsync(call, finding, token));

    private static string PathOf(string deviceId) => $"devices/{deviceId}/commands";

    private async Task<DeviceDataFinding> FindAsync(SinkCall call, string deviceId, CancellationToken cancellationToken)
    {
        (DeviceIdentity? identity, Fault? fault) = await PerDevice.TryReadAsync(
            call,
            async () => RequireCount(deviceId, await PerDevice.IdentityAsync(call, hub, deviceId, cancellationToken)),
            cancellationToken
        );
        if (fault is not null)
            return PerDevice.Unreachable(call, deviceId, fault);
        if (identity is not null && !PerDevice.IsAskedFor(call, identity))
            return PerDevice.NotAskedFor(call, deviceId);

        long waiting = identity?.CloudToDeviceMessageCount ?? 0;
        return new DeviceDataFinding
        {
            DeviceId = deviceId,
            GenerationId = identity?.GenerationId,
            Location = call.Location,
            Verdict = waiting > 0 ? Verdict.Present : Verdict.Absent,
            RecordCount = waiting,
            Detail = waiting > 0 ? NumberOnly : null,
            Items = waiting > 0 ? [new SeenItem(PathOf(deviceId), ETag: null, waiting, 0)] : [],
        };
    }

    private async Task<ExportCompleteness> AccountAsync(SinkCall call, string deviceId, CancellationToken cancellationToken)
    {
        DeviceDataFinding finding = await FindAsync(call, deviceId, cancellationToken);
        return PerDevice.Line(call, deviceId, finding.Verdict) with
        {
            Found = finding.RecordCount,
            Withheld = finding.RecordCount,
            Ground = finding.Detail,
        };
    }

    private async Task<ErasureOutcome> EraseAsync(SinkCall call, DeviceDataFinding finding, CancellationToken cancellationToken)
    {
        string deviceId = finding.DeviceId;
        try
        {
            // A purge takes no condition. Reading the device first keeps it from the queue of another one that took the ID.
            DeviceIdentity? identity = await hub.GetIdentityAsync(deviceId, cancellationToken);
            if (identity is not null && identity.GenerationId != finding.GenerationId)
                throw FaultCatalogue.DeviceRecreated.Exception(deviceId, PerDevice.MadeAgain);

            if (identity is not null && !PerDevice.IsAskedFor(call, identity))
                return new ErasureOutcome(deviceId, 0, 0) { Detail = PerDevice.OtherIncarnation };

            long waiting = Math.Max(identity?.CloudToDeviceMessageCount ?? 0, finding.RecordCount);
            if (identity is null || waiting == 0)
                return new ErasureOutcome(deviceId, 0, 0);
            long purged = await PurgeAsync(call, deviceId, waiting, cancellationToken);
            return new ErasureOutcome(deviceId, purged, purged > 0 ? 1 : 0);
        }
        catch (DsrException exception)
        {
            await call.ReportAsync(exception.Fault, cancellationToken);
            return new ErasureOutcome(deviceId, 0, 0) { Fault = exception.Fault };
        }
    }

    /// <summary>
    /// Purges the queue and returns the number of discarded messages. If a response was lost, the queue itself shows whether it was purged,
    /// and then the messages that were waiting are the ones discarded.
    /// </summary>
    private async Task<long> PurgeAsync(SinkCall call, string deviceId, long waiting, CancellationToken cancellationToken)
    {
        var what = Announcement.Of($"discards the messages that wait for the device '{deviceId}'", PathOf(deviceId), deviceId, waiting);
        try
        {
            QueuePurge? purge = await hub.PurgeQueueAsync(deviceId, token => call.AnnounceAsync(what, token), cancellationToken);
            return purge is { MayHaveRunBefore: true } ? Math.Max(purge.Messages, waiting) : purge?.Messages ?? 0;
        }
        catch (DsrException lost)
            when (lost.Fault.Id == FaultCatalogue.ConnectionFailed.Id || lost.Fault.Id == FaultCatalogue.ServiceFailed.Id)
        {
            DeviceIdentity? now = RequireCount(deviceId, await hub.GetIdentityAsync(deviceId, cancellationToken));
            if (now is { CloudToDeviceMessageCount: 0 })
                return waiting;
            throw;
        }
    }

    /// <summary>The identity, which counts the messages; without a count nothing is known of the queue.</summary>
    private DeviceIdentity? RequireCount(string deviceId, DeviceIdentity? identity) =>
        identity is { CloudToDeviceMessageCount: null }
            ? throw new DsrException(HubFaults.Incomplete($"the number of messages that wait for the device '{deviceId}'", hub.HostName))
            : identity;
}
