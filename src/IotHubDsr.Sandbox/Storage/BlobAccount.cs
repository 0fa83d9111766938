using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Queues;

namespace IotHubDsr.Sandbox.Storage;

/// <summary>One storage account: its options and its containers.</summary>
internal sealed class BlobAccount(string name, BlobAccountOptions options, StampClock clock)
{
    private const int KeyLength = 64;

    private readonly ConcurrentDictionary<string, BlobContainer> _containers = new(StringComparer.Ordinal);
    private readonly List<DeletedContainer> _deleted = [];

    public string Name => name;

    public BlobAccountOptions Options { get; set; } = options;

    public StampClock Clock => clock;

    /// <summary>The two access keys. They are secrets, and none of what a seed makes.</summary>
    public IReadOnlyList<byte[]> Keys { get; } = [RandomNumberGenerator.GetBytes(KeyLength), RandomNumberGenerator.GetBytes(KeyLength)];

    /// <summary>The queues of the account.</summary>
    public QueueCollection Queues { get; } = new(clock);

    /// <summary>The containers in the order in which the service lists them.</summary>
    public IEnumerable<BlobContainer> Containers => _containers.Values.OrderBy(container => container.Name, StringComparer.Ordinal);

    public BlobContainer GetOrAddContainer(string name) => _containers.GetOrAdd(name, key => new BlobContainer(this, key));

    public bool TryGetContainer(string name, [NotNullWhen(true)] out BlobContainer? container) =>
        _containers.TryGetValue(name, out container);

    public bool TryAddContainer(BlobContainer container) => _containers.TryAdd(container.Name, container);

    /// <summary>The deleted containers that can still be restored, in the order in which the service lists them.</summary>
    public IReadOnlyList<DeletedContainer> DeletedContainers
    {
        get
        {
            lock (_deleted)
            {
                _deleted.RemoveAll(deleted => deleted.Deletion.Until <= clock.Now);
                return
                [
                    .. _deleted
                        .OrderBy(deleted => deleted.Container.Name, StringComparer.Ordinal)
                        .ThenBy(deleted => deleted.Version, StringComparer.Ordinal),
                ];
            }
        }
    }

    /// <summary>Deletes a container, which stays restorable for as long as the account's options say.</summary>
    public bool TryRemoveContainer(BlobContainer container)
    {
        if (!_containers.TryRemove(new KeyValuePair<string, BlobContainer>(container.Name, container)))
            return false;

        if (Options.ContainerSoftDeleteDays > 0)
        {
            DateTimeOffset now = clock.Now;
            lock (_deleted)
                _deleted.Add(new(container, clock.NextETag().Trim('"')[2..], new(now, now.AddDays(Options.ContainerSoftDeleteDays))));
        }

        return true;
    }
}

/// <summary>A container that was deleted and can be restored.</summary>
/// <param name="Container">The container, with its blobs.</param>
/// <param name="Version">Tells it from others that were deleted under the same name.</param>
/// <param name="Deletion">When it was deleted, and until when it stays.</param>
internal sealed record DeletedContainer(BlobContainer Container, string Version, Deletion Deletion);
