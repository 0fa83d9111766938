using Azure;
using Azure.Storage.Blobs.Models;

namespace IotHubDsr.Stores.RoutedBlobs;

/// <summary>A blob as a listing shows it: the current one, or an old copy of it.</summary>
internal sealed record ArchiveBlob(string Name, ETag ETag, long Length, DateTimeOffset LastModified)
{
    private const int LongestRetentionDays = 365;

    public string? VersionId { get; init; }

    public string? Snapshot { get; init; }

    /// <summary>A version that is not the current one, or a snapshot.</summary>
    public bool IsOldCopy { get; init; }

    /// <summary>By when a soft-deleted blob leaves; such a blob cannot be read, only undeleted. Null when it is not deleted.</summary>
    public DateTimeOffset? LeavesAt { get; init; }

    /// <summary>True for a blob type that is not written in blocks; null type counts as block blob.</summary>
    public bool IsBlockBlob { get; init; } = true;

    /// <summary>Name within the location, unambiguous for old copies.</summary>
    public string Path => (IsOldCopy, VersionId, Snapshot) switch
    {
        (true, { } version, _) => $"{Name}?versionid={version}",
        (true, _, { } snapshot) => $"{Name}?snapshot={snapshot}",
        _ => Name,
    };

    public static ArchiveBlob From(BlobItem item, DateTimeOffset now)
    {
        BlobItemProperties properties = item.Properties;
        return new ArchiveBlob(item.Name, properties.ETag ?? default, properties.ContentLength ?? 0, properties.LastModified ?? default)
        {
            VersionId = item.VersionId,
            Snapshot = item.Snapshot,
            IsOldCopy = item.Snapshot is not null || (item.VersionId is not null && item.IsLatestVersion != true),
            IsBlockBlob = properties.BlobType is null or BlobType.Block,
            // The service counts whole days from now, rounded down.
            LeavesAt = item.Deleted ? now.AddDays((properties.RemainingRetentionDays ?? LongestRetentionDays) + 1) : null,
        };
    }
}
