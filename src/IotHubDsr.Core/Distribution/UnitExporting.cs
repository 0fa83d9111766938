using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Distribution;

/// <summary>Copies a unit in a worker. The package is the command's: what is copied goes to a part in the request store.</summary>
internal sealed class UnitExporting(Sink sink, WorkOrder order, SinkCall call) : IUnitDoer
{
    public async Task<byte[]> DoAsync(ReadOnlyMemory<byte> packed, CancellationToken cancellationToken)
    {
        IExporter exporter = sink.Export ?? throw FaultCatalogue.LocationMissing.Exception(order.Place, "no sink exports from there");
        using IUnitWork<IReadOnlyList<ExportCompleteness>> work = exporter.Export(call, order.DeviceIds, NoPackage.Instance);
        return await OrderOpener.Portable(work, order.Place).DoPackedAsync(packed, cancellationToken);
    }

    private sealed class NoPackage : IExportTarget
    {
        public static NoPackage Instance { get; } = new();

        public Task<Stream> OpenAsync(string name, string extension, CancellationToken cancellationToken) => throw Missing();

        public string NameOf(string name, string extension) => throw Missing();

        public Task<IRecordFile> OpenRecordsAsync(string name, RecordKind kind, CancellationToken cancellationToken) => throw Missing();

        private static InvalidOperationException Missing() => new("A worker has no package.");
    }
}
