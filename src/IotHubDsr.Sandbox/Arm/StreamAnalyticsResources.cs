using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>Microsoft.StreamAnalytics: jobs, with their inputs and outputs, as they were put there. None runs.</summary>
internal sealed class StreamAnalyticsResources(WorldNames names, IReadOnlyList<JsonObject> jobs) : IArmProvider
{
    private const string JobType = "Microsoft.StreamAnalytics/streamingjobs";

    public IReadOnlyList<(string Method, string Path)> Types => [("GET", names.Resource(WorldNames.DataGroup, JobType, "any"))];

    public JsonNode? Find(string method, ArmPath path, string apiVersion) =>
        method == "GET" ? jobs.FirstOrDefault(job => Same(job["id"]!.ToString(), path.Text))?.DeepClone() : null;

    public (IReadOnlyList<JsonNode> Items, int PageSize)? List(ArmPath path, string apiVersion)
    {
        string[] scopes = [names.Subscription, $"{names.Subscription}/resourceGroups/{WorldNames.DataGroup}"];
        return scopes.Any(scope => Same(path.Text, $"{scope}/providers/{JobType}")) ? ([.. jobs], int.MaxValue) : null;
    }

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
