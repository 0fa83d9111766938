using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Distribution;

/// <summary>Opens work with the sinks of this process, and keeps it open for further units.</summary>
/// <param name="sinksOf">The sinks for a hub, by its host name.</param>
/// <param name="store">The request store.</param>
/// <param name="throttleLimit">How many blobs are read at once.</param>
internal sealed class OrderOpener(Func<string, IReadOnlyList<Sink>> sinksOf, IEvidenceStore store, int throttleLimit)
    : IUnitOpener,
        IDisposable
{
    private readonly Dictionary<string, IUnitWork<IReadOnlyList<DeviceDataFinding>>> _open = new(StringComparer.Ordinal);
    private readonly IndexStore _index = new(new IndexFiles(store));

    public Task<IPortableWork> OpenAsync(IEvidenceFolder folder, string work, byte[] order, CancellationToken cancellationToken)
    {
        string key = $"{folder.RequestId}/{work}/{Digests.HexOf(order)}";
        lock (_open)
        {
            if (!_open.TryGetValue(key, out IUnitWork<IReadOnlyList<DeviceDataFinding>>? known))
                _open[key] = known = Open(WorkOrder.Parse(order));
            return known is IPortableWork portable
                ? Task.FromResult(portable)
                : throw FaultCatalogue.UnitsNotDone.Exception(work, "work that does not travel");
        }
    }

    public void Dispose()
    {
        lock (_open)
        {
            foreach (IUnitWork<IReadOnlyList<DeviceDataFinding>> work in _open.Values)
                work.Dispose();
            _open.Clear();
        }
    }

    private IUnitWork<IReadOnlyList<DeviceDataFinding>> Open(WorkOrder order)
    {
        Sink sink = sinksOf(order.HubHostName).FirstOrDefault(sink => sink.Description.Kind == order.Kind)
            ?? throw FaultCatalogue.LocationMissing.Exception($"{order.Kind} {order.Place}", "no sink of this version serves it");
        return sink.Find.Find(order.ToCall(_index, throttleLimit), order.DeviceIds);
    }
}
