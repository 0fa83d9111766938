using System.Globalization;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Tells of devices that are in the registry again after this request deleted them: their new generation, and how they came. Services that
/// create devices are read before the registry is.
/// </summary>
internal sealed class ReturnedDevices(IEnumerable<RequestStep> steps, RequestState state)
{
    private readonly ILookup<string, RequestStep> _services = steps
        .Where(step => SinkCatalogue.Has(step.Location.Kind, PlaceTraits.CreatesDevices))
        .ToLookup(step => step.DeviceId, StringComparer.Ordinal);

    /// <summary>What is said beside the verdict on a device in the registry; null if it has not come back.</summary>
    public string? Tell(RequestStep step)
    {
        if (
            !SinkCatalogue.Has(step.Location.Kind, PlaceTraits.HoldsIdentity)
            || step.After is not { GenerationId: { } generation, Verdict: not Verdict.Absent }
            || generation == step.Planned.Finding.GenerationId
            || state.DeletedAt(step.Subject) is not { } deletedAt
        )
        {
            return null;
        }

        IEnumerable<(DataLocation Location, DateTimeOffset At)> ways =
            from service in _services[step.DeviceId]
            where service.After is { } after && after.Items.Any(item => item.LastTime >= deletedAt)
            select (service.Location, service.After!.Items.Max(item => item.LastTime)!.Value);
        return ways.OrderByDescending(static way => way.At).ToList() is [var way, ..]
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The device came back as generation {generation}: it registered through {way.Location} at {way.At:u}."
            )
            : $"The device came back as generation {generation}; no provisioning service that was read shows how.";
    }
}
