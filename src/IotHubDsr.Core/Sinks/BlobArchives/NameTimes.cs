using System.Globalization;
using System.Text.RegularExpressions;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>What the name of a blob, or of a folder, says of when the records in it were written.</summary>
/// <param name="IsOfLayout">Whether the name is one that the layout gives.</param>
/// <param name="Start">The first moment; null when the name does not tell, or not yet.</param>
/// <param name="End">The moment after the last.</param>
internal readonly record struct NameTimes(bool IsOfLayout, DateTimeOffset? Start, DateTimeOffset? End)
{
    // No archive is older. From the years between, any margin can be taken: the writer of a blob chooses its name.
    private const int FirstYear = 2000;
    private const int LastYear = 9000;

    /// <summary>Names of both kinds are in UTC as far as is known, and clocks differ: an hour is not relied on.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromDays(1);

    /// <summary>
    /// How much older than its name a record can be. Azure Monitor archives by the time of receipt, up to two days after the event, and a
    /// hub tries again for a day when a container is not there.
    /// </summary>
    private static readonly TimeSpan Late = TimeSpan.FromDays(3);

    /// <summary>A name that is not of the layout.</summary>
    public static NameTimes Foreign => default;

    /// <summary>The time that the named parts y, M, d, h and m of a name give, as far as they go without a gap.</summary>
    public static NameTimes Of(GroupCollection parts)
    {
        ReadOnlySpan<string> units = ["y", "M", "d", "h", "m"];
        int[] values = [1, 1, 1, 0, 0];
        int known = 0;
        while (known < units.Length && parts[units[known]] is { Success: true } part)
            values[known++] = int.Parse(part.Value, CultureInfo.InvariantCulture);
        if (known == 0)
            return new NameTimes(true, null, null);
        if (values[0] is < FirstYear or > LastYear)
            return Foreign;
        try
        {
            var start = new DateTimeOffset(values[0], values[1], values[2], values[3], values[4], 0, TimeSpan.Zero);
            return new NameTimes(
                true,
                start,
                known switch
                {
                    1 => start.AddYears(1),
                    2 => start.AddMonths(1),
                    3 => start.AddDays(1),
                    4 => start.AddHours(1),
                    _ => start.AddMinutes(1),
                }
            );
        }
        catch (ArgumentOutOfRangeException)
        {
            return Foreign;
        }
    }

    /// <summary>A name that can be read in two ways tells what both readings have in common.</summary>
    public static NameTimes Both(NameTimes? one, NameTimes other)
    {
        if (one is not { } first)
            return other;
        bool isOfLayout = first.IsOfLayout && other.IsOfLayout;
        return first.Start is null || other.Start is null || !isOfLayout
            ? new NameTimes(isOfLayout, null, null)
            : new NameTimes(true, first.Start < other.Start ? first.Start : other.Start, first.End > other.End ? first.End : other.End);
    }

    /// <summary>Whether records of the scope can be there. Where the name does not tell, they can.</summary>
    public bool MayHold(RecordScope scope) => !(Start - Late >= scope.EndTime) && !(End + Early <= scope.StartTime);

    /// <summary>Whether all that is there can be of the scope, so that looking closer does not pay.</summary>
    public bool IsWithin(RecordScope scope) =>
        (scope.StartTime is null || Start + Early >= scope.StartTime) && (scope.EndTime is null || End - Late <= scope.EndTime);
}
