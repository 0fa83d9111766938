using System.Globalization;
using IotHubDsr.Stores;

namespace IotHubDsr.Requests;

/// <summary>The verdict on one device in one location after an erasure, from what was found before, done, and found again.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Until">Until when it holds, if it ends at a time.</param>
/// <param name="Detail">A sentence about it.</param>
internal sealed record Settlement(Verdict Verdict, DateTimeOffset? Until, string? Detail)
{
    /// <summary>The verdict on a location that was read again.</summary>
    /// <param name="step">The step of the plan.</param>
    /// <param name="outcome">What was done, over all runs; null when nothing was.</param>
    /// <param name="after">What was found.</param>
    /// <param name="deletedAt">When this request deleted the device from the registry, if it did.</param>
    /// <param name="now">The time of the reading.</param>
    /// <param name="windowEnd">The end of the window of time that the request is narrowed to; null when there is none.</param>
    public static Settlement Of(
        ErasureStep step,
        ErasureOutcome? outcome,
        DeviceDataFinding after,
        DateTimeOffset? deletedAt,
        DateTimeOffset now,
        DateTimeOffset? windowEnd = null)
    {
        Verdict nothing = outcome is { RecordsErased: > 0 } or { ItemsChanged: > 0 } ? Verdict.Erased : Verdict.Absent;
        Settlement found = after.Verdict == Verdict.Absent
            ? Late(step.Location, deletedAt, windowEnd, now) ?? new Settlement(nothing, null, outcome?.Detail)
            : new Settlement(after.Verdict, after.Until, outcome?.Fault?.Message ?? after.Detail);
        return outcome?.Verdict is { } known && (known > found.Verdict || Explains(outcome, after))
            ? new Settlement(known, outcome.Until, outcome.Detail)
            : found;
    }

    /// <summary>The verdict on a location that was not read again, because nothing was to be done there or it was not approved.</summary>
    /// <param name="step">The step of the plan.</param>
    /// <param name="deletedAt">As for <see cref="Of"/>.</param>
    /// <param name="now">The present time.</param>
    /// <param name="windowEnd">As for <see cref="Of"/>.</param>
    public static Settlement OfUntouched(ErasureStep step, DateTimeOffset? deletedAt, DateTimeOffset now, DateTimeOffset? windowEnd = null)
    {
        DeviceDataFinding finding = step.Finding;
        if (step.Action == ErasureAction.Erase)
            return new Settlement(finding.Verdict, finding.Until, "Not approved; nothing was done.");
        if (finding.Verdict == Verdict.Absent && Late(step.Location, deletedAt, windowEnd, now) is { } late)
            return late;
        return new Settlement(finding.Verdict, finding.Until ?? ExpiresAt(step.Location, finding.Verdict, deletedAt ?? now), finding.Detail);
    }

    /// <summary>When the last record that can still arrive has left by retention.</summary>
    private static DateTimeOffset? ExpiresAt(DataLocation location, Verdict verdict, DateTimeOffset from) =>
        verdict == Verdict.Expiring && location.Retention is { } retention ? from + (location.FlushTime ?? TimeSpan.Zero) + retention : null;

    /// <summary>Whether all that is left is what the store left on purpose.</summary>
    private static bool Explains(ErasureOutcome outcome, DeviceDataFinding after) =>
        after.Verdict == Verdict.Present && after.Items.Where(item => item.Records > 0).All(item => outcome.Left.Contains(item.Path));

    /// <summary>
    /// What can still arrive after the device was deleted, its last messages and the hub's own record of the deletion; or after the end of a
    /// window, within which the device lives on.
    /// </summary>
    private static Settlement? Late(DataLocation location, DateTimeOffset? deletedAt, DateTimeOffset? windowEnd, DateTimeOffset now)
    {
        DateTimeOffset? last = windowEnd ?? deletedAt;
        if (last is null || location.FlushTime is not { } flushTime || last.Value + flushTime <= now)
            return null;
        DateTimeOffset until = last.Value + flushTime;
        string what = windowEnd is not null ? "what the hub accepts before the end of the window can still arrive here"
            : location.RecordsDeletion
            ? "the hub writes a record of the device's deletion here"
            : "what the hub accepted or allowed before the deletion can still arrive here";
        return new Settlement(
            Verdict.ErasurePending,
            until,
            string.Create(CultureInfo.InvariantCulture, $"Nothing is left now, but {what} by {until:u}; run Resume-IotDataRequest after that."));
    }
}
