using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Segments;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Distribution;

/// <summary>
/// Erases a unit in a worker: what the plan shows of it, as far as the worker has checked that itself. What is there beyond that is left to
/// the command. Each change is announced in the segment before it is made, so that nobody makes one whose lease is lost, and whoever does
/// the unit again knows what may be gone.
/// </summary>
internal sealed class UnitErasing(Sink sink, WorkOrder order, SealedPlan plan, Segment segment, IndexStore index, int throttleLimit)
    : IUnitDoer
{
    public async Task<byte[]> DoAsync(ReadOnlyMemory<byte> packed, CancellationToken cancellationToken)
    {
        // Before this attempt adds to it.
        IReadOnlyList<Announced> announced = segment.State.Announcements;
        IReadOnlyList<ItemToErase> items = PackedErasure.ReadItems(packed);
        List<ItemToErase> allowed = [.. items.Where(item => plan.Allows(order.LocationId, item))];
        IReadOnlyList<ErasedItem> done = await EraseAsync(allowed, cancellationToken);
        var byPath = done.ToDictionary(item => item.Path, StringComparer.Ordinal);
        var earlier = new EarlierAnnouncements(announced);
        return PackedErasure.Write([
            .. items.Select(item =>
                byPath.TryGetValue(item.Path, out ErasedItem? erased)
                    ? earlier.AddTo(erased, plan.NameOf(order.LocationId, item.Path), item, plan)
                    : new ErasedItem(item.Path) { Fault = FaultCatalogue.PlanExceeded.For(item.Path, "a blob") }
            ),
        ]);
    }

    private async Task<IReadOnlyList<ErasedItem>> EraseAsync(List<ItemToErase> items, CancellationToken cancellationToken)
    {
        if (items.Count == 0)
            return [];
        IEraser eraser = sink.Erase ?? throw FaultCatalogue.LocationMissing.Exception(order.Place, "no sink erases there");
        IReadOnlyList<DeviceDataFinding> findings = PackedErasure.FindingsOf(order.ToLocation(), order.DeviceIds, items);
        SinkCall call = order.ToCall(index, throttleLimit, AnnounceAsync, new ErasureAllowance(findings, static _ => 0));
        using IUnitWork<IReadOnlyList<ErasureOutcome>> work = eraser.Erase(call, findings);
        byte[] shown = await OrderOpener.Portable(work, order.Place).DoPackedAsync(PackedErasure.Write(items), cancellationToken);
        return PackedErasure.ReadErased(shown);
    }

    private async ValueTask AnnounceAsync(Announcement what, CancellationToken cancellationToken)
    {
        foreach (Announced line in plan.Rows.LinesOf(order.LocationId, what))
            await segment.AnnounceAsync(line, cancellationToken);
    }
}
