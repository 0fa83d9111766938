using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>The Log Analytics workspaces among the places that were found.</summary>
internal static class WorkspacePlaces
{
    public static IEnumerable<ArmId> Of(IEnumerable<LocationDraft> found) =>
        found
            .Select(static location => ArmId.TryParse(location.ResourceId, out ArmId? id) ? id : null)
            .OfType<ArmId>()
            .Where(static id => id.IsOf("Microsoft.OperationalInsights", "workspaces"))
            .DistinctBy(static id => id.ToString(), StringComparer.OrdinalIgnoreCase);
}
