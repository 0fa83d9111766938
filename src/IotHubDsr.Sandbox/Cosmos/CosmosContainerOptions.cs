using IotHubDsr.Sandbox.Cosmos.Documents;

namespace IotHubDsr.Sandbox.Cosmos;

/// <summary>What a container is made with. The times can change later; the keys and the ranges cannot.</summary>
internal sealed record CosmosContainerOptions(PartitionKeyDefinition PartitionKey)
{
    /// <summary>Seconds that a document lives unless it says otherwise; -1: for ever unless it says otherwise; null: for ever.</summary>
    public int? DefaultTimeToLive { get; init; }

    /// <summary>Seconds that the analytical store keeps a document; -1 for ever; null without such a store.</summary>
    public int? AnalyticalTimeToLive { get; init; }

    /// <summary>Sets of paths whose values are together unique within a logical partition.</summary>
    public IReadOnlyList<IReadOnlyList<string>> UniqueKeys { get; init; } = [];

    /// <summary>When the index follows: containers of before June 2020 can have <c>lazy</c>.</summary>
    public string IndexingMode { get; init; } = "consistent";

    /// <summary>The number of physical partitions.</summary>
    public int RangeCount { get; init; } = 1;
}
