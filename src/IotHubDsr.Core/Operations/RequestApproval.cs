using System.Globalization;
using IotHubDsr.Core.Evidence.Journals;

namespace IotHubDsr.Core.Operations;

/// <summary>Whether what a request that takes an approval is about to erase was approved.</summary>
internal static class RequestApproval
{
    private const string NotAsked = "the request was registered as requiring an approval.";

    /// <summary>Checks before anything is planned: a plan that is made and run at once is approved by nobody else.</summary>
    /// <exception cref="DsrException">It could never be run.</exception>
    public static void RequireAsked(RequestState state, bool isAsked)
    {
        if (state.RequiresApproval && !isAsked)
            throw FaultCatalogue.ApprovalMissing.Exception(state.RequestId, NotAsked);
    }

    /// <summary>Checks the approval of a plan to run.</summary>
    /// <exception cref="DsrException">There is none, or it was given before a hold was released.</exception>
    public static void RequireOn(RequestState state, ErasurePlan plan)
    {
        if (!state.RequiresApproval)
            return;
        if (plan.Approval is not { } approval)
            throw FaultCatalogue.ApprovalMissing.Exception(plan.Digest, NotAsked);
        if (state.ReleasedAt is { } releasedAt && !(approval.SignedAt > releasedAt))
            throw FaultCatalogue.ApprovalMissing.Exception(plan.Digest, WhyStale(releasedAt));
    }

    /// <summary>Checks the approval of the plan that a run continues.</summary>
    /// <exception cref="DsrException">As for <see cref="RequireOn"/>.</exception>
    public static void RequireOnRecord(RequestState state)
    {
        if (!state.RequiresApproval || state.Plan is not { } planned)
            return;
        if (planned.ApprovedBy is null)
            throw FaultCatalogue.ApprovalMissing.Exception(planned.Digest, NotAsked);
        if (state.ReleasedAt is { } releasedAt && releasedAt >= state.PlannedAt)
            throw FaultCatalogue.ApprovalMissing.Exception(planned.Digest, WhyStale(releasedAt));
    }

    private static string WhyStale(DateTimeOffset releasedAt) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"a hold was released at {releasedAt:u}, and erasing what was held must be approved, too."
        );
}
