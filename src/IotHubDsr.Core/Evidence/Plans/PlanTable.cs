using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>
/// A plan as devices and locations, with one step for each of both. A plan of many devices is written so: each location stands in it once.
/// </summary>
/// <param name="Plan">The plan.</param>
/// <param name="Devices">The devices, in their order.</param>
/// <param name="Locations">The locations, in the order in which they are worked on.</param>
internal sealed record PlanTable(ErasurePlan Plan, IReadOnlyList<string> Devices, IReadOnlyList<DataLocation> Locations)
{
    public ErasureStep At(int device, int location) => Plan.Steps[(device * Locations.Count) + location];

    /// <summary>Null if the plan does not have exactly one step for each device and location, in their order.</summary>
    public static PlanTable? Of(ErasurePlan plan)
    {
        List<DataLocation> locations =
        [
            .. plan.Steps.TakeWhile(step => step.DeviceId == plan.Steps[0].DeviceId).Select(step => step.Location),
        ];
        if (locations.Count == 0 || plan.Steps.Count % locations.Count != 0)
            return null;
        List<string> devices = [];
        var same = new Dictionary<DataLocation, string>(ReferenceEqualityComparer.Instance);
        for (int index = 0; index < plan.Steps.Count; index++)
        {
            ErasureStep step = plan.Steps[index];
            DataLocation location = locations[index % locations.Count];
            if (index % locations.Count == 0)
                devices.Add(step.DeviceId);
            bool isThere =
                step.DeviceId == devices[^1]
                && (ReferenceEquals(step.Location, location) || FormOf(step.Location, same) == FormOf(location, same));
            if (!isThere)
                return null;
        }

        bool isEachOnce =
            devices.Distinct(StringComparer.Ordinal).Count() == devices.Count
            && locations.DistinctBy(location => location.Id, StringComparer.Ordinal).Count() == locations.Count;
        return isEachOnce ? new PlanTable(plan, devices, locations) : null;
    }

    private static string FormOf(DataLocation location, Dictionary<DataLocation, string> known)
    {
        if (!known.TryGetValue(location, out string? form))
            known[location] = form = CanonicalWriter.Digest(writer => PlanWriter.Write(location, writer));
        return form;
    }
}
