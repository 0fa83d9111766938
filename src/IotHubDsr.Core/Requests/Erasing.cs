using IotHubDsr.Engine;
using IotHubDsr.Stores;

namespace IotHubDsr.Requests;

/// <summary>Runs the approved steps of a plan stage by stage, reads every location again, and gives a receipt for every step.</summary>
internal sealed class Erasing(HubConnection connection, ErasureRequest request, OperationEvents events, TimeProvider time)
{
    private readonly Dictionary<StepKey, ErasureOutcome> _outcomes = [];
    private readonly Dictionary<string, DateTimeOffset> _deletedAt = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        HubLocations locations = await connection.ReadLocationsAsync(cancellationToken).ConfigureAwait(false);
        var options = new StoreOptions(request.ThrottleLimit)
        {
            IncludeRelayed = request.Plan.IncludeRelayed,
            IncludeOldVersions = request.Plan.IncludeOldVersions,
        };
        var reading = new LocationReading(locations, options, events);

        List<ErasureStep> steps = request.Approved.Where(step => step.Action == ErasureAction.Erase).DistinctBy(KeyOf).ToList();
        foreach (IGrouping<ErasureStage, ErasureStep> stage in steps.GroupBy(step => locations.StageOf(step.Location)).OrderBy(stage => stage.Key))
        {
            foreach (IGrouping<string, ErasureStep> location in stage.GroupBy(step => step.Location.Id, StringComparer.Ordinal))
                await EraseAsync(locations.StoreOf(location.First().Location), reading, stage.Key, [.. location], cancellationToken).ConfigureAwait(false);
        }

        Dictionary<StepKey, DeviceDataFinding> after = await VerifyAsync(reading, steps, cancellationToken).ConfigureAwait(false);
        foreach (ErasureStep step in request.Plan.Steps)
            await events.OutputAsync(ReceiptFor(step, after.GetValueOrDefault(KeyOf(step))), cancellationToken).ConfigureAwait(false);
    }

    private static StepKey KeyOf(ErasureStep step) => new(step.DeviceId, step.Location.Id);

    private async Task EraseAsync(
        IDataStore? store, LocationReading reading, ErasureStage stage, IReadOnlyList<ErasureStep> steps, CancellationToken cancellationToken)
    {
        DataLocation location = steps[0].Location;
        StoreCall call = reading.CallFor(location);
        try
        {
            if (store is null)
                throw FaultCatalogue.LocationMissing.Exception(location.ToString(), "no store serves it");
            IReadOnlyList<ErasureOutcome> outcomes = await store.EraseAsync(call, steps.Select(step => step.Finding).ToList(), cancellationToken)
                .ConfigureAwait(false);
            Dictionary<string, ErasureOutcome> byDevice = outcomes.ToDictionary(outcome => outcome.DeviceId, StringComparer.Ordinal);
            foreach (ErasureStep step in steps)
                _outcomes[KeyOf(step)] = byDevice[step.DeviceId];
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = LocationReading.FaultOf(exception, location);
            await events.EmitAsync(new FaultEvent(fault), cancellationToken).ConfigureAwait(false);
            foreach (ErasureStep step in steps)
                _outcomes[KeyOf(step)] = new ErasureOutcome(step.DeviceId, 0, 0) { Fault = fault, Detail = fault.Message };
        }

        if (stage == ErasureStage.Identity)
        {
            foreach (ErasureStep step in steps.Where(step => _outcomes[KeyOf(step)].RecordsErased > 0))
                _deletedAt[step.DeviceId] = time.GetUtcNow();
        }
    }

    private static async Task<Dictionary<StepKey, DeviceDataFinding>> VerifyAsync(
        LocationReading reading, List<ErasureStep> steps, CancellationToken cancellationToken)
    {
        var after = new Dictionary<StepKey, DeviceDataFinding>();
        foreach (IGrouping<string, ErasureStep> location in steps.GroupBy(step => step.Location.Id, StringComparer.Ordinal))
        {
            IReadOnlyList<DeviceDataFinding> findings = await reading.FindAsync(
                location.First().Location, location.Select(step => step.DeviceId).ToList(), cancellationToken).ConfigureAwait(false);
            foreach (DeviceDataFinding finding in findings)
                after[new StepKey(finding.DeviceId, location.Key)] = finding;
        }

        return after;
    }

    private ErasureReceipt ReceiptFor(ErasureStep step, DeviceDataFinding? after)
    {
        ErasureOutcome? outcome = _outcomes.GetValueOrDefault(KeyOf(step));
        Settlement settlement = Settlement.For(step, outcome, after, _deletedAt.TryGetValue(step.DeviceId, out DateTimeOffset at) ? at : null);
        return new ErasureReceipt
        {
            DeviceId = step.DeviceId,
            Location = step.Location,
            Verdict = settlement.Verdict,
            RecordsPlanned = step.Action == ErasureAction.Erase ? step.Finding.Records : 0,
            RecordsErased = outcome?.RecordsErased ?? 0,
            RecordsRemaining = (after ?? step.Finding).Records,
            ItemsChanged = outcome?.ItemsChanged ?? 0,
            Until = settlement.Until,
            Detail = settlement.Detail,
            CompletedAt = time.GetUtcNow(),
        };
    }

    /// <summary>A step by what it says and not by what object it is: plans and approvals may have been saved and read again.</summary>
    private readonly record struct StepKey(string DeviceId, string LocationId);
}
