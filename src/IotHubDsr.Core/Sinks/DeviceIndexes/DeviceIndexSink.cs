using System.Text;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Sinks.DeviceIndexes;

/// <summary>Finds and drops the entries of the device index that hold devices.</summary>
internal sealed class DeviceIndexSink : IFinder, IEraser
{
    // Entries have no names of their own that would outlive an update of the index.
    private const string Item = "entries";

    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) =>
        UnitWork.Whole<IReadOnlyList<DeviceDataFinding>>(async token =>
        {
            IReadOnlyList<HeldEntries> held = await ReadAsync(call, deviceIds, drops: false, token);
            KeptCopies kept = call.Index is { } store ? await store.KeptCopiesAsync(token) : default;
            return [.. deviceIds.Select((deviceId, index) => FindingOf(call.Location, deviceId, held[index], kept))];
        });

    public IUnitWork<IReadOnlyList<ErasureOutcome>> Erase(SinkCall call, IReadOnlyList<DeviceDataFinding> findings) =>
        UnitWork.Whole(token => EraseAsync(call, findings, token));

    private static async Task<IReadOnlyList<ErasureOutcome>> EraseAsync(
        SinkCall call,
        IReadOnlyList<DeviceDataFinding> findings,
        CancellationToken cancellationToken
    )
    {
        string[] deviceIds = [.. findings.Select(static finding => finding.DeviceId)];
        IReadOnlyList<HeldEntries> held = await ReadAsync(call, deviceIds, drops: false, cancellationToken);
        ErasureOutcome[] outcomes = [.. findings.Select((finding, index) => OutcomeOf(call, finding, held[index]))];
        foreach (Fault fault in outcomes.Select(static outcome => outcome.Fault).OfType<Fault>())
            await call.ReportAsync(fault, cancellationToken);
        AnnouncedItem[] going =
        [
            .. outcomes
                .Where(static outcome => outcome.RecordsErased > 0)
                .Select(static outcome => new AnnouncedItem(Item, outcome.DeviceId, outcome.RecordsErased)),
        ];
        if (going.Length == 0)
            return outcomes;
        await call.AnnounceAsync(new Announcement("drops the entries of the device index that hold the devices", going), cancellationToken);
        await ReadAsync(call, [.. going.Select(static item => item.DeviceId)], drops: true, cancellationToken);
        return outcomes;
    }

    /// <summary>Looks through all entries, and drops those that hold one of the devices.</summary>
    /// <param name="call">The call.</param>
    /// <param name="deviceIds">The devices.</param>
    /// <param name="drops">Whether to drop what holds one of them.</param>
    /// <param name="cancellationToken">Ends it between two packs.</param>
    private static async Task<IReadOnlyList<HeldEntries>> ReadAsync(
        SinkCall call,
        IReadOnlyList<string> deviceIds,
        bool drops,
        CancellationToken cancellationToken
    )
    {
        var found = new HeldEntries[deviceIds.Count];
        if (call.Index is not { } store || await store.ReadKeyAsync(cancellationToken) is not { } key)
            return found;
        (ulong Hash, int Device)[] wanted =
        [
            .. deviceIds
                .Select(static (id, device) => (Id: Encoding.UTF8.GetBytes(id), Device: device))
                .Where(static one => one.Id.Length <= AskedNames.LongestId)
                .Select(one => (key.Device(one.Id), one.Device))
                .OrderBy(static one => one.Item1),
        ];
        ulong[] sorted = [.. wanted.Select(static one => one.Hash)];
        bool[] held = new bool[sorted.Length];
        if (drops)
            await store.NoteDropAsync(cancellationToken);
        IndexNames names = await store.NamesAsync(cancellationToken);
        foreach (string name in names.Packs)
        {
            if (await store.ReadAsync(name, key, cancellationToken) is not { } stored)
                continue;
            var going = new HashSet<UInt128>();
            foreach (IndexEntry entry in stored.Pack.Entries)
            {
                Array.Clear(held);
                GolombSet.Mark(entry.Set.Span, entry.Count, sorted, held);
                for (int at = 0; at < held.Length; at++)
                {
                    if (!held[at])
                        continue;
                    found[wanted[at].Device] = found[wanted[at].Device].With(entry.Set.Length);
                    going.Add(entry.Content);
                }
            }

            if (drops && going.Count > 0)
                await store.ReplaceAsync(stored, key, entry => !going.Contains(entry.Content), names.Drops, cancellationToken);
        }

        return found;
    }

    /// <summary>Old copies of packs cannot be looked into where they are deleted, and the key that reads them lies beside them.</summary>
    private static DeviceDataFinding FindingOf(DataLocation location, string deviceId, HeldEntries held, KeptCopies kept) =>
        new()
        {
            DeviceId = deviceId,
            Location = location,
            Verdict =
                held.Count > 0 ? Verdict.Present
                : kept.Stay ? Verdict.OwnerAction
                : kept.Until is not null ? Verdict.Expiring
                : Verdict.Absent,
            Until = held.Count == 0 && !kept.Stay ? kept.Until : null,
            Detail =
                kept.Stay
                    ? "The account of the request store keeps versions of index files that were deleted, which can hold the device: "
                        + "delete them by hand, or have a lifecycle rule do it."
                : kept.Until is { } until
                    ? "The account of the request store keeps index files that were deleted, which can hold the device, until "
                        + $"{until:u} at the latest."
                : null,
            RecordCount = held.Count,
            ByteCount = held.Bytes,
            Items = held.Count > 0 ? [new SeenItem(Item, ETag: null, held.Count, held.Bytes)] : [],
        };

    private static ErasureOutcome OutcomeOf(SinkCall call, DeviceDataFinding finding, HeldEntries held)
    {
        long entries = finding.Items.Count == 0 ? 0 : held.Count;
        return call.Allowance?.TryTake(Item, finding.DeviceId, entries, out long beyond) == false
            ? new ErasureOutcome(finding.DeviceId, 0, 0)
            {
                Fault = FaultCatalogue.PlanExceeded.For(call.Location.ToString(), Counted.Of(beyond, "entry", "entries")),
            }
            : new ErasureOutcome(finding.DeviceId, entries, entries > 0 ? 1 : 0);
    }

    /// <summary>Entries that hold a device.</summary>
    private readonly record struct HeldEntries(long Count, long Bytes)
    {
        public HeldEntries With(int bytes) => new(Count + 1, Bytes + bytes);
    }
}
