using System.Globalization;

namespace IotHubDsr.Core.Sinks;

/// <summary>
/// Point-in-time restore of a storage account: its owner can bring back what was erased, for as many days as the account's policy says.
/// </summary>
/// <param name="Days">For how long; null where the account has no such policy, or it is not known.</param>
/// <param name="Until">Until when what this request has erased can be brought back; null where nothing was, or no longer.</param>
internal readonly record struct RestoreWindow(int? Days, DateTimeOffset? Until)
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

        DateTimeOffset? end = call.ErasedAt(deviceId) + TimeSpan.FromDays(days);
        return new RestoreWindow(days, end > now ? end : null);
    }

    /// <summary>A sentence about it, without a full stop; null when there is nothing to say.</summary>
    /// <param name="isThere">Whether something is there that can be erased.</param>
    public string? Remark(bool isThere) =>
        Until is { } until
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"the account's point-in-time restore can bring back what was erased until {until:yyyy-MM-dd HH:mm}Z"
            )
        : isThere && Days is { } days ? $"the account's point-in-time restore can bring back what is erased for {Counted.Of(days, "day")}"
        : null;
}
