using System.Buffers;
using System.Runtime.CompilerServices;
using IotHubDsr.Core.Azure.Blobs;

namespace IotHubDsr.Core.Sinks.BlobIndexes;

/// <summary>The files of an index: its key, and packs whose names begin with the name that their place has under the key.</summary>
internal sealed class IndexStore(IIndexFiles files)
{
    private const string KeyName = "key";
    private const string PackEnding = ".pack";
    private const string DropStart = "drop-";

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

    /// <summary>What there is now.</summary>
    public async Task<IndexNames> NamesAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = await files.ListAsync(cancellationToken);
        return new IndexNames(
            [.. names.Where(IsPack).Order(StringComparer.Ordinal)],
            names.Where(static name => name.StartsWith(DropStart, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal)
        );
    }

    /// <summary>The packs of a place.</summary>
    public async IAsyncEnumerable<StoredPack> PacksAsync(
        IndexNames names,
        IndexKey key,
        byte[] place,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        string start = Convert.ToHexString(place).ToLowerInvariant();
        foreach (string name in names.Packs.Where(name => name.StartsWith(start, StringComparison.Ordinal)))
        {
            if (await ReadAsync(name, key, place, cancellationToken) is { } pack)
                yield return pack;
        }
    }

    /// <summary>
    /// Notes that entries go now. Whoever has read packs or blobs before, and saves a pack after, must not bring back what went: to them
    /// any other note than those that they know will do.
    /// </summary>
    public async Task NoteDropAsync(CancellationToken cancellationToken)
    {
        IndexNames before = await NamesAsync(cancellationToken);
        await files.SaveAsync($"{DropStart}{Guid.NewGuid():N}", new byte[1], cancellationToken);
        foreach (string note in before.Drops)
            await files.DeleteAsync(note, cancellationToken);
    }

    /// <summary>What the service keeps of files that were deleted.</summary>
    public Task<KeptCopies> KeptCopiesAsync(CancellationToken cancellationToken) => files.KeptCopiesAsync(cancellationToken);

    /// <summary>A pack of whatever place; null if it is gone, or none.</summary>
    public Task<StoredPack?> ReadAsync(string name, IndexKey key, CancellationToken cancellationToken) =>
        ReadAsync(name, key, PlaceIn(name), cancellationToken);

    public async Task<StoredPack?> ReadAsync(string name, IndexKey key, byte[] place, CancellationToken cancellationToken) =>
        await files.ReadAsync(name, cancellationToken) is { } file && IndexPack.TryRead(file, key, place) is { } pack
            ? new StoredPack(name, file.Length, pack)
            : null;

    /// <param name="key">The key.</param>
    /// <param name="place">The name that the place of the pack has under it.</param>
    /// <param name="writer">The pack.</param>
    /// <param name="known">The notes of drops that there were before what is in it was read.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task SaveAsync(
        IndexKey key,
        byte[] place,
        IndexPack.Writer writer,
        IReadOnlySet<string> known,
        CancellationToken cancellationToken
    )
    {
        string name = $"{Convert.ToHexString(place).ToLowerInvariant()}-{Guid.NewGuid():N}{PackEnding}";
        await files.SaveAsync(name, writer.ToFile(), cancellationToken);

        // An index that was removed meanwhile must not have entries again, nor one those that were dropped.
        bool isCurrent =
            (await ReadKeyAsync(cancellationToken))?.Mark.AsSpan().SequenceEqual(key.Mark) == true
            && known.SetEquals((await NamesAsync(cancellationToken)).Drops);
        if (!isCurrent)
            await files.DeleteAsync(name, cancellationToken);
    }

    /// <summary>Saves what stays of a pack, and deletes it.</summary>
    public async Task ReplaceAsync(
        StoredPack stored,
        IndexKey key,
        Func<IndexEntry, bool> stays,
        IReadOnlySet<string> known,
        CancellationToken cancellationToken
    )
    {
        byte[] place = PlaceIn(stored.Name);
        var writer = new IndexPack.Writer(key, place, stored.Pack.ReadAt);
        foreach (IndexEntry entry in stored.Pack.Entries.Where(stays))
            writer.Add(entry);
        if (writer.Count > 0)
            await SaveAsync(key, place, writer, known, cancellationToken);
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

/// <summary>The files of an index.</summary>
/// <param name="Packs">Names of all packs, of whatever place.</param>
/// <param name="Drops">Notes of entries that were dropped.</param>
internal sealed record IndexNames(IReadOnlyList<string> Packs, IReadOnlySet<string> Drops);

/// <summary>A pack in the store.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Pack">What is in it.</param>
internal sealed record StoredPack(string Name, int Length, IndexPack Pack);
