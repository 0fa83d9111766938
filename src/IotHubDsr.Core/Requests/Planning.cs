using System.Collections.Concurrent;
using IotHubDsr.Engine;
using IotHubDsr.Stores;

namespace IotHubDsr.Requests;

/// <summary>Makes the plan of an erasure from a footprint; it changes nothing.</summary>
internal sealed class Planning(HubConnection connection, PlanRequest request, OperationEvents events, TimeProvider time)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var findings = new ConcurrentBag<DeviceDataFinding>();
        await new Footprint(connection, request, events).RunAsync(
            (finding, _) =>
            {
                findings.Add(finding);
                return ValueTask.CompletedTask;
            },
            cancellationToken).ConfigureAwait(false);

        HubLocations locations = await connection.ReadLocationsAsync(cancellationToken).ConfigureAwait(false);
        var plan = new ErasurePlan
        {
            HubHostName = connection.Context.HubHostName,
            CreatedAt = time.GetUtcNow(),
            Steps = findings.Select(finding => new ErasureStep(finding, ActionFor(finding, request)))
                .OrderBy(step => step.DeviceId, StringComparer.Ordinal)
                .ThenBy(step => StageOf(locations, step.Location))
                .ThenBy(step => step.Location.Id, StringComparer.Ordinal)
                .ToList(),
        };
        if (plan.Steps.Count > 0)
            await events.OutputAsync(plan, cancellationToken).ConfigureAwait(false);
    }

    private static ErasureStage StageOf(HubLocations locations, DataLocation location) =>
        locations.StoreOf(location)?.StageOf(location.Kind) ?? ErasureStage.Logs;

    private static ErasureAction ActionFor(DeviceDataFinding finding, PlanRequest request)
    {
        long erasable = finding.Records - (request.IncludeOldVersions ? 0 : finding.OldCopyRecords)
            + (request.IncludeRelayed ? finding.RelayedRecords : 0);
        bool can = finding.Location.Capabilities.HasFlag(LocationCapabilities.Erase) && finding.Verdict is not (Verdict.Held or Verdict.Expiring);
        return can && erasable > 0 ? ErasureAction.Erase : ErasureAction.None;
    }
}
