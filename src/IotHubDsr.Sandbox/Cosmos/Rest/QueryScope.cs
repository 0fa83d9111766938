using IotHubDsr.Sandbox.Cosmos.Documents;

namespace IotHubDsr.Sandbox.Cosmos.Rest;

/// <summary>
/// The part of a container that a query is asked of: a logical partition, a physical one, a stretch of keys, or all of it.
/// </summary>
internal sealed class QueryScope
{
    private readonly PartitionKeyValue? _key;
    private readonly string _min;
    private readonly string _max;

    private QueryScope(CosmosRequest request, CosmosContainer container)
    {
        _key = request.PartitionKey(container) is { Components.Count: > 0 } key ? key : null;
        _min = request.Header("x-ms-start-epk") ?? PartitionKeyRange.First;
        _max = request.Header("x-ms-end-epk") ?? PartitionKeyRange.Last;
        Range = request.Header("x-ms-documentdb-partitionkeyrangeid") is { } named ? IndexOf(container, named) : null;
    }

    /// <summary>The physical partition that is asked; null when the gateway asks all of them.</summary>
    public int? Range { get; }

    /// <summary>Whether the gateway itself has to put the answer together.</summary>
    public bool IsAcrossPartitions => _key is null && Range is null;

    public static QueryScope Of(CosmosRequest request, CosmosContainer container) => new(request, container);

    public bool Contains(StoredDocument document) =>
        (_key is null || _key.IsPrefixOf(document.Key))
        && string.CompareOrdinal(document.Place.EffectiveKey, _min) >= 0
        && string.CompareOrdinal(document.Place.EffectiveKey, _max) < 0;

    /// <summary>A range is named by its ID alone or behind that of its container.</summary>
    private static int IndexOf(CosmosContainer container, string named)
    {
        string id = named[(named.LastIndexOf(',') + 1)..];
        foreach ((int index, PartitionKeyRange range) in container.Ranges.Index())
        {
            if (range.Id == id)
                return index;
        }

        throw CosmosErrors.RangeGone;
    }
}
