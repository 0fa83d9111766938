using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>Microsoft.Insights: where the logs of resources other than the hub go, as they were put there.</summary>
internal sealed class AttachedSettings(string hubId, IReadOnlyDictionary<string, List<JsonObject>> settings) : IArmProvider
{
    private const string Below = "/providers/Microsoft.Insights/diagnosticSettings";

    public IReadOnlyList<(string Method, string Path)> Types => [("GET", $"{hubId}{Below}/any")];

    public JsonNode? Find(string method, ArmPath path, string apiVersion) => null;

    public (IReadOnlyList<JsonNode> Items, int PageSize)? List(ArmPath path, string apiVersion)
    {
        string text = path.Text;
        if (!text.EndsWith(Below, StringComparison.OrdinalIgnoreCase))
            return null;

        return settings.TryGetValue(text[..^Below.Length], out List<JsonObject>? own) ? ([.. own], int.MaxValue) : ([], int.MaxValue);
    }
}
