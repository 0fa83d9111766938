using System.Globalization;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Operations;

/// <summary>The verdict on one device in one location after an erasure, from what was found before, done, and found again.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Until">Until when it holds, if it ends at a time.</param>
/// <param name="Detail">A sentence about it.</param>
internal sealed record Settlement(Verdict Verdict, DateTimeOffset? Until, string? Detail)
{
    /// <summary>Whether <see cref="Until"/> has passed in a place that nobody can read.</summary>
    public bool IsOver { get; init; }

    /// <summary>Whether what is left takes a further plan.</summary>
    public bool NeedsPlan { get; init; }

    /// <summary>Records that are left and that the reading did not find.</summary>
    public long Unfound { get; init; }

    /// <summary>The fault to report; null if the sentence is enough.</summary>
    public Fault? Doubt { get; init; }

    /// <summary>The verdict on a location that was read again.</summary>
    /// <param name="outcome">What was done, over all runs; null when nothing was.</param>
    /// <param name="after">What was found.</param>
    /// <param name="pending">The verdict as long as something can still arrive; null when nothing can.</param>
    public static Settlement Of(ErasureOutcome? outcome, DeviceDataFinding after, Settlement? pending)
    {
        // Where nothing was there to take out, nothing was erased.
        bool isErased = outcome is { RecordsErased: > 0 } or { ItemsChanged: > 0 };
        Settlement found = after.Verdict switch
        {
            Verdict.Absent => pending
                ?? new Settlement(
                    isErased ? Verdict.Erased : Verdict.Absent,
                    Until: null,
                    outcome?.Fault?.Message ?? outcome?.Detail ?? after.Detail
                ),
            // Where only copies are left of what was erased, what arrives is erased first: nobody waits for a backup before that.
            Verdict.Expiring when pending is not null && IsErasedFrom(after) => pending with
            {
                Detail = $"{pending.Detail} {outcome?.Fault?.Message ?? after.Detail}",
            },
            Verdict.Expiring when pending?.Until > after.Until => new Settlement(
                Verdict.Expiring,
                pending.Until,
                outcome?.Fault?.Message ?? after.Detail
            ),
            _ => new Settlement(after.Verdict, after.Until, outcome?.Fault?.Message ?? after.Detail),
        };
        return outcome?.Verdict is { } known && (known > found.Verdict || Explains(outcome, after))
            ? new Settlement(known, outcome.Until, outcome.Detail)
            : found;
    }

    /// <summary>The verdict on a location that no sink reads: what the hub's configuration and the time tell of it.</summary>
    /// <param name="finding">What the plan says of it.</param>
    /// <param name="goneAt">When the device was gone for certain; null while it exists, or if it could not be read.</param>
    /// <param name="now">The time by the services; null if unknown, and then nothing is over.</param>
    public static Settlement OfUnread(DeviceDataFinding finding, DateTimeOffset? goneAt, DateTimeOffset? now)
    {
        // Nothing is absent that was not read.
        if (finding.Verdict is Verdict.Absent or Verdict.Erased)
            return new Settlement(Verdict.Unknown, finding.Until, finding.Detail);
        DateTimeOffset? until = finding.Until;
        if (until is null && finding.Verdict == Verdict.Expiring && finding.Location.Retention is { } retention)
            until = (goneAt ?? now) + (finding.Location.FlushTime ?? TimeSpan.Zero) + retention;
        return finding.Verdict == Verdict.Expiring && goneAt is not null && until <= now
            ? new Settlement(
                finding.Verdict,
                until,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Nobody can read this location. By the services' clock, its data expired by retention at {until:u}."
                )
            )
            {
                IsOver = true,
            }
            : new Settlement(finding.Verdict, until, finding.Detail);
    }

    private static bool IsErasedFrom(DeviceDataFinding after) =>
        after.Location.Capabilities.HasFlag(LocationCapabilities.Erase) && after.RecordCount + after.RelayedCount == 0;

    /// <summary>Whether all that is left is what the sink left on purpose.</summary>
    private static bool Explains(ErasureOutcome outcome, DeviceDataFinding after) =>
        after.Verdict == Verdict.Present && after.Items.Where(item => item.Records > 0).All(item => outcome.Left.Contains(item.Path));
}
