using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Evidence.Journals;

namespace IotHubDsr.Core.Operations;

/// <summary>The state of a request and what comes next, from its journal alone.</summary>
/// <param name="Status">The status.</param>
/// <param name="NextAt">When something is due next; null when nothing is open.</param>
/// <param name="NextAction">What has to be done then.</param>
internal sealed record RequestProgress(DataRequestStatus Status, DateTimeOffset? NextAt, string? NextAction)
{
    private const string Resume = "Run Resume-IotDataRequest";
    private const string AtFirst =
        "Run Get-IotDataRequest | Remove-IotDeviceData for it, or Export-IotDeviceData with its devices and -RequestId.";
    private const string AfterExport =
        "Run Get-IotDataRequest | Remove-IotDeviceData for it, or record with Set-IotDataRequest -AnswerNote that nothing is to be erased.";
    private const string WithoutKey =
        "The key was destroyed while the request was open: further work on the devices needs a new request. Record with "
        + "Set-IotDataRequest -AnswerNote how the person was answered.";

    /// <param name="state">What the journal says.</param>
    /// <param name="isHeld">Whether someone is working on the request now.</param>
    /// <param name="now">The present time.</param>
    public static RequestProgress Of(RequestState state, bool isHeld, DateTimeOffset now)
    {
        RequestProgress progress = OfJournal(state, isHeld, now);
        if (!state.IsAnonymised || progress.Status == DataRequestStatus.Closed)
            return progress;

        // The person is still owed an answer, whatever became of the key.
        return state.Answer is null
            ? progress with
            {
                NextAt = RequestView.DueAt(state),
                NextAction = WithoutKey,
            }
            : new RequestProgress(DataRequestStatus.Closed, NextAt: null, NextAction: null);
    }

    private static RequestProgress OfJournal(RequestState state, bool isHeld, DateTimeOffset now)
    {
        DateTimeOffset due = RequestView.DueAt(state);
        if (state.IsRunOpen && isHeld)
            return new RequestProgress(DataRequestStatus.Running, due, "Wait for the run to end.");
        if (state.IsErasureOpen || state.IsRunOpen)
            return new RequestProgress(DataRequestStatus.Interrupted, now, $"{Resume}: the last run did not end.");
        if (state.Plan is null && state.Answer is null)
            return new RequestProgress(DataRequestStatus.Received, due, state.IsExported ? AfterExport : AtFirst);

        List<(string Location, StepState Step)> open = state.Plan is null ? [] : [.. OpenSteps(state)];
        if (open.Count == 0)
            return new RequestProgress(DataRequestStatus.Closed, NextAt: null, NextAction: null);
        List<(string Location, StepState Step)> stuck = [.. open.Where(one => !ClosesByItself(one.Step))];
        DateTimeOffset? first = open.Where(one => ClosesByItself(one.Step)).Min(one => one.Step.Until);
        DateTimeOffset? review = state.Holds.Count > 0 ? state.Holds.Min(hold => hold.ReviewAt) : null;
        if (first <= now)
        {
            return new RequestProgress(
                stuck.Count > 0 ? DataRequestStatus.ActionNeeded : DataRequestStatus.Waiting,
                now,
                $"{Resume}: what was pending can be read again."
            );
        }

        if (stuck.Where(one => TakesPlan(one.Step)).ToList() is { Count: > 0 } further)
        {
            bool oldVersions = further.Exists(one => one.Step.Verdict == Verdict.Present);
            string next =
                $"Run Get-IotDataRequest | Remove-IotDeviceData for it, which makes a further plan and asks: {Describe(further)}"
                + $"{(oldVersions ? ", with -IncludeOldVersions for what is left in old versions" : string.Empty)}.";
            return new RequestProgress(DataRequestStatus.ActionNeeded, Earliest(first, review, due), next);
        }

        if (stuck.Count > 0)
        {
            return new RequestProgress(
                DataRequestStatus.ActionNeeded,
                Earliest(first, review, due),
                $"Resolve {Describe(stuck)}; then run Resume-IotDataRequest."
            );
        }

        bool isAnswerable = open.TrueForAll(one => one.Step.Verdict == Verdict.Expiring);
        string answer =
            isAnswerable && state.AnsweredAt is null
                ? " You can answer without waiting for what only expires: record the answer with Set-IotDataRequest -AnswerNote by "
                    + $"{due:yyyy-MM-dd}."
                : string.Empty;
        return new RequestProgress(
            DataRequestStatus.Waiting,
            Earliest(first, review, state.AnsweredAt is null ? due : null),
            $"{Resume} when the time has come: {Describe(open)}.{answer}"
        );
    }

    /// <summary>
    /// Steps that are not settled. What was to expire by a certain time is not settled by the clock of the machine that lists requests: the
    /// next run reads the location or, if nobody can, uses the services' time.
    /// </summary>
    private static IEnumerable<(string Location, StepState Step)> OpenSteps(RequestState state) =>
        state
            .Locations.SelectMany(pair => pair.Value.All(state.Registration!.Subjects.Count).Select(one => (Location: pair.Key, one.Step)))
            .Where(one =>
                one.Step.Verdict switch
                {
                    Verdict.Absent or Verdict.Erased => false,
                    Verdict.Expiring => !one.Step.IsOver,
                    Verdict.OwnerAction or Verdict.Unreachable or Verdict.Unknown => !state.HasOwnerActed(one.Location),
                    _ when state.Plan!.Locations.All(location => location.Id != one.Location) => !state.HasOwnerActed(one.Location),
                    _ => true,
                }
            );

    /// <summary>
    /// Whether a later run of the same plan leaves it as it is: it is beyond the plan, was not approved, or the plan is older than its
    /// location.
    /// </summary>
    private static bool TakesPlan(StepState step) => step.NeedsPlan || step.IsDeclined || step.Verdict == Verdict.Unknown;

    private static bool ClosesByItself(StepState step) =>
        step.Verdict is Verdict.ErasurePending or Verdict.Expiring && step.Until is not null;

    private static string Describe(List<(string Location, StepState Step)> steps) =>
        string.Join(
            ", ",
            steps
                .GroupBy(one => one.Step.Verdict ?? Verdict.Unknown)
                .OrderByDescending(group => group.Key)
                .Select(group =>
                    $"{Counted.Of(group.Select(one => one.Location).Distinct(StringComparer.Ordinal).Count(), "location")} {group.Key}"
                )
        );

    private static DateTimeOffset? Earliest(params DateTimeOffset?[] times) => times.Min();
}
