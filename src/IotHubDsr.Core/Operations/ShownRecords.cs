using System.Collections.Concurrent;
using IotHubDsr.Core.Evidence.Requests;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Where plans of a request showed something of a device. It existed, whoever deletes it before a run comes to it: copies can be kept of it as
/// of what the run itself deletes.
/// </summary>
internal sealed class ShownRecords(OpenRequest open, IReadOnlyList<ErasurePlan> plans, TimeProvider time)
{
    // There can be hundreds of thousands of steps, and few locations are asked about.
    private readonly ConcurrentDictionary<string, HashSet<string>> _devices = new(StringComparer.Ordinal);

    /// <summary>By when what was shown was gone, if it is: when it was first found so, or now. Null where nothing was shown.</summary>
    public DateTimeOffset? GoneBy(string locationId, string deviceId) =>
        _devices.GetOrAdd(locationId, DevicesIn).Contains(deviceId)
            ? open.State.Of(locationId).Of(open.Key.Subject(deviceId)).EmptyAt ?? time.GetUtcNow()
            : null;

    private HashSet<string> DevicesIn(string locationId) =>
        plans
            .SelectMany(static plan => plan.Steps)
            .Where(step => step.Location.Id == locationId && step.Finding.RecordCount > 0)
            .Select(static step => step.DeviceId)
            .ToHashSet(StringComparer.Ordinal);
}
