using System.Collections.Concurrent;
using IotHubDsr.Engine;
using IotHubDsr.Stores;

namespace IotHubDsr.Requests;

/// <summary>Runs the approved steps of a plan stage by stage, reads every location again, and gives a receipt for every step.</summary>
internal sealed class Erasing(HubConnection connection, ErasureRequest request, OperationEvents events, TimeProvider time)
{
    private readonly ConcurrentDictionary<ErasureStep, ErasureOutcome> _outcomes = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _deletedAt = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        HubLocations locations = await connection.ReadLocationsAsync(cancellationToken).ConfigureAwait(false);
        var options = new StoreOptions(request.ThrottleLimit)
        {
            IncludeRelayed = request.Plan.IncludeRelayed,
            IncludeOldVersions = request.Plan.IncludeOldVersions,
        };
        var reading = new LocationReading(locations, options, events);

        ILookup<ErasureStage, ErasureStep> stages = request.Approved.ToLookup(step => StoreOf(locations, step).StageOf(step.Location.Kind));
        foreach (IGrouping<ErasureStage, ErasureStep> stage in stages.OrderBy(stage => stage.Key))
        {
            foreach (IGrouping<string, ErasureStep> location in stage.GroupBy(step => step.Location.Id, StringComparer.Ordinal))
                await EraseAsync(StoreOf(locations, location.First()), reading, stage.Key, [.. location], cancellationToken).ConfigureAwait(false);
        }

        Dictionary<ErasureStep, DeviceDataFinding> after = await VerifyAsync(reading, cancellationToken).ConfigureAwait(false);
        foreach (ErasureStep step in request.Plan.Steps)
            await events.OutputAsync(ReceiptFor(step, after.GetValueOrDefault(step)), cancellationToken).ConfigureAwait(false);
    }

    private static IDataStore StoreOf(HubLocations locations, ErasureStep step) =>
        locations.StoreOf(step.Location) ?? throw FaultCatalogue.LocationMissing.Exception(step.Location.ToString(), "no store serves it");

    private async Task EraseAsync(
        IDataStore store, LocationReading reading, ErasureStage stage, IReadOnlyList<ErasureStep> steps, CancellationToken cancellationToken)
    {
        DataLocation location = steps[0].Location;
        StoreCall call = reading.CallFor(location);
        try
        {
            IReadOnlyList<ErasureOutcome> outcomes = await store.EraseAsync(call, steps.Select(step => step.Finding).ToList(), cancellationToken)
                .ConfigureAwait(false);
            Dictionary<string, ErasureOutcome> byDevice = outcomes.ToDictionary(outcome => outcome.DeviceId, StringComparer.Ordinal);
            foreach (ErasureStep step in steps)
                _outcomes[step] = byDevice[step.DeviceId];
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = LocationReading.FaultOf(exception, location);
            await events.EmitAsync(new FaultEvent(fault), cancellationToken).ConfigureAwait(false);
            foreach (ErasureStep step in steps)
                _outcomes[step] = new ErasureOutcome(step.DeviceId, 0, 0) { Fault = fault, Detail = fault.Message };
        }

        if (stage == ErasureStage.Identity)
        {
            foreach (ErasureStep step in steps.Where(step => _outcomes[step].RecordsErased > 0))
                _deletedAt[step.DeviceId] = time.GetUtcNow();
        }
    }

    private async Task<Dictionary<ErasureStep, DeviceDataFinding>> VerifyAsync(LocationReading reading, CancellationToken cancellationToken)
    {
        var after = new Dictionary<ErasureStep, DeviceDataFinding>(ReferenceEqualityComparer.Instance);
        foreach (IGrouping<string, ErasureStep> location in _outcomes.Keys.GroupBy(step => step.Location.Id, StringComparer.Ordinal))
        {
            IReadOnlyList<DeviceDataFinding> findings = await reading.FindAsync(
                location.First().Location, location.Select(step => step.DeviceId).ToList(), cancellationToken).ConfigureAwait(false);
            Dictionary<string, DeviceDataFinding> byDevice = findings.ToDictionary(finding => finding.DeviceId, StringComparer.Ordinal);
            foreach (ErasureStep step in location)
                after[step] = byDevice[step.DeviceId];
        }

        return after;
    }

    private ErasureReceipt ReceiptFor(ErasureStep step, DeviceDataFinding? after)
    {
        ErasureOutcome? outcome = _outcomes.GetValueOrDefault(step);
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
}
