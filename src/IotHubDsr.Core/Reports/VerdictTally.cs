using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Reports;

/// <summary>Counts verdicts so that nothing that was not measured goes missing.</summary>
internal static class VerdictTally
{
    /// <summary>How often each verdict occurs, worst first.</summary>
    /// <param name="verdicts">What is known.</param>
    /// <param name="expected">How many there should be; those that are missing are <see cref="Verdict.Unknown"/>. Nothing expected is
    /// one.</param>
    public static IReadOnlyList<KeyValuePair<Verdict, int>> Of(IEnumerable<Verdict> verdicts, int expected)
    {
        Verdict[] known = [.. verdicts.Select(VerdictLook.Known)];
        return
        [
            .. known
                .Concat(Enumerable.Repeat(Verdict.Unknown, Math.Max(0, Math.Max(expected, 1) - known.Length)))
                .GroupBy(static verdict => verdict)
                .OrderByDescending(static group => group.Key)
                .Select(static group => KeyValuePair.Create(group.Key, group.Count())),
        ];
    }
}
