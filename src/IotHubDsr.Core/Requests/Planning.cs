using System.Collections.Concurrent;
using IotHubDsr.Engine;

namespace IotHubDsr.Requests;

/// <summary>Makes the plan of an erasure from a footprint; it changes nothing.</summary>
internal sealed class Planning(HubConnection connection, PlanRequest request, OperationEvents events, TimeProvider time)
{
    public async Task RunAsync(CancellationToken cancellationToken)
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
            CreatedAt = time.GetUtcNow(),
            Steps = findings.Select(finding => new ErasureStep(finding, ActionFor(finding, request)))
                .OrderBy(step => step.DeviceId, StringComparer.Ordinal)
                .ThenBy(step => locations.StageOf(step.Location))
                .ThenBy(step => step.Location.Id, StringComparer.Ordinal)
                .ToList(),
        };
        if (plan.Steps.Count > 0)
            await events.OutputAsync(plan, cancellationToken).ConfigureAwait(false);
    }

    private static ErasureAction ActionFor(DeviceDataFinding finding, PlanRequest request)
    {
        long erasable = finding.Records - (request.IncludeOldVersions ? 0 : finding.OldCopyRecords)
            + (request.IncludeRelayed ? finding.RelayedRecords : 0);
        bool can = finding.Location.Capabilities.HasFlag(LocationCapabilities.Erase) && finding.Verdict is not (Verdict.Held or Verdict.Expiring);
        return can && erasable > 0 ? ErasureAction.Erase : ErasureAction.None;
    }
}
