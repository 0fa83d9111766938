namespace IotHubDsr.Core.Sinks.BlobIndexes;

/// <summary>Drops entries from packs. What stays of a pack is saved before the pack is deleted.</summary>
internal sealed class IndexTidying(IndexStore store, IndexKey key, byte[] place, IReadOnlySet<string> knownDrops)
{
    /// <summary>Smaller packs are put together, as each costs a request.</summary>
    private const int SmallLength = IndexPack.GoodLength / 4;

    /// <summary>Entries are put together if their readings are not further apart: they are all taken for as old as the oldest.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromDays(1);

    /// <param name="packs">The packs.</param>
    /// <param name="stays">Whether the entry of a content in the pack with a number stays.</param>
    /// <param name="cancellationToken">Ends it between two packs.</param>
    public async Task RunAsync(
        IReadOnlyList<(string Name, DateTimeOffset ReadAt, int Length)> packs,
        Func<UInt128, int, bool> stays,
        CancellationToken cancellationToken
    )
    {
        IndexPack.Writer? writer = null;
        var replaced = new List<string>();
        foreach (int number in Enumerable.Range(0, packs.Count).OrderBy(number => packs[number].ReadAt))
        {
            if (await store.ReadAsync(packs[number].Name, key, place, cancellationToken) is not { } stored)
                continue;
            List<IndexEntry> staying = [.. stored.Pack.Entries.Where(entry => stays(entry.Content, number))];
            if (staying.Count == stored.Pack.Entries.Count && stored.Length >= SmallLength)
                continue;
            if (writer is not null && (writer.IsFull || stored.Pack.ReadAt - writer.ReadAt > Apart))
                writer = await ReplaceAsync(writer, replaced, cancellationToken);
            writer ??= new IndexPack.Writer(key, place, stored.Pack.ReadAt);
            foreach (IndexEntry entry in staying)
                writer.Add(entry);
            replaced.Add(stored.Name);
        }

        if (writer is not null)
            await ReplaceAsync(writer, replaced, cancellationToken);
    }

    private async Task<IndexPack.Writer?> ReplaceAsync(IndexPack.Writer writer, List<string> replaced, CancellationToken cancellationToken)
    {
        if (writer.Count > 0)
            await store.SaveAsync(key, place, writer, knownDrops, cancellationToken);
        foreach (string name in replaced)
            await store.DeleteAsync(name, cancellationToken);
        replaced.Clear();
        return null;
    }
}
