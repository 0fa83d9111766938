using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Sandbox.Storage.Operations;

/// <summary>One line of a listing: a revision of a blob, staged blocks without a blob, or (no entry) a common prefix.</summary>
internal sealed record ListedItem(PageStart Position, BlobEntry? Entry, BlobRevision? Revision, bool HasVersionsOnly = false);

/// <summary>What List Blobs lists, in its order: names ordinally, under a name the oldest first and the base blob last.</summary>
internal sealed class BlobListing(BlobContainer container, PageRequest page, HashSet<string> include)
{
    private const string BaseKey = "~";

    public IEnumerable<ListedItem> Items()
    {
        string prefix = page.Prefix;
        string first = page.Start is { } start && string.CompareOrdinal(start.Name, prefix) > 0 ? start.Name : prefix;
        string? lastCommonPrefix = null;
        foreach (
            BlobEntry? entry in container.Blobs.From(first).TakeWhile(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal))
        )
        {
            entry.CatchUp();
            if (CommonPrefix(entry) is { } common)
            {
                if (common != lastCommonPrefix && !IsBefore(new(common, "")) && Revisions(entry).Any())
                {
                    lastCommonPrefix = common;
                    yield return new(new(common, ""), null, null);
                }

                continue;
            }

            foreach (ListedItem? item in Revisions(entry).Where(item => !IsBefore(item.Position)))
                yield return item;
        }
    }

    private string? CommonPrefix(BlobEntry entry)
    {
        if (page.Delimiter is not { } delimiter)
            return null;

        int at = entry.Name.IndexOf(delimiter, page.Prefix.Length, StringComparison.Ordinal);
        if (at >= 0)
            return entry.Name[..(at + delimiter.Length)];

        // Walking down a hierarchical namespace shows a directory as the prefix it is.
        return delimiter == "/" && entry.Current is { IsDirectory: true } ? entry.Name + "/" : null;
    }

    private IEnumerable<ListedItem> Revisions(BlobEntry entry)
    {
        foreach (BlobRevision? old in entry.Old.Where(IsWanted))
            yield return new(new(entry.Name, old.SortKey), entry, old);

        if (entry.Current is { } current)
        {
            yield return new(new(entry.Name, BaseKey), entry, current);
            yield break;
        }

        if (include.Contains("deletedwithversions") && LastVersion(entry) is { } version)
            yield return new(new(entry.Name, BaseKey + "v"), entry, version, HasVersionsOnly: true);

        if (include.Contains("uncommittedblobs") && !entry.Staged.IsEmpty)
            yield return new(new(entry.Name, BaseKey + "w"), entry, null);
    }

    private bool IsWanted(BlobRevision old) =>
        (old.Snapshot is null || include.Contains("snapshots"))
        && (old.Snapshot is not null || old.VersionId is null || include.Contains("versions"))
        && (old.Deletion is null || include.Contains("deleted"));

    private static BlobRevision? LastVersion(BlobEntry entry) =>
        entry.Old.LastOrDefault(old => old is { VersionId: not null, Deletion: null });

    private bool IsBefore(PageStart position)
    {
        if (page.Start is not { } start)
            return false;

        int order = string.CompareOrdinal(position.Name, start.Name);
        return order < 0 || (order == 0 && string.CompareOrdinal(position.SortKey, start.SortKey) < 0);
    }
}
