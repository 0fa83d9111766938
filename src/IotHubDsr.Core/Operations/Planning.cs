using System.Collections.Concurrent;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>Makes the plan of an erasure from a footprint; it changes nothing.</summary>
internal sealed class Planning(HubConnection connection, PlanOptions options, OperationEvents events, TimeProvider time)
{
    /// <inheritdoc cref="Footprint.Engines"/>
    public IUnitEngines? Engines { get; init; }

    /// <summary>The location whose service slows the run down more than the hub does; null where none does.</summary>
    private DataLocation? _slowest;

    /// <summary>As <see cref="MakeAsync"/>, and gives the plan.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (await MakeAsync(cancellationToken) is { } plan)
            await events.OutputAsync(plan, cancellationToken);
    }

    /// <summary>Makes the plan and saves it where the options say so; null when no device was named.</summary>
    public async Task<ErasurePlan?> MakeAsync(CancellationToken cancellationToken)
    {
        if (options.Path is not null)
            PlanFile.RequireFree(options.Path);
        ErasurePlan plan = await PlanAsync(cancellationToken);
        if (plan.Steps.Count == 0)
            return null;
        string pace =
            plan.HubTime is not { TotalMinutes: >= 1 } ? $"The hub's pace does not slow the run down: {connection.Hub.Throttle.Pace}."
            : _slowest is { } slowest
                ? $"The run takes at least {TableText.Duration(plan.HubTime)} at the pace of {slowest}, at the share of the connection."
            : $"The run takes at least {TableText.Duration(plan.HubTime)} at the hub's pace: {connection.Hub.Throttle.Pace}.";
        await events.EmitAsync(new NoticeEvent(NoticeLevel.Verbose, pace), cancellationToken);
        if (options.Path is { } path)
            plan = await PlanFile.SaveAsync(plan, path, cancellationToken);
        return plan;
    }

    public async Task<ErasurePlan> PlanAsync(CancellationToken cancellationToken)
    {
        var findings = new ConcurrentBag<DeviceDataFinding>();
        HubLocations locations = await new Footprint(connection, options, options.Erasure, events)
        {
            NoIndex = options.NoIndex,
            Engines = Engines,
        }.RunAsync(
            (finding, _) =>
            {
                findings.Add(finding);
                return ValueTask.CompletedTask;
            },
            cancellationToken
        );

        var plan = new ErasurePlan
        {
            HubHostName = connection.Context.HubHostName,
            HubResourceId = connection.Context.ResourceId,
            Erasure = options.Erasure with { DeleteEmptied = options.Erasure.DeleteEmptied ?? false },
            LateRecords = PlanReach.LateRecords,
            Salt = PlanSalt.Make(),
            CreatedAt = time.GetUtcNow(),
            Steps = findings
                .Select(finding => new ErasureStep(finding, ActionFor(finding, options.Erasure)))
                .OrderBy(step => step.DeviceId, StringComparer.Ordinal)
                .ThenBy(step => locations.StageOf(step.Location))
                .ThenBy(step => step.Location.Id, StringComparer.Ordinal)
                .ToList(),
        };
        plan = PlanDocument.Shape(plan);
        EvidenceLimits.Require(plan);
        return PlanDocument.Seal(plan) with { HubTime = TimeOf(plan, locations) };
    }

    /// <summary>What the pace of the hub, and of other services that have one, makes a run take at least; they are worked on at once.</summary>
    private TimeSpan TimeOf(ErasurePlan plan, HubLocations locations)
    {
        TimeSpan longest = HubTimeOf(plan);
        foreach (IGrouping<string, ErasureStep> place in plan.Steps.GroupBy(static step => step.Location.Id, StringComparer.Ordinal))
        {
            DataLocation location = place.First().Location;
            if (locations.SinkOf(location)?.Pace is not { } paced)
                continue;
            TimeSpan time = paced.TimeFor(location, [.. place.Select(static step => step.Finding)], options.Path is null ? 1 : 2);
            if (time > longest)
                (longest, _slowest) = (time, location);
        }

        return longest;
    }

    /// <summary>
    /// What the hub's pace makes a run take at least: the devices are deleted and their queues purged, each after a look, and looked up
    /// again in the end; those of a plan in a file are looked up before as well.
    /// </summary>
    private TimeSpan HubTimeOf(ErasurePlan plan)
    {
        const int lookUps = 2;
        const int confirmations = 3;
        long queues = plan.Steps.Count(step =>
            step.Action == ErasureAction.Erase && SinkCatalogue.Has(step.Location.Kind, PlaceTraits.WaitsForDevice)
        );
        long deletions = plan.Steps.Count(step =>
            step.Action == ErasureAction.Erase && SinkCatalogue.Has(step.Location.Kind, PlaceTraits.HoldsIdentity)
        );
        long registry = deletions + queues + ((lookUps + (options.Path is null ? 0 : confirmations)) * plan.Devices);
        HubThrottle pace = connection.Hub.Throttle;
        TimeSpan forRegistry = pace.TimeFor(HubOperationClass.Registry, registry);
        TimeSpan forQueues = pace.TimeFor(HubOperationClass.CloudToDevice, queues);
        return forRegistry > forQueues ? forRegistry : forQueues;
    }

    private static ErasureAction ActionFor(DeviceDataFinding finding, ErasureOptions erasure)
    {
        bool can =
            finding.Location.Capabilities.HasFlag(LocationCapabilities.Erase) && finding.Verdict is not (Verdict.Held or Verdict.Expiring);

        // What a look does not show, settling messages finds.
        bool isUnseen = erasure.SettleMessages && finding.MayHoldMore;
        return can && (erasure.Expected(finding) > 0 || isUnseen) ? ErasureAction.Erase : ErasureAction.None;
    }
}
