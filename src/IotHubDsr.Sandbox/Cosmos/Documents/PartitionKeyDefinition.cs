using System.Text.Json;

namespace IotHubDsr.Sandbox.Cosmos.Documents;

/// <summary>Where a container's documents have their partition key.</summary>
internal sealed record PartitionKeyDefinition(IReadOnlyList<string> Paths, int Version = 2)
{
    private const int MostPaths = 3;

    /// <summary>The components of a hierarchical key are hashed one by one.</summary>
    public bool IsHierarchical { get; init; } = Paths.Count > 1;

    public string Kind => IsHierarchical ? "MultiHash" : "Hash";

    public bool IsValid =>
        Paths.Count is >= 1 and <= MostPaths
        && (Paths.Count == 1 || IsHierarchical)
        && Paths.All(path => path.Length > 1 && path[0] == '/')
        && Version is 1 or 2;

    public PartitionKeyValue ValueIn(JsonElement document) => new([.. Paths.Select(path => DocumentPath.Find(document, path))]);
}
