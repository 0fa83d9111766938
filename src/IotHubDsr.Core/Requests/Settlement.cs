using System.Globalization;
using IotHubDsr.Stores;

namespace IotHubDsr.Requests;

/// <summary>The verdict on one device in one location after an erasure, from what was found before, done, and found again.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Until">Until when it holds, if it ends at a time.</param>
/// <param name="Detail">A sentence about it.</param>
internal sealed record Settlement(Verdict Verdict, DateTimeOffset? Until, string? Detail)
{
    /// <param name="step">The step of the plan.</param>
    /// <param name="outcome">What was done; null when nothing was.</param>
    /// <param name="after">What was found again; null when nothing was done.</param>
    /// <param name="deletedAt">When this run deleted the device from the registry, if it did.</param>
    public static Settlement For(ErasureStep step, ErasureOutcome? outcome, DeviceDataFinding? after, DateTimeOffset? deletedAt)
    {
        if (outcome is null || after is null)
            return Untouched(step, deletedAt);

        Settlement found = after.Verdict == Verdict.Absent
            ? Late(step.Location, deletedAt) ?? new Settlement(Verdict.Erased, null, outcome.Detail)
            : new Settlement(after.Verdict, after.Until, outcome.Fault?.Message ?? after.Detail);
        return outcome.Verdict is { } known && (known > found.Verdict || Explains(outcome, after))
            ? new Settlement(known, outcome.Until, outcome.Detail)
            : found;
    }

    /// <summary>Whether all that is left is what the store left on purpose.</summary>
    private static bool Explains(ErasureOutcome outcome, DeviceDataFinding after) =>
        after.Verdict == Verdict.Present && after.Items.Where(item => item.Records > 0).All(item => outcome.Left.Contains(item.Path));

    private static Settlement Untouched(ErasureStep step, DateTimeOffset? deletedAt)
    {
        DeviceDataFinding finding = step.Finding;
        if (step.Action == ErasureAction.Erase)
            return new Settlement(finding.Verdict, finding.Until, "Not approved; nothing was done.");
        return finding.Verdict == Verdict.Absent && Late(step.Location, deletedAt) is { } late
            ? late
            : new Settlement(finding.Verdict, finding.Until, finding.Detail);
    }

    /// <summary>What can still arrive after the device was deleted: its last messages, and the hub's own record of the deletion.</summary>
    private static Settlement? Late(DataLocation location, DateTimeOffset? deletedAt)
    {
        if (deletedAt is null || location.FlushTime is not { } flushTime)
            return null;
        DateTimeOffset until = deletedAt.Value + flushTime;
        string what = location.RecordsDeletion
            ? "the hub writes a record of the device's deletion here"
            : "messages that the hub accepted before the deletion can still arrive here";
        return new Settlement(
            Verdict.ErasurePending,
            until,
            string.Create(CultureInfo.InvariantCulture, $"Nothing is left now, but {what} by {until:u}; run the command again after that."));
    }
}
