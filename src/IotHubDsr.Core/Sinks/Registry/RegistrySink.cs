using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Sinks.Registry;

/// <summary>The hub's registry: identity, twin, modules and their twins.</summary>
internal sealed class RegistrySink(HubClient hub) : IFinder, IExporter, IEraser
{
    /// <summary>How many times as many devices as are worked on at once are read before they are written.</summary>
    private const int ReadAhead = 8;

    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) =>
        PerDevice.Each(call, deviceIds, (deviceId, token) => FindAsync(call, deviceId, token));

    public IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target) =>
        UnitWork.Whole(token => ExportAsync(call, deviceIds, target, token));

    public IUnitWork<IReadOnlyList<ErasureOutcome>> Erase(SinkCall call, IReadOnlyList<DeviceDataFinding> findings) =>
        new RegistryErasure(hub, call).Work(findings);

    private async Task<IReadOnlyList<ExportCompleteness>> ExportAsync(
        SinkCall call,
        IReadOnlyList<string> deviceIds,
        IExportTarget target,
        CancellationToken cancellationToken
    )
    {
        var export = new RegistryExport(call, target);
        var lines = new List<ExportCompleteness>(deviceIds.Count);
        await using (export)
        {
            // Devices are read at once, and written in their order: the same devices give the same files.
            foreach (string[] some in deviceIds.Chunk(call.Options.ThrottleLimit * ReadAhead))
            {
                IReadOnlyList<(DeviceRecord? Record, Fault? Fault)> read = await call.Gate.SelectAsync(
                    some,
                    (deviceId, token) => ReadAsync(call, deviceId, token),
                    cancellationToken
                );
                for (int device = 0; device < some.Length; device++)
                    lines.Add(await ExportAsync(some[device], read[device]));
            }
        }

        return lines;

        async Task<ExportCompleteness> ExportAsync(string deviceId, (DeviceRecord? Record, Fault? Fault) read) =>
            read switch
            {
                { Fault: { } fault } => PerDevice.Line(call, deviceId, Verdict.Unreachable) with { Ground = fault.Message },
                { Record: { } record } when !PerDevice.IsAskedFor(call, record.Identity) => PerDevice.Line(
                    call,
                    deviceId,
                    Verdict.Absent
                ) with
                {
                    Ground = PerDevice.OtherIncarnation,
                },
                { Record: { } record } => await export.WriteAsync(record, cancellationToken),
                _ => PerDevice.Line(call, deviceId, Verdict.Absent),
            };
    }

    private async Task<DeviceDataFinding> FindAsync(SinkCall call, string deviceId, CancellationToken cancellationToken)
    {
        (DeviceRecord? record, Fault? fault) = await ReadAsync(call, deviceId, cancellationToken);
        if (fault is not null)
            return PerDevice.Unreachable(call, deviceId, fault);
        if (record is null)
        {
            return new DeviceDataFinding
            {
                DeviceId = deviceId,
                Location = call.Location,
                Verdict = Verdict.Absent,
            };
        }

        if (!PerDevice.IsAskedFor(call, record.Identity))
            return PerDevice.NotAskedFor(call, deviceId);

        IReadOnlyList<SeenItem> items = record.Items;
        return new DeviceDataFinding
        {
            DeviceId = deviceId,
            GenerationId = record.Identity.GenerationId,
            Location = call.Location,
            Verdict = Verdict.Present,
            RecordCount = items.Count,
            ByteCount = items.Sum(static item => item.Bytes),
            LastTime = record.Identity.LastActivityTime,
            Detail = record.Description,
            Items = items,
        };
    }

    private async Task<(DeviceRecord? Value, Fault? Fault)> ReadAsync(SinkCall call, string deviceId, CancellationToken cancellationToken)
    {
        (DeviceRecord? record, Fault? fault) = await PerDevice.TryReadAsync(
            call,
            () =>
                DeviceRecord.ReadAsync(
                    hub,
                    deviceId,
                    () => PerDevice.IdentityAsync(call, hub, deviceId, cancellationToken),
                    cancellationToken
                ),
            cancellationToken
        );
        if (record is not null)
            call.Generations.TryAdd(deviceId, record.Identity.GenerationId);
        return (record, fault);
    }
}
