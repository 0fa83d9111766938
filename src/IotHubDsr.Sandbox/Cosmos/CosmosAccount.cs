using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace IotHubDsr.Sandbox.Cosmos;

/// <summary>One Cosmos DB account: its options, its keys and its databases.</summary>
internal sealed class CosmosAccount(string name, TimeProvider time)
{
    private const int KeyLength = 64;

    private readonly ConcurrentDictionary<string, CosmosDatabase> _databases = new(StringComparer.Ordinal);
    private int _numbers;

    public string Name => name;

    public CosmosAccountOptions Options { get; set; } = new();

    /// <summary>The two keys that allow everything. They are secrets, and none of what a seed makes.</summary>
    public IReadOnlyList<byte[]> Keys { get; } = [RandomNumberGenerator.GetBytes(KeyLength), RandomNumberGenerator.GetBytes(KeyLength)];

    public IReadOnlyList<byte[]> ReadOnlyKeys { get; } =
    [RandomNumberGenerator.GetBytes(KeyLength), RandomNumberGenerator.GetBytes(KeyLength)];

    public IEnumerable<CosmosDatabase> Databases => _databases.Values.OrderBy(database => database.Name, StringComparer.Ordinal);

    public CosmosDatabase GetOrAddDatabase(string database) => _databases.GetOrAdd(database, Create);

    public bool TryAddDatabase(string database, [NotNullWhen(true)] out CosmosDatabase? added)
    {
        added = Create(database);
        return _databases.TryAdd(database, added);
    }

    /// <summary>By name or by resource ID, as every path may have it.</summary>
    public bool TryGetDatabase(string nameOrRid, [NotNullWhen(true)] out CosmosDatabase? database)
    {
        database = _databases.GetValueOrDefault(nameOrRid)
            ?? _databases.Values.FirstOrDefault(one => one.Rid.Equals(nameOrRid, StringComparison.Ordinal));
        return database is not null;
    }

    public bool TryRemoveDatabase(CosmosDatabase database) =>
        _databases.TryRemove(new KeyValuePair<string, CosmosDatabase>(database.Name, database));

    private CosmosDatabase Create(string database) => new(name, database, Interlocked.Increment(ref _numbers), time);
}
