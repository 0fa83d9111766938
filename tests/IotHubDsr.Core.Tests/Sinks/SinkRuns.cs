using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Work;

namespace IotHubDsr.Core.Tests.Sinks;

/// <summary>Runs a role of a sink on one place, as an operation does.</summary>
internal static class SinkRuns
{
    public static Task<IReadOnlyList<DeviceDataFinding>> FindAsync(
        this IFinder sink,
        SinkCall call,
        IReadOnlyList<string> deviceIds,
        CancellationToken cancellationToken
    ) => LocalScheduler.RunAsync(sink.Find(call, deviceIds), call.Gate, cancellationToken);

    public static Task<IReadOnlyList<ExportCompleteness>> ExportAsync(
        this IExporter sink,
        SinkCall call,
        IReadOnlyList<string> deviceIds,
        IExportTarget target,
        CancellationToken cancellationToken
    ) => LocalScheduler.RunAsync(sink.Export(call, deviceIds, target), call.Gate, cancellationToken);

    public static Task<IReadOnlyList<ErasureOutcome>> EraseAsync(
        this IEraser sink,
        SinkCall call,
        IReadOnlyList<DeviceDataFinding> findings,
        CancellationToken cancellationToken
    ) => LocalScheduler.RunAsync(sink.Erase(call, findings), call.Gate, cancellationToken);
}
