namespace IotHubDsr.Core.Findings;

/// <summary>
/// The form of an item in a spool: the item once, then a few bytes for each subject in it. Times are counted from the earliest of the item,
/// in milliseconds where that is exact.
/// </summary>
internal static class SpoolEntry
{
    private const byte OldCopy = 1;
    private const byte HasETag = 2;
    private const byte HasEncoding = 4;

    /// <param name="to">Where to write.</param>
    /// <param name="item">The item.</param>
    /// <param name="shares">In the order of their subjects.</param>
    public static void Write(SpoolBytes to, FoundItem item, IReadOnlyList<FoundShare> shares)
    {
        to.Text(item.Path);
        to.Number((item.IsOldCopy ? OldCopy : 0) | (item.ETag is null ? 0 : HasETag) | (item.ContentEncoding is null ? 0 : HasEncoding));
        if (item.ETag is not null)
            to.Text(item.ETag);
        if (item.ContentEncoding is not null)
            to.Text(item.ContentEncoding);
        to.Number(item.Length);
        var scale = TimeScale.Of(shares);
        to.Number(scale.Base);
        to.Number(scale.Unit);
        to.Number(shares.Count);
        int next = 0;
        foreach (FoundShare share in shares)
        {
            to.Number(share.Subject - next);
            next = share.Subject + 1;
            to.Number(share.Records);
            to.Number(share.Bytes);
            to.Number(scale.Scaled(share.FirstTime));
            to.Number(scale.Scaled(share.LastTime));
        }
    }

    /// <summary>The item; what follows are its shares.</summary>
    public static FoundItem ReadItem(ref SpoolReader from, out TimeScale scale)
    {
        string path = from.Text();
        long flags = from.Count(OldCopy | HasETag | HasEncoding);
        var item = new FoundItem(path, (flags & HasETag) == 0 ? null : from.Text())
        {
            IsOldCopy = (flags & OldCopy) != 0,
            ContentEncoding = (flags & HasEncoding) == 0 ? null : from.Text(),
            Length = from.Count(),
        };
        scale = new TimeScale(from.Count(DateTimeOffset.MaxValue.UtcTicks), from.Count(TimeSpan.TicksPerMillisecond));
        return item;
    }

    /// <summary>The shares of an item, in the order of their subjects.</summary>
    /// <param name="from">Behind the item.</param>
    /// <param name="subjects">How many subjects there are.</param>
    public static ScaledShare[] ReadShares(ref SpoolReader from, int subjects)
    {
        var shares = new ScaledShare[from.Count(subjects)];
        long next = 0;
        for (int index = 0; index < shares.Length; index++)
        {
            next += from.Count(subjects);
            if (next >= subjects)
                throw new FormatException("A subject of the findings is invalid.");
            shares[index] = new ScaledShare((int)next++, from.Count(), from.Count(), from.Count(), from.Count());
        }

        return shares;
    }

    /// <summary>A share as it is written.</summary>
    public readonly record struct ScaledShare(int Subject, long Records, long Bytes, long FirstTime, long LastTime)
    {
        public SeenItem Of(FoundItem item, TimeScale scale) =>
            new(item.Path, item.ETag, Records, Bytes)
            {
                IsOldCopy = item.IsOldCopy,
                FirstTime = scale.TimeOf(FirstTime),
                LastTime = scale.TimeOf(LastTime),
            };
    }

    /// <summary>How the times of an item are counted.</summary>
    /// <param name="Base">Ticks of the earliest.</param>
    /// <param name="Unit">Ticks of one.</param>
    public readonly record struct TimeScale(long Base, long Unit)
    {
        public static TimeScale Of(IReadOnlyList<FoundShare> shares)
        {
            long least = long.MaxValue;
            long unit = TimeSpan.TicksPerMillisecond;
            foreach (FoundShare share in shares)
            {
                Take(share.FirstTime);
                Take(share.LastTime);
            }

            return least == long.MaxValue ? new TimeScale(0, 1) : new TimeScale(unit == 1 ? least : least - (least % unit), unit);

            void Take(DateTimeOffset? time)
            {
                if (time is not { UtcTicks: var ticks })
                    return;
                least = Math.Min(least, ticks);
                unit = ticks % TimeSpan.TicksPerMillisecond == 0 ? unit : 1;
            }
        }

        /// <summary>0 for no time.</summary>
        public long Scaled(DateTimeOffset? time) => time is { UtcTicks: var ticks } ? ((ticks - Base) / Unit) + 1 : 0;

        public DateTimeOffset? TimeOf(long scaled)
        {
            if (scaled == 0)
                return null;
            Int128 ticks = Base + ((Int128)(scaled - 1) * Unit);
            return ticks <= DateTimeOffset.MaxValue.UtcTicks
                ? new DateTimeOffset((long)ticks, TimeSpan.Zero)
                : throw new FormatException("A time of the findings is invalid.");
        }
    }
}
