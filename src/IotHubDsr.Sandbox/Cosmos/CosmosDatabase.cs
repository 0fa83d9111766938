using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using IotHubDsr.Sandbox.Cosmos.Documents;

namespace IotHubDsr.Sandbox.Cosmos;

/// <summary>A database of an account, with its containers.</summary>
internal sealed class CosmosDatabase(string account, string name, int number, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, CosmosContainer> _containers = new(StringComparer.Ordinal);
    private int _numbers;

    public string Name => name;

    public string Rid { get; } = ResourceId.OfDatabase(account, number);

    public long Timestamp { get; } = time.GetUtcNow().ToUnixTimeSeconds();

    public IEnumerable<CosmosContainer> Containers => _containers.Values.OrderBy(container => container.Name, StringComparer.Ordinal);

    /// <summary>The options apply when the container is new; an existing container keeps its own.</summary>
    public CosmosContainer GetOrAddContainer(string container, CosmosContainerOptions options) =>
        _containers.GetOrAdd(container, key => Create(key, options));

    public bool TryAddContainer(string container, CosmosContainerOptions options, [NotNullWhen(true)] out CosmosContainer? added)
    {
        added = Create(container, options);
        return _containers.TryAdd(container, added);
    }

    /// <summary>By name or by resource ID, as every path may have it.</summary>
    public bool TryGetContainer(string nameOrRid, [NotNullWhen(true)] out CosmosContainer? container)
    {
        container = _containers.GetValueOrDefault(nameOrRid)
            ?? _containers.Values.FirstOrDefault(one => one.Rid.Equals(nameOrRid, StringComparison.Ordinal));
        return container is not null;
    }

    public bool TryRemoveContainer(CosmosContainer container) =>
        _containers.TryRemove(new KeyValuePair<string, CosmosContainer>(container.Name, container));

    private CosmosContainer Create(string container, CosmosContainerOptions options) =>
        new(this, container, ResourceId.OfContainer(Rid, Interlocked.Increment(ref _numbers)), options, time);
}
