using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>A resource provider whose resources come and go: what it has is asked each time.</summary>
internal interface IArmProvider
{
    /// <summary>A path of each type of resource that it simulates, with the method; names in it do not matter.</summary>
    IReadOnlyList<(string Method, string Path)> Types { get; }

    JsonNode? Find(string method, ArmPath path, string apiVersion);

    /// <summary>The resources of a collection with the size of its pages; null for what is not a collection of this provider.</summary>
    (IReadOnlyList<JsonNode> Items, int PageSize)? List(ArmPath path, string apiVersion);
}
