using System.Collections.Concurrent;
using IotHubDsr.Engine;
using IotHubDsr.Plans;

namespace IotHubDsr.Requests;

/// <summary>Makes the plan of an erasure from a footprint; it changes nothing.</summary>
internal sealed class Planning(HubConnection connection, PlanRequest request, OperationEvents events, TimeProvider time)
{
    /// <summary>Makes the plan, saves it when the request says where, and gives it; nothing when no device was named.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (request.Path is not null)
            PlanFile.RequireFree(request.Path);
        ErasurePlan plan = await PlanAsync(cancellationToken).ConfigureAwait(false);
        if (plan.Steps.Count == 0)
            return;
        if (request.Path is { } path)
            plan = await PlanFile.SaveAsync(plan, path, cancellationToken).ConfigureAwait(false);
        await events.OutputAsync(plan, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ErasurePlan> PlanAsync(CancellationToken cancellationToken)
    {
        var findings = new ConcurrentBag<DeviceDataFinding>();
        HubLocations locations = await new Footprint(connection, request, events).RunAsync(
            (finding, _) =>
            {
                findings.Add(finding);
                return ValueTask.CompletedTask;
            },
            cancellationToken).ConfigureAwait(false);

        var plan = new ErasurePlan
        {
            HubHostName = connection.Context.HubHostName,
            HubResourceId = connection.Context.ResourceId,
            IncludeRelayed = request.IncludeRelayed,
            IncludeOldVersions = request.IncludeOldVersions,
            DeleteEmptied = request.DeleteEmptied,
            LateRecords = PlanReach.LateRecords,
            Scope = request.Scope,
            Salt = PlanSalt.Make(),
            CreatedAt = time.GetUtcNow(),
            Steps = findings.Select(finding => new ErasureStep(finding, ActionFor(finding, request)))
                .OrderBy(step => step.DeviceId, StringComparer.Ordinal)
                .ThenBy(step => locations.StageOf(step.Location))
                .ThenBy(step => step.Location.Id, StringComparer.Ordinal)
                .ToList(),
        };
        EvidenceLimits.Require(plan);
        return PlanDocument.Seal(plan);
    }

    private static ErasureAction ActionFor(DeviceDataFinding finding, PlanRequest request)
    {
        long erasable = finding.Records - (request.IncludeOldVersions ? 0 : finding.OldCopyRecords)
            + (request.IncludeRelayed ? finding.RelayedRecords : 0);
        bool can = finding.Location.Capabilities.HasFlag(LocationCapabilities.Erase) && finding.Verdict is not (Verdict.Held or Verdict.Expiring);
        return can && erasable > 0 ? ErasureAction.Erase : ErasureAction.None;
    }
}
