using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Sandbox.Storage;

/// <summary>One storage account: its options and its containers.</summary>
internal sealed class BlobAccount(string name, BlobAccountOptions options, StampClock clock)
{
    private readonly ConcurrentDictionary<string, BlobContainer> _containers = new(StringComparer.Ordinal);

    public string Name => name;

    public BlobAccountOptions Options { get; set; } = options;

    public StampClock Clock => clock;

    /// <summary>The containers in the order in which the service lists them.</summary>
    public IEnumerable<BlobContainer> Containers => _containers.Values.OrderBy(container => container.Name, StringComparer.Ordinal);

    public BlobContainer GetOrAddContainer(string name) => _containers.GetOrAdd(name, key => new BlobContainer(this, key));

    public bool TryGetContainer(string name, [NotNullWhen(true)] out BlobContainer? container) =>
        _containers.TryGetValue(name, out container);

    public bool TryAddContainer(BlobContainer container) => _containers.TryAdd(container.Name, container);

    public bool TryRemoveContainer(BlobContainer container) =>
        _containers.TryRemove(new KeyValuePair<string, BlobContainer>(container.Name, container));
}
