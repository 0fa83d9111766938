using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Sandbox.Storage;

/// <summary>All storage accounts of one simulated world, in memory.</summary>
internal sealed class BlobStore(TimeProvider time)
{
    /// <summary>The service's own limit on the items in one page of a listing.</summary>
    public const int ServicePageSize = 5000;

    private readonly ConcurrentDictionary<string, BlobAccount> _accounts = new(StringComparer.OrdinalIgnoreCase);
    private readonly StampClock _clock = new(time);
    private int _pageSizeCap = ServicePageSize;

    /// <summary>Pages never hold more items than this: the service may always return fewer than were asked for.</summary>
    public int PageSizeCap
    {
        get => _pageSizeCap;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ServicePageSize);
            _pageSizeCap = value;
        }
    }

    /// <summary>Rules of object replication.</summary>
    public ConcurrentBag<BlobReplication> Replications { get; } = [];

    /// <summary>The options apply when the account is new; an existing account keeps its own.</summary>
    public BlobAccount GetOrAddAccount(string name, BlobAccountOptions? options = null) =>
        _accounts.GetOrAdd(name, key => new BlobAccount(key, options ?? new BlobAccountOptions(), _clock));

    public bool TryGetAccount(string name, [NotNullWhen(true)] out BlobAccount? account) => _accounts.TryGetValue(name, out account);
}
