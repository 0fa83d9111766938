using System.Globalization;

namespace IotHubDsr.Core.Sinks;

/// <summary>
/// Point-in-time restore of a storage account: its owner can bring back what was erased, for as many days as the account's policy says.
/// </summary>
/// <param name="Days">For how long; null where the account has no such policy, or it is not known.</param>
/// <param name="OfErased">Until when what this request has erased can be brought back; null where nothing was, or no longer.</param>
/// <param name="OfGone">The same of what a plan has shown and others have deleted, if it is gone.</param>
internal readonly record struct RestoreWindow(int? Days, DateTimeOffset? OfErased, DateTimeOffset? OfGone)
{
    public static RestoreWindow Of(SinkCall call, string deviceId, DateTimeOffset now)
    {
        if (
            !int.TryParse(
                call.Location.Settings.GetValueOrDefault(LocationSettings.RestorableDays),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out int days
            )
        )
        {
            return default;
        }

        DateTimeOffset? erased = call.ErasedAt(deviceId);
        return new RestoreWindow(days, EndOf(erased), EndOf(erased is null ? call.GoneBy(deviceId) : null));

        DateTimeOffset? EndOf(DateTimeOffset? since) => since + TimeSpan.FromDays(days) is { } end && end > now ? end : null;
    }

    /// <summary>Until when something can be brought back that is not there.</summary>
    /// <param name="isThere">Whether something is there that can be erased.</param>
    public DateTimeOffset? Until(bool isThere) => OfErased ?? (isThere ? null : OfGone);

    /// <summary>A sentence about it, without a full stop; null when there is nothing to say.</summary>
    /// <param name="isThere">Whether something is there that can be erased.</param>
    public string? Remark(bool isThere) =>
        Until(isThere) is { } until
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"the account's point-in-time restore can bring back what was erased until {until:yyyy-MM-dd HH:mm}Z"
            )
        : isThere && Days is { } days ? $"the account's point-in-time restore can bring back what is erased for {Counted.Of(days, "day")}"
        : null;
}
