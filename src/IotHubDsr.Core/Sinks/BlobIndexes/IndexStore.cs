using System.Buffers;
using System.Runtime.CompilerServices;

namespace IotHubDsr.Core.Sinks.BlobIndexes;

/// <summary>The files of an index: its key, and packs whose names begin with the name that their place has under the key.</summary>
internal sealed class IndexStore(IIndexFiles files)
{
    private const string KeyName = "key";
    private const string PackEnding = ".pack";

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    public string Place => files.Place;

    /// <summary>The key; null where there is no index.</summary>
    /// <exception cref="InvalidDataException">The file of the key is damaged.</exception>
    public async Task<IndexKey?> ReadKeyAsync(CancellationToken cancellationToken) =>
        await files.ReadAsync(KeyName, cancellationToken) is { } file
            ? IndexKey.Parse(file) ?? throw new InvalidDataException($"The key of the device index in {Place} is damaged.")
            : null;

    /// <summary>The key, which is made where there is none.</summary>
    public async Task<IndexKey> MakeKeyAsync(CancellationToken cancellationToken)
    {
        if (await ReadKeyAsync(cancellationToken) is { } key)
            return key;
        try
        {
            await files.SaveAsync(KeyName, IndexKey.Make().ToFile(), cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Another process may have made one at the same time.
            if (await ReadKeyAsync(cancellationToken) is null)
                throw;
        }

        return (await ReadKeyAsync(cancellationToken))!;
    }

    /// <summary>Destroys the key first: without it no entry tells anything. Returns whether there was anything.</summary>
    public async Task<bool> RemoveAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = await files.ListAsync(cancellationToken);
        foreach (string name in names.OrderByDescending(static name => name == KeyName))
            await files.DeleteAsync(name, cancellationToken);
        return names.Count > 0;
    }

    /// <summary>The packs of a place, or of all places.</summary>
    public async IAsyncEnumerable<StoredPack> PacksAsync(
        IndexKey key,
        byte[] place,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        string start = Convert.ToHexString(place).ToLowerInvariant();
        foreach (string name in (await files.ListAsync(cancellationToken)).Order(StringComparer.Ordinal))
        {
            if (!IsPack(name) || !name.StartsWith(start, StringComparison.Ordinal))
                continue;
            if (await ReadAsync(name, key, place, cancellationToken) is { } pack)
                yield return pack;
        }
    }

    /// <summary>The names of all packs, of whatever place.</summary>
    public async Task<IReadOnlyList<string>> PackNamesAsync(CancellationToken cancellationToken) =>
        [.. (await files.ListAsync(cancellationToken)).Where(IsPack).Order(StringComparer.Ordinal)];

    /// <summary>A pack of whatever place; null if it is gone, or none.</summary>
    public Task<StoredPack?> ReadAsync(string name, IndexKey key, CancellationToken cancellationToken) =>
        ReadAsync(name, key, PlaceIn(name), cancellationToken);

    public async Task<StoredPack?> ReadAsync(string name, IndexKey key, byte[] place, CancellationToken cancellationToken) =>
        await files.ReadAsync(name, cancellationToken) is { } file && IndexPack.TryRead(file, key, place) is { } pack
            ? new StoredPack(name, file.Length, pack)
            : null;

    public async Task SaveAsync(IndexKey key, byte[] place, IndexPack.Writer writer, CancellationToken cancellationToken)
    {
        string name = $"{Convert.ToHexString(place).ToLowerInvariant()}-{Guid.NewGuid():N}{PackEnding}";
        await files.SaveAsync(name, writer.ToFile(), cancellationToken);

        // An index that was removed meanwhile must not have entries again.
        if ((await ReadKeyAsync(cancellationToken))?.Mark.AsSpan().SequenceEqual(key.Mark) != true)
            await files.DeleteAsync(name, cancellationToken);
    }

    /// <summary>Saves what stays of a pack, and deletes it.</summary>
    public async Task ReplaceAsync(StoredPack stored, IndexKey key, Func<IndexEntry, bool> stays, CancellationToken cancellationToken)
    {
        byte[] place = PlaceIn(stored.Name);
        var writer = new IndexPack.Writer(key, place, stored.Pack.ReadAt);
        foreach (IndexEntry entry in stored.Pack.Entries.Where(stays))
            writer.Add(entry);
        if (writer.Count > 0)
            await SaveAsync(key, place, writer, cancellationToken);
        await files.DeleteAsync(stored.Name, cancellationToken);
    }

    public Task DeleteAsync(string name, CancellationToken cancellationToken) => files.DeleteAsync(name, cancellationToken);

    /// <summary>The name that the place of a pack has under the key.</summary>
    public static byte[] PlaceIn(string packName) => Convert.FromHexString(packName.AsSpan(0, IndexKey.TagLength * 2));

    private static bool IsPack(string name) =>
        name.Length > IndexKey.TagLength * 2
        && name.EndsWith(PackEnding, StringComparison.Ordinal)
        && name.AsSpan(0, IndexKey.TagLength * 2).IndexOfAnyExcept(Hex) < 0;
}

/// <summary>A pack in the store.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Pack">What is in it.</param>
internal sealed record StoredPack(string Name, int Length, IndexPack Pack);
