using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Sandbox.Storage.Queues;

/// <summary>The queues of a storage account.</summary>
internal sealed class QueueCollection(StampClock clock)
{
    private readonly ConcurrentDictionary<string, StorageQueue> _queues = new(StringComparer.Ordinal);

    /// <summary>In the order in which the service lists them.</summary>
    public IEnumerable<StorageQueue> All => _queues.Values.OrderBy(queue => queue.Name, StringComparer.Ordinal);

    public StorageQueue GetOrAdd(string name) =>
        _queues.GetOrAdd(name, key => new StorageQueue(key, new Dictionary<string, string>(), clock));

    public bool TryGet(string name, [NotNullWhen(true)] out StorageQueue? queue) => _queues.TryGetValue(name, out queue);

    public bool TryAdd(string name, IReadOnlyDictionary<string, string> metadata) =>
        _queues.TryAdd(name, new StorageQueue(name, metadata, clock));

    public bool TryRemove(string name) => _queues.TryRemove(name, out _);
}
