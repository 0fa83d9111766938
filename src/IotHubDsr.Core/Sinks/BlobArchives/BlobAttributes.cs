using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>What a blob carries beside its content, and keeps when its content is replaced.</summary>
/// <param name="blob">The blob.</param>
/// <param name="before">The blob as it was read.</param>
/// <param name="time">Tells how long ago that was.</param>
internal sealed class BlobAttributes(BlobBaseClient blob, BlobProperties before, TimeProvider time)
{
    /// <summary>
    /// Tags and tier can change and leave the ETag as it was, so that no condition tells. Putting a large blob together takes minutes: what
    /// is older than this is asked for again.
    /// </summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private readonly long _read = time.GetTimestamp();

    /// <summary>The blob as it was read.</summary>
    public BlobProperties Before => before;

    /// <param name="md5">Checksum of the new content; null when it has none.</param>
    public BlobHttpHeaders Headers(byte[]? md5) =>
        new()
        {
            CacheControl = before.CacheControl,
            ContentDisposition = before.ContentDisposition,
            ContentEncoding = before.ContentEncoding,
            ContentHash = md5,
            ContentLanguage = before.ContentLanguage,
            ContentType = before.ContentType,
        };

    /// <summary>Tags and tier as they are now.</summary>
    public async Task<LooseAttributes> ReadLooseAsync(CancellationToken cancellationToken)
    {
        BlobProperties now = before;
        if (time.GetElapsedTime(_read) > Fresh)
        {
            var conditions = new BlobRequestConditions { IfMatch = before.ETag };
            now = await blob.GetPropertiesAsync(conditions, cancellationToken);
        }

        // Who may not read tags need not where there are none.
        GetBlobTagResult? tags = now.TagCount == 0 ? null : await blob.GetTagsAsync(cancellationToken: cancellationToken);
        AccessTier? tier = now.AccessTierInferred || now.AccessTier is null ? (AccessTier?)null : new AccessTier(now.AccessTier);
        return new LooseAttributes(tags?.Tags, tier);
    }
}

/// <summary>Attributes that change without a trace in the ETag.</summary>
/// <param name="Tags">The index tags; null when there are none.</param>
/// <param name="Tier">The access tier; null where it is the account's.</param>
internal sealed record LooseAttributes(IDictionary<string, string>? Tags, AccessTier? Tier);
