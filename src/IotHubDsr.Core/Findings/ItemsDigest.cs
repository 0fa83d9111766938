using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Findings;

/// <summary>
/// What a plan binds itemised findings by: the SHA-256 of the canonical JSON of the list of them, in the order of their paths. Times are
/// not part of it.
/// </summary>
internal static class ItemsDigest
{
    public static string Of(IReadOnlyList<SeenItem> items) =>
        UnreadItems.Of(items)?.Digest
        ?? SpooledItems.Of(items)?.Digest
        ?? OfOrdered(items.OrderBy(item => item.Path, StringComparer.Ordinal));

    /// <summary>Of items that are in the order of their paths.</summary>
    public static string OfOrdered(IEnumerable<SeenItem> items) => CanonicalWriter.Digest(writer => Write(items, writer));

    /// <summary>The list, as a plan has it, too.</summary>
    public static void Write(IEnumerable<SeenItem> items, CanonicalWriter writer)
    {
        writer.StartArray();
        foreach (SeenItem item in items)
        {
            writer.StartObject();
            writer.Member("bytes", item.Bytes);
            writer.Member("etag", item.ETag);
            writer.Member("oldCopy", item.IsOldCopy);
            writer.Member("path", item.Path);
            writer.Member("records", item.Records);
            writer.EndObject();
        }

        writer.EndArray();
    }
}
