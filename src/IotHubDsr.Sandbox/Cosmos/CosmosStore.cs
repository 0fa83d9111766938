using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace IotHubDsr.Sandbox.Cosmos;

/// <summary>All Cosmos DB accounts of one simulated world, in memory.</summary>
internal sealed class CosmosStore(TimeProvider time)
{
    /// <summary>How many items a page has when the client names no number.</summary>
    public const int ServicePageSize = 1000;

    private readonly ConcurrentDictionary<string, CosmosAccount> _accounts = new(StringComparer.OrdinalIgnoreCase);
    private int _pageSizeCap = int.MaxValue;

    /// <summary>Pages never hold more items than this: the service may always return fewer than were asked for.</summary>
    public int PageSizeCap
    {
        get => _pageSizeCap;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _pageSizeCap = value;
        }
    }

    public IEnumerable<CosmosAccount> Accounts => _accounts.Values.OrderBy(account => account.Name, StringComparer.Ordinal);

    public CosmosAccount GetOrAddAccount(string name) => _accounts.GetOrAdd(name, key => new CosmosAccount(key.ToLowerInvariant(), time));

    public bool TryGetAccount(string name, [NotNullWhen(true)] out CosmosAccount? account) => _accounts.TryGetValue(name, out account);
}
