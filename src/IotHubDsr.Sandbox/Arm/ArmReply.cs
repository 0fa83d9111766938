using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>An answer that is more than a document: with its status and its headers.</summary>
internal sealed record ArmReply(int Status, JsonNode? Body)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

/// <summary>A resource provider that does something when it is asked to.</summary>
internal interface IArmActions : IArmProvider
{
    /// <summary>Null for what is no action of this provider.</summary>
    ArmReply? Run(string method, ArmPath path, string apiVersion, JsonNode? body);
}
