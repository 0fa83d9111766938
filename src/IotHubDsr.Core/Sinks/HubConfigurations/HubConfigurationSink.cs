using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Sinks.HubConfigurations;

/// <summary>
/// The hub's configurations and deployments. They are instructions to devices: they are looked through, and changed by consent only.
/// </summary>
internal sealed class HubConfigurationSink(HubClient hub) : IFinder, IExporter, IEraser
{
    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) =>
        UnitWork.Whole<IReadOnlyList<DeviceDataFinding>>(async token =>
        {
            ConfigurationScan scan = await ConfigurationScan.RunAsync(hub, deviceIds, token);
            foreach (string text in deviceIds.SelectMany(deviceId => ConfigurationFindings.WholeTextsOf(scan, deviceId)).Distinct())
                await call.NoteAsync(NoticeLevel.Verbose, $"{call.Location}: {text}", token);
            return [.. deviceIds.Select(deviceId => ConfigurationFindings.Of(call, deviceId, scan))];
        });

    /// <summary>Nothing is copied; what was found is accounted for.</summary>
    public IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target) =>
        Find(call, deviceIds)
            .Select<IReadOnlyList<DeviceDataFinding>, IReadOnlyList<ExportCompleteness>>(findings =>
                [.. findings.Select(finding => ConfigurationFindings.AccountOf(call, finding))]
            );

    public IUnitWork<IReadOnlyList<ErasureOutcome>> Erase(SinkCall call, IReadOnlyList<DeviceDataFinding> findings) =>
        UnitWork.Whole(token => new ConditionRewriting(hub, call).RunAsync(findings, token));
}
