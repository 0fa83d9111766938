using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>What a blob carries beside its content, and keeps when its content is replaced.</summary>
internal static class BlobAttributes
{
    /// <param name="before">The blob as it was read.</param>
    /// <param name="md5">Checksum of the new content; null when it has none.</param>
    public static BlobHttpHeaders Headers(BlobProperties before, byte[]? md5) =>
        new()
        {
            CacheControl = before.CacheControl,
            ContentDisposition = before.ContentDisposition,
            ContentEncoding = before.ContentEncoding,
            ContentHash = md5,
            ContentLanguage = before.ContentLanguage,
            ContentType = before.ContentType,
        };

    /// <summary>The index tags; null when it has none, so that no right to read them is needed then.</summary>
    public static async Task<IDictionary<string, string>?> TagsAsync(
        BlobBaseClient blob,
        BlobProperties before,
        CancellationToken cancellationToken
    )
    {
        if (before.TagCount == 0)
            return null;
        GetBlobTagResult tags = await blob.GetTagsAsync(cancellationToken: cancellationToken);
        return tags.Tags;
    }
}
