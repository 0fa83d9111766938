using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Erases the data of devices: prepares, plans, asks for each device and location, and runs what was approved. A rehearsal ends after the
/// questions.
/// </summary>
internal sealed class Removing(HubConnection connection, IEvidenceStore store, RemoveOptions options, OperationEvents events)
{
    private ErasurePlan? _plan;

    /// <summary>What carries parts of the work to workers; null where all is done in this process.</summary>
    public IUnitEngines? Engines { get; init; }

    /// <summary>A rehearsal writes nothing, and workers get nothing without it.</summary>
    private IUnitEngines? Readers => options.IsRehearsal ? null : Engines;

    /// <summary>Runs several; all plans are there and valid before the first is run, so that an invalid one is not discovered halfway.</summary>
    public static async Task RunAsync(IReadOnlyList<Removing> removals, CancellationToken cancellationToken)
    {
        foreach (Removing removal in removals)
            await removal.PlanAsync(cancellationToken);
        foreach (Removing removal in removals)
            await removal.AskAndRunAsync(cancellationToken);
    }

    /// <summary>Problems with the request, the store or the certificate are reported before anything is planned or asked.</summary>
    private async Task PlanAsync(CancellationToken cancellationToken)
    {
        RequestState? earlier = await new Preparing(store, options, connection.Clock).RunAsync(cancellationToken);
        _plan = options.Planned is { } planned
            ? await new Confirming(connection, planned, events, connection.Clock) { Engines = Readers }.ConfirmAsync(cancellationToken)
            : await new Planning(connection, await PlanningAsync(earlier, cancellationToken), events, connection.Clock)
            {
                Engines = Readers,
            }.MakeAsync(cancellationToken);
    }

    /// <summary>What keeps devices from coming back stays, if an earlier plan of the request said so and nobody said otherwise since.</summary>
    private async Task<PlanOptions> PlanningAsync(RequestState? earlier, CancellationToken cancellationToken)
    {
        PlanOptions planning = options.Planning!;
        if (!options.KeepsReprovisioning || earlier?.Plan?.Reprovisioning != nameof(Reprovisioning.Block))
            return planning;
        await events.EmitAsync(
            new NoticeEvent(
                NoticeLevel.Warning,
                $"Enrollments stay disabled, as an earlier plan of the request {options.RequestId} says; -Reprovisioning Erase deletes them."
            ),
            cancellationToken
        );
        return planning with { Erasure = planning.Erasure with { Reprovisioning = Reprovisioning.Block } };
    }

    private async Task AskAndRunAsync(CancellationToken cancellationToken)
    {
        if (_plan is not { } plan)
            return;
        IReadOnlyList<ErasureStep> approved = await AskAsync(plan, cancellationToken);
        Reprovisioning? chosen = await ChooseAsync(plan, approved, cancellationToken);
        if (!options.IsRehearsal)
        {
            await new Erasing(connection, store, options, plan, approved, events) { Chosen = chosen, Engines = Engines }.RunAsync(
                cancellationToken
            );
        }
    }

    /// <summary>What becomes of enrollments, where the plan asks for it and there are any: once for all of them.</summary>
    private async Task<Reprovisioning?> ChooseAsync(
        ErasurePlan plan,
        IReadOnlyList<ErasureStep> approved,
        CancellationToken cancellationToken
    )
    {
        List<ErasureStep> concerned = [.. approved.Where(step => SinkCatalogue.Has(step.Location.Kind, PlaceTraits.CreatesDevices))];
        if (plan.Reprovisioning != Reprovisioning.Ask || concerned.Count == 0)
            return null;
        string places = string.Join(", ", concerned.Select(step => step.Location.ToString()).Distinct(StringComparer.Ordinal));
        int devices = concerned.Select(step => step.DeviceId).Distinct(StringComparer.Ordinal).Count();
        var question = new ConfirmationEvent(
            $"Enrollments of {Counted.Of(devices, "device")} in {places}",
            "Delete the enrollments (otherwise they are disabled, so that the devices cannot register again, and stay as records of them)"
        )
        {
            IsChoice = true,
        };
        return await events.AskAsync(question, cancellationToken) ? Reprovisioning.Erase : Reprovisioning.Block;
    }

    /// <summary>Asks for each step that erases, and returns the approved ones.</summary>
    private async Task<IReadOnlyList<ErasureStep>> AskAsync(ErasurePlan plan, CancellationToken cancellationToken)
    {
        List<ErasureStep> steps = [.. plan.Steps.Where(step => step.Action == ErasureAction.Erase)];
        if (steps.Count == 0 && options.IsRehearsal)
            await events.AskAsync(new ConfirmationEvent(NothingOf(plan), "Erase nothing"), cancellationToken);
        IReadOnlyList<DataHold> holds = await HoldsToShowAsync(cancellationToken);
        return await events.AskAsync(
            steps,
            step => new ConfirmationEvent(step.Target, IsHeld(step, holds) ? "Leave what is held" : OperationOf(plan, step))
            {
                NeedsConsent = Settles(plan, step),
            },
            cancellationToken
        );
    }

    private static bool Settles(ErasurePlan plan, ErasureStep step) =>
        plan.SettleMessages && SinkCatalogue.Has(step.Location.Kind, PlaceTraits.DeliversToReceivers);

    private static string OperationOf(ErasurePlan plan, ErasureStep step) =>
        Settles(plan, step) ? $"{plan.Operation}, and deliver messages of other devices once more" : plan.Operation;

    /// <summary>
    /// A plan without anything to erase, in words: a rehearsal that says nothing leaves open whether anything was looked for.
    /// </summary>
    private static string NothingOf(ErasurePlan plan)
    {
        int unread = plan
            .Steps.Where(step => !step.Finding.IsCounted)
            .Select(step => step.Location.Id)
            .Distinct(StringComparer.Ordinal)
            .Count();
        return $"{Counted.Of(plan.Devices, "device")} of {plan.HubHostName}: no location holds data that can be erased"
            + (unread == 0 ? string.Empty : $"; {Counted.Of(unread, "location")} could not be counted");
    }

    /// <summary>What an operator holds, for a rehearsal: a run looks at the journal itself.</summary>
    private async Task<IReadOnlyList<DataHold>> HoldsToShowAsync(CancellationToken cancellationToken)
    {
        if (!options.IsRehearsal || options.RequestId is not { } requestId)
            return [];
        try
        {
            return (await new RequestRegister(store, events, connection.Clock).ReadAsync(requestId, cancellationToken)).Holds;
        }
        catch (DsrException unread)
        {
            await events.ReportAsync([unread.Fault], cancellationToken);
            return [];
        }
    }

    private static bool IsHeld(ErasureStep step, IReadOnlyList<DataHold> holds) =>
        holds.Any(hold =>
            hold.Item is null && hold.LocationId == step.Location.Id && (hold.DeviceId is null || hold.DeviceId == step.DeviceId)
        );
}
