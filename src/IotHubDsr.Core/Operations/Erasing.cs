using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>Binds a plan to a request, which is registered if there is none yet, and runs the approved steps.</summary>
internal sealed class Erasing(
    HubConnection connection,
    IEvidenceStore store,
    RemoveOptions options,
    ErasurePlan plan,
    IReadOnlyCollection<ErasureStep> approved,
    OperationEvents events
)
{
    private readonly ServiceClock _clock = connection.Clock;

    /// <summary>What was answered to a plan that asks what becomes of enrollments; null where nothing was asked.</summary>
    public Reprovisioning? Chosen { get; init; }

    /// <summary>What carries parts of the work to workers; null where all is done in this process.</summary>
    public IUnitEngines? Engines { get; init; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var run = RunOptions.For(RunKinds.Erase, options.Performer, options.ThrottleLimit, _clock.GetUtcNow());
        ErasurePlan accepted = PlanDocument.RequireSealed(plan.Approved ?? plan);
        EvidenceLimits.Require(accepted);
        await StoreGuard.RequireWritableAsync(store, EvidenceLimits.SizeOf(accepted), cancellationToken);
        await using OpenRequest open = await OpenAsync(cancellationToken);
        try
        {
            await BindAsync(open, accepted, cancellationToken);
            await new RequestRun(connection, open, plan, run, events) { Store = store, Engines = Engines }.RunAsync(cancellationToken);
        }
        catch (DsrException failed) when (options.RequestId is null && failed.Fault.Target != open.Folder.RequestId)
        {
            // Nothing has shown its ID yet.
            throw new DsrException(failed.Fault with { Message = $"{failed.Fault.Message} {NextStep(open)}" }, failed);
        }
    }

    private static string NextStep(OpenRequest open)
    {
        string id = open.Folder.RequestId;
        return open.State.Plan is null
            ? $"The request '{id}' is registered and nothing was erased; continue with Remove-IotDeviceData -RequestId {id}."
            : $"Continue the request '{id}' with Resume-IotDataRequest {id}.";
    }

    private async Task BindAsync(OpenRequest open, ErasurePlan accepted, CancellationToken cancellationToken)
    {
        HoldBook holds = await StoreGuard.RunAsync(store, () => HoldBook.ReadAsync(open, cancellationToken));
        if (holds.Unmatched(plan) is { } unmatched)
            throw FaultCatalogue.HoldUnmatched.Exception(open.Folder.RequestId, unmatched);
        await StoreGuard.RunAsync(store, async () =>
        {
            if (PlanItems.HasAny(accepted))
            {
                await open.Folder.SaveAsync(
                    EvidenceFiles.PlanItems(accepted.Digest),
                    file => PlanItems.Write(accepted, file),
                    cancellationToken
                );
            }

            await open.Folder.SaveAsync(EvidenceFiles.Plan(accepted.Digest), file => PlanDocument.Write(accepted, file), cancellationToken);
            await RecipientTerms.SaveAsync(open.Folder, options.Recipients, cancellationToken);
            if (plan.Approval is { } approval)
                await open.Folder.SaveAsync(EvidenceFiles.PlanSignature(accepted.Digest), approval.Signature, cancellationToken);
            return accepted;
        });
        await open.Journal.AppendAsync(ToPlanned(open, accepted.Digest), cancellationToken);
        string text =
            $"The request is {open.Folder.RequestId} in {store.Place}; if this run does not end, Resume-IotDataRequest continues it.";
        await events.EmitAsync(new NoticeEvent(NoticeLevel.Verbose, text), cancellationToken);
    }

    private async Task<OpenRequest> OpenAsync(CancellationToken cancellationToken)
    {
        List<string> devices = [.. plan.Steps.Select(step => step.DeviceId).Distinct(StringComparer.Ordinal)];
        if (options.RequestId is not { } requestId)
        {
            var registration = new NewRequest(
                options.Context!,
                devices,
                options.ReceivedAt,
                options.IdentityEvidence,
                plan.Approval is not null
            );
            return await OpenRequest.RegisterAsync(store, registration, _clock, cancellationToken);
        }

        OpenRequest open = await OpenRequest.OpenAsync(store, requestId, TimeSpan.Zero, _clock, cancellationToken);
        try
        {
            Require(open, devices);
            await RequireAsPlannedAsync(open, cancellationToken);
            return open;
        }
        catch
        {
            await open.DisposeAsync();
            throw;
        }
    }

    private void Require(OpenRequest open, List<string> devices)
    {
        string id = open.Folder.RequestId;
        Registered registered = open.State.Registration!;
        RequestHub.Require(registered, connection.Context);
        OpenRequest.RequireErasable(open.State);
        RequestApproval.RequireOn(open.State, plan);
        if (!devices.ToHashSet(StringComparer.Ordinal).SetEquals(open.DeviceIds))
        {
            string difference =
                $"{devices.Except(open.DeviceIds, StringComparer.Ordinal).Count()} only in the plan, "
                + $"{open.DeviceIds.Except(devices, StringComparer.Ordinal).Count()} only in the request";
            throw FaultCatalogue.RequestForOtherDevices.Exception(id, difference);
        }

        foreach (ErasureStep step in RegistryOf(plan))
            RegisteredDevices.Require(registered, open.Key, step.DeviceId, step.Finding.GenerationId);
    }

    /// <summary>If the registration could not determine its devices, the first plan does.</summary>
    private async Task RequireAsPlannedAsync(OpenRequest open, CancellationToken cancellationToken)
    {
        if (open.State.Plan is null || open.State.Registration!.Generations is not null)
            return;
        ErasurePlan earlier = await open.ReadPlanAheadAsync(cancellationToken);
        var before = RegistryOf(earlier).ToDictionary(step => step.DeviceId, step => step.Finding, StringComparer.Ordinal);
        foreach (ErasureStep step in RegistryOf(plan).Where(step => step.Finding.GenerationId is not null))
        {
            if (
                before.TryGetValue(step.DeviceId, out DeviceDataFinding? planned)
                && (
                    planned.Verdict == Verdict.Absent
                    || (planned.GenerationId is not null && planned.GenerationId != step.Finding.GenerationId)
                )
            )
            {
                throw FaultCatalogue.DeviceReassigned.Exception(step.DeviceId, open.Folder.RequestId);
            }
        }
    }

    private static IEnumerable<ErasureStep> RegistryOf(ErasurePlan plan) =>
        plan.Steps.Where(step => SinkCatalogue.Has(step.Location.Kind, PlaceTraits.HoldsIdentity));

    private Planned ToPlanned(OpenRequest open, string digest)
    {
        HashSet<(string, string)> approvedIds = [.. approved.Select(step => (step.DeviceId, step.Location.Id))];
        IEnumerable<ErasureStep> declined = plan.Steps.Where(step =>
            step.Action == ErasureAction.Erase && !approvedIds.Contains((step.DeviceId, step.Location.Id))
        );
        return new Planned(
            digest,
            [
                .. plan
                    .Steps.GroupBy(step => step.Location.Id, StringComparer.Ordinal)
                    .Select(location => new PlannedLocation(
                        location.Key,
                        location.First().Location.Kind,
                        location.First().Location.Place,
                        location.Count(step => step.Action == ErasureAction.Erase),
                        location.All(step => step.Finding.IsCounted)
                            ? location.Where(step => step.Action == ErasureAction.Erase).Sum(step => step.Finding.RecordCount)
                            : null
                    )),
            ],
            [
                .. declined
                    .GroupBy(step => step.Location.Id, StringComparer.Ordinal)
                    .Select(location => new DeclinedSteps(location.Key, [.. location.Select(step => open.Key.Subject(step.DeviceId))])),
            ],
            plan.Approval is { } approval ? new Party(approval.ApprovedBy, approval.CertificateSha256) : null,
            ScopeStatement.Of(plan.Scope),
            open.State.Plan is { } before && before.Digest != digest ? before.Digest : open.State.Plan?.Follows,
            options.Planned is { Tolerance: > 0 } confirmed ? confirmed.Tolerance : null,
            (Chosen ?? (plan.Reprovisioning == Reprovisioning.Block ? Reprovisioning.Block : null))?.ToString()
        );
    }
}

/// <summary>Keeps a request on its hub.</summary>
internal static class RequestHub
{
    /// <exception cref="DsrException">The connection is to another hub.</exception>
    public static void Require(Registered registered, DsrContext context)
    {
        bool sameId =
            registered.HubResourceId is null
            || context.ResourceId is null
            || string.Equals(registered.HubResourceId, context.ResourceId, StringComparison.OrdinalIgnoreCase);
        if (!sameId || !string.Equals(registered.HubHostName, context.HubHostName, StringComparison.OrdinalIgnoreCase))
            throw FaultCatalogue.RequestForOtherHub.Exception(registered.RequestId, registered.HubHostName, context.HubHostName);
    }
}
