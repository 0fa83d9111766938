using IotHubDsr.Core.Findings;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>Compares the current findings with what a plan expects.</summary>
internal static class PlanDifference
{
    private const int MostListed = 10;

    /// <summary>
    /// What is different now, one sentence each; empty when the plan still holds. A location or device that the plan does not know, one
    /// that is gone or no longer readable, another incarnation of a device, or a count that differs by more than the tolerance.
    /// </summary>
    public static IReadOnlyList<string> Find(ErasurePlan planned, ErasurePlan now, long tolerance)
    {
        Dictionary<(string Device, string Location), ErasureStep> present = ByKey(now);
        Dictionary<(string Device, string Location), ErasureStep> expected = ByKey(planned);
        return
        [
            .. present.Where(pair => !expected.ContainsKey(pair.Key)).Select(pair => $"{Name(pair.Value)} is not in the plan"),
            .. expected.Where(pair => !present.ContainsKey(pair.Key)).Select(pair => $"{Name(pair.Value)} is no longer a location"),
            .. DifferentStatements(planned, now),
            .. expected.Where(pair => present.ContainsKey(pair.Key)).SelectMany(pair => Compare(pair.Value, present[pair.Key], tolerance)),
        ];
    }

    /// <summary>
    /// What is different now of the items that a plan binds by digest, where the file with them is not at hand: then they must be the same,
    /// ETags included, since nothing tells which of them are beyond the plan.
    /// </summary>
    public static IEnumerable<string> FindAmongUnread(ErasurePlan planned, ErasurePlan now)
    {
        if (!PlanItems.AreMissing(planned))
            yield break;
        Dictionary<(string Device, string Location), ErasureStep> present = ByKey(now);
        foreach (ErasureStep step in planned.Steps)
        {
            if (
                UnreadItems.Of(step.Finding.Items) is { } unread
                && present.TryGetValue((step.DeviceId, step.Location.Id), out ErasureStep? found)
                && (found.Finding.Items.Count != unread.Count || ItemsDigest.Of(found.Finding.Items) != unread.Digest)
            )
            {
                yield return $"{Name(step)}: other items than planned, and the file with the planned ones, "
                    + $"'{PlanFile.ItemsPathOf(planned.Path ?? "plan")}', is missing";
            }
        }
    }

    /// <summary>The differences as a text of bounded length.</summary>
    public static string Describe(IReadOnlyList<string> differences)
    {
        string text = string.Join("; ", differences.Take(MostListed));
        return differences.Count > MostListed ? $"{text}; and {differences.Count - MostListed} more." : $"{text}.";
    }

    /// <summary>What the operator vouches for decides what is erased, so that it is part of what was approved.</summary>
    private static IEnumerable<string> DifferentStatements(ErasurePlan planned, ErasurePlan now)
    {
        Dictionary<string, DataLocation> present = Locations(now);
        return Locations(planned)
            .Values.Where(location =>
                present.TryGetValue(location.Id, out DataLocation? today) && !today.Statements.SequenceEqual(location.Statements)
            )
            .Select(location => $"{location}: the operator's statements differ from those in the plan");
    }

    private static Dictionary<string, DataLocation> Locations(ErasurePlan plan) =>
        plan
            .Steps.Select(step => step.Location)
            .DistinctBy(location => location.Id)
            .ToDictionary(location => location.Id, StringComparer.Ordinal);

    private static IEnumerable<string> Compare(ErasureStep planned, ErasureStep now, long tolerance)
    {
        DeviceDataFinding before = planned.Finding,
            after = now.Finding;
        if (after.Verdict != before.Verdict && after.Verdict is Verdict.Unreachable or Verdict.Held or Verdict.Unknown)
        {
            yield return $"{Name(planned)}: it was {before.Verdict}, and is now {after.Verdict}";
            if (after.Verdict != Verdict.Held)
                yield break; // What could not be read says nothing about counts, or about the device.
        }

        if (after.GenerationId != before.GenerationId && before.Verdict != Verdict.Unreachable)
        {
            yield return (before.GenerationId, after.GenerationId) switch
            {
                (_, null) => $"{Name(planned)}: the device is gone",
                (null, _) => $"{Name(planned)}: a device was created since",
                _ => $"{Name(planned)}: the device was deleted and created again",
            };
        }

        if (planned.Action == ErasureAction.Erase && !now.Location.Capabilities.HasFlag(LocationCapabilities.Erase))
            yield return $"{Name(planned)}: nothing can be erased there any more";

        if (Differs(before.RecordCount, after.RecordCount, tolerance))
        {
            yield return $"{Name(planned)}: {(before.IsCounted ? Counted.Of(before.RecordCount, "record") : Counted.Unknown)} planned, "
                + $"{after.RecordCount} found";
        }

        if (Differs(before.RelayedCount, after.RelayedCount, tolerance))
            yield return $"{Name(planned)}: {before.RelayedCount} relayed records planned, {after.RelayedCount} found";
    }

    private static bool Differs(long planned, long found, long tolerance) => Math.Abs(planned - found) > tolerance;

    private static string Name(ErasureStep step) => $"device '{step.DeviceId}' in {step.Location}";

    private static Dictionary<(string Device, string Location), ErasureStep> ByKey(ErasurePlan plan) =>
        plan.Steps.ToDictionary(step => (step.DeviceId, step.Location.Id));
}
