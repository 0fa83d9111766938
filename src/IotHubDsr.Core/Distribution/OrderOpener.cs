using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BlobIndexes;
using IotHubDsr.Core.Work;

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
    private readonly Dictionary<string, Task<SealedPlan>> _plans = new(StringComparer.Ordinal);
    private readonly IndexStore _index = new(new IndexFiles(store));

    public async Task<IUnitDoer> OpenAsync(UnitToDo unit, CancellationToken cancellationToken)
    {
        WorkOrder order = unit.Order;
        if (order.Role == UnitRole.Find)
            return new PortableDoer(Portable(OpenReading(unit), unit.Work));
        if (order.Role == UnitRole.Export)
            return new UnitExporting(SinkOf(order), order, order.ToCall(_index, throttleLimit, parts: unit.Parts));
        SealedPlan plan = await OpenPlanAsync(unit.Folder, order.Plan ?? string.Empty, cancellationToken);
        return new UnitErasing(SinkOf(order), order, plan, unit.Segment, _index, throttleLimit);
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

    public static IPortableWork Portable(object work, string name) =>
        work as IPortableWork ?? throw FaultCatalogue.UnitsNotDone.Exception(name, "work that does not travel");

    private IUnitWork<IReadOnlyList<DeviceDataFinding>> OpenReading(UnitToDo unit)
    {
        lock (_open)
        {
            if (!_open.TryGetValue(unit.OrderKey, out IUnitWork<IReadOnlyList<DeviceDataFinding>>? known))
                _open[unit.OrderKey] = known = SinkOf(unit.Order).Find.Find(unit.Order.ToCall(_index, throttleLimit), unit.Order.DeviceIds);
            return known;
        }
    }

    private Sink SinkOf(WorkOrder order) =>
        sinksOf(order.HubHostName).FirstOrDefault(sink => sink.Description.Kind == order.Kind)
        ?? throw FaultCatalogue.LocationMissing.Exception($"{order.Kind} {order.Place}", "no sink of this version serves it");

    /// <summary>A plan is read once, as long as it can be read.</summary>
    private async Task<SealedPlan> OpenPlanAsync(IEvidenceFolder folder, string digest, CancellationToken cancellationToken)
    {
        string key = $"{folder.RequestId}/{digest}";
        Task<SealedPlan>? plan;
        lock (_plans)
        {
            if (!_plans.TryGetValue(key, out plan) || plan.IsFaulted || plan.IsCanceled)
                _plans[key] = plan = SealedPlan.ReadAsync(folder, digest, cancellationToken);
        }

        return await plan;
    }

    private sealed class PortableDoer(IPortableWork work) : IUnitDoer
    {
        public Task<byte[]> DoAsync(ReadOnlyMemory<byte> packed, CancellationToken cancellationToken) =>
            work.DoPackedAsync(packed, cancellationToken);
    }
}
