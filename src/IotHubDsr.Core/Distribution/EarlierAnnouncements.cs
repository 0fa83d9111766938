using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Distribution;

/// <summary>What workers before announced in a unit: what of it is gone when the unit is done again, they erased.</summary>
internal sealed class EarlierAnnouncements(IReadOnlyList<Announced> lines)
{
    private readonly ILookup<string, AnnouncedRow> _rows = lines
        .SelectMany(static line => line.Items)
        .ToLookup(static row => row.Item, StringComparer.Ordinal);

    /// <summary>Adds what is gone of an item to what doing the unit again has shown of it.</summary>
    /// <param name="erased">What doing it again has shown.</param>
    /// <param name="name">The hash of the item.</param>
    /// <param name="item">What was found in it.</param>
    /// <param name="plan">The plan.</param>
    public ErasedItem AddTo(ErasedItem erased, string name, ItemToErase item, SealedPlan plan)
    {
        // What could not be looked at is not gone: the next run counts it.
        if (!_rows.Contains(name) || erased.Fault is not null)
            return erased;
        HashSet<string> told = [.. erased.Removed.Select(static share => share.DeviceId)];
        List<ErasableShare> removed = [.. erased.Removed];
        ILookup<int?, string> known = item.Shares.Select(static share => share.DeviceId).ToLookup(deviceId => plan.IndexOf(deviceId));

        // Of several announcements the last one counts: one that was made before met a conflict.
        foreach (AnnouncedRow row in _rows[name].Reverse())
        {
            foreach (AnnouncedShare share in AnnouncedShares.Read(row.Shares!, AnnouncedShares.MostSubjects))
            {
                if (known[share.Subject].FirstOrDefault() is { } deviceId && told.Add(deviceId))
                    removed.Add(new ErasableShare(deviceId, share.Records));
            }
        }

        return erased with
        {
            Removed = removed,
            Announced = _rows[name]
                .Where(static row => row is { ETag: not null, Kept: not null })
                .DistinctBy(static row => row.ETag)
                .ToDictionary(static row => row.ETag!, static row => row.Kept!, StringComparer.Ordinal),
        };
    }
}
