using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.JobHistories;

/// <summary>The history of the hub's jobs. The service deletes from it after 30 days, and nobody else does.</summary>
internal sealed class JobHistorySink(HubClient hub) : IFinder, IExporter
{
    /// <summary>So many pages are read before devices are named in queries: the smallest hub answers 20 a minute.</summary>
    public const long MostPages = 60;

    /// <inheritdoc cref="MostPages"/>
    public long PagesByJob { get; init; } = MostPages;

    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) =>
        UnitWork.Whole<IReadOnlyList<DeviceDataFinding>>(async token =>
        {
            IReadOnlyDictionary<string, DeviceJobs> held = await new JobScan(hub, call, deviceIds, PagesByJob).RunAsync(token);
            return [.. deviceIds.Select(deviceId => FindingOf(call, deviceId, held[deviceId]))];
        });

    public IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target) =>
        UnitWork.Whole<IReadOnlyList<ExportCompleteness>>(async token =>
        {
            IReadOnlyDictionary<string, DeviceJobs> held = await new JobScan(hub, call, deviceIds, PagesByJob).RunAsync(token);
            var accounts = new List<ExportCompleteness>(deviceIds.Count);
            await using var export = new JobExport(call, target);
            foreach (string deviceId in deviceIds)
                accounts.Add(await export.WriteAsync(FindingOf(call, deviceId, held[deviceId]), held[deviceId], token));
            return accounts;
        });

    private static DeviceDataFinding FindingOf(SinkCall call, string deviceId, DeviceJobs held) =>
        new()
        {
            DeviceId = deviceId,
            Location = call.Location,
            Verdict = held.Count > 0 ? Verdict.Expiring : Verdict.Absent,
            RecordCount = held.Count,
            ByteCount = held.Bytes,
            FirstTime = held.Times.Min(),
            LastTime = held.Times.Max(),
            Until = held.Until,
            Detail = RecordRemarks.Sentence([
                held.Named.Count(static named => named.Match == MatchKind.Own) is > 0 and int own
                    ? $"{Counted.Of(own, "job")} {(own == 1 ? "is" : "are")} for the device alone"
                    : null,
                held.Named.Count(static named => named.Match == MatchKind.Mentioned) is > 0 and int mentioned
                    ? $"{Counted.Of(mentioned, "job")} {(mentioned == 1 ? "names" : "name")} the device beside others, or in what "
                        + $"{(mentioned == 1 ? "it sends" : "they send")}"
                    : null,
                held.Count > 0 ? "nothing can be deleted from the history of jobs, which the service keeps for 30 days" : null,
            ]),
        };
}
