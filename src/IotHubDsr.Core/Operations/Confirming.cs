using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Findings;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Reads everything that a plan covers again. It returns the plan as it applies now, with the current findings, or stops if the data has
/// changed: an erasure runs from what was approved and from nothing else.
/// </summary>
internal sealed class Confirming(HubConnection connection, ConfirmPlanOptions options, OperationEvents events, TimeProvider time)
{
    /// <summary>What carries parts of the reading to workers; null where all is read in this process.</summary>
    public IUnitEngines? Engines { get; init; }

    public async Task<ErasurePlan> ConfirmAsync(CancellationToken cancellationToken)
    {
        ErasurePlan planned = await ReadAsync(cancellationToken);
        if (
            !string.Equals(planned.HubHostName, connection.Context.HubHostName, StringComparison.OrdinalIgnoreCase)
            || (
                planned.HubResourceId is { } id
                && connection.Context.ResourceId is { } own
                && !string.Equals(id, own, StringComparison.OrdinalIgnoreCase)
            )
        )
        {
            throw FaultCatalogue.PlanForOtherHub.Exception(planned.HubHostName, connection.Context.HubHostName);
        }

        var again = new PlanOptions
        {
            Context = options.Context,
            DeviceIds = Subjects.Given(planned.Steps.Select(step => step.DeviceId).Distinct(StringComparer.Ordinal)),
            Erasure = planned.Erasure,
            ThrottleLimit = options.ThrottleLimit,
        };
        ErasurePlan now = await new Planning(connection, again, events, time) { Engines = Engines }.PlanAsync(cancellationToken);
        IReadOnlyList<string> differences =
        [
            .. PlanDifference.Find(planned, now, options.Tolerance),
            .. PlanDifference.FindAmongUnread(planned, now),
        ];
        if (differences.Count > 0)
            throw FaultCatalogue.PlanChanged.Exception(planned.Digest, PlanDifference.Describe(differences));
        if (PlanDifference.Find(planned, now, 0) is { Count: > 0 } tolerated)
        {
            string text =
                $"The plan is run within the tolerance of {Counted.Of(options.Tolerance, "record")}. {PlanDifference.Describe(tolerated)}";
            await events.EmitAsync(new NoticeEvent(NoticeLevel.Warning, text), cancellationToken);
        }

        // What is approved is the planned one: its digest and its actions, applied to what was found now.
        Dictionary<(string, string), ErasureAction> actions = planned.Steps.ToDictionary(
            step => (step.DeviceId, step.Location.Id),
            step => step.Action
        );
        return now with
        {
            Approved = PlanItems.AreMissing(planned) ? WithItemsOf(planned, now) : planned,
            Digest = planned.Digest,
            Path = planned.Path,
            Approval = planned.Approval,
            CreatedAt = planned.CreatedAt,
            Steps =
            [
                .. now.Steps.Select(step =>
                    actions[(step.DeviceId, step.Location.Id)] == ErasureAction.None ? step with { Action = ErasureAction.None } : step
                ),
            ],
        };
    }

    /// <summary>A plan whose items are not at hand, with those that were found now and are the same.</summary>
    private static ErasurePlan WithItemsOf(ErasurePlan planned, ErasurePlan now)
    {
        var found = now.Steps.ToDictionary(step => (step.DeviceId, step.Location.Id), step => step.Finding.Items);
        return planned with
        {
            Steps =
            [
                .. planned.Steps.Select(step =>
                    UnreadItems.Of(step.Finding.Items) is null
                        ? step
                        : step with
                        {
                            Finding = step.Finding with { Items = found[(step.DeviceId, step.Location.Id)] },
                        }
                ),
            ],
        };
    }

    /// <summary>The plan; with its approval, which must stand before anything is read in Azure, when one is required.</summary>
    private async Task<ErasurePlan> ReadAsync(CancellationToken cancellationToken)
    {
        ErasurePlan? atHand = options.Plan is null ? null : PlanDocument.RequireSealed(options.Plan);
        if (options.Approval is null)
            return atHand ?? await PlanFile.ReadAsync(options.Path!, cancellationToken);

        string path = options.Path ?? atHand?.Path ?? throw FaultCatalogue.PlanNotInFile.Exception(atHand!.Digest);
        ErasurePlan approved = await PlanApproval.ReadAsync(path, options.Approval, time, cancellationToken);
        if (atHand is null)
            return approved;
        if (atHand.Digest != approved.Digest)
            throw FaultCatalogue.InvalidPlan.Exception(path, "the given plan is not the one in its file.");

        // What is bound by the digest is the same; its items may be at hand where they are not beside the file.
        return PlanItems.AreMissing(approved) ? atHand with { Approval = approved.Approval, Path = approved.Path } : approved;
    }
}
