using System.Collections.ObjectModel;
using Azure;
using Azure.Storage.Blobs.Models;

namespace IotHubDsr.Core.Azure.Blobs;

/// <summary>An entry of a folder: a blob, or another folder.</summary>
/// <param name="Name">Name of the blob, or path of the folder with a slash at its end.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
internal readonly record struct FolderEntry(string Name, bool IsFolder);

/// <summary>A blob as a listing shows it: the current one, or an old copy of it.</summary>
internal sealed record ListedBlob(string Name, ETag ETag, long Length, DateTimeOffset LastModified)
{
    private const string FolderMark = "hdi_isfolder";
    private const int LongestRetention = 365;
    private const string NoETag = "0x0";

    /// <summary>The service discards blocks a week after the last one was staged.</summary>
    private static readonly TimeSpan UncommittedLifetime = TimeSpan.FromDays(7);

    /// <summary>When it was written first; that of its last change where the service does not tell.</summary>
    public DateTimeOffset CreatedOn { get; init; } = LastModified;

    /// <summary>The access tier; null where the service gives none.</summary>
    public string? Tier { get; init; }

    /// <summary>Since when it is in the tier.</summary>
    public DateTimeOffset? TierSince { get; init; }

    public string? VersionId { get; init; }

    public string? Snapshot { get; init; }

    /// <summary>A version that is not the current one, or a snapshot.</summary>
    public bool IsOldCopy { get; init; }

    /// <summary>
    /// When a soft-deleted blob leaves, or uncommitted blocks do; neither can be read, only undeleted or committed. Null for a blob that
    /// stays.
    /// </summary>
    public DateTimeOffset? LeavesAt { get; init; }

    /// <summary>Blocks without a blob: staged, but never committed.</summary>
    public bool IsUncommitted { get; init; }

    /// <summary>Whether a policy or a legal hold of its own forbids changes.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Until when it is held; null for a legal hold, which has no end.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>Whether it is leased, so that only the holder of the lease can change it.</summary>
    public bool IsLeased { get; init; }

    /// <summary>True for a blob type that is not written in blocks; null type counts as block blob.</summary>
    public bool IsBlockBlob { get; init; } = true;

    public string? ContentType { get; init; }

    public string? ContentEncoding { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>
    /// A directory of a hierarchical namespace. Metadata alone does not make one: the writer of a blob chooses its metadata, and must not
    /// be able to hide its content.
    /// </summary>
    public bool IsDirectory => IsDirectoryMark(Length, Metadata);

    /// <summary>Name within the location, unambiguous for old copies.</summary>
    public string Path =>
        (IsOldCopy, VersionId, Snapshot) switch
        {
            (true, { } version, _) => $"{Name}?versionid={version}",
            (true, _, { } snapshot) => $"{Name}?snapshot={snapshot}",
            _ => Name,
        };

    /// <param name="item">What the service listed.</param>
    /// <param name="now">When it listed it.</param>
    public static ListedBlob From(BlobItem item, DateTimeOffset now)
    {
        BlobItemProperties properties = item.Properties;
        DateTimeOffset? protectedUntil = properties.ImmutabilityPolicy?.ExpiresOn;
        bool isUncommitted = HasNoContent(item);
        DateTimeOffset? lastModified = isUncommitted && properties.LastModified is null or { Year: 1 } ? now : properties.LastModified;
        return new ListedBlob(item.Name, properties.ETag ?? default, properties.ContentLength ?? 0, lastModified ?? default)
        {
            CreatedOn = properties.CreatedOn ?? lastModified ?? default,
            Tier = properties.AccessTier?.ToString(),
            TierSince = properties.AccessTierChangedOn ?? properties.CreatedOn ?? lastModified,
            VersionId = item.VersionId,
            Snapshot = item.Snapshot,
            IsOldCopy = item.Snapshot is not null || (item.VersionId is not null && item.IsLatestVersion != true),
            IsBlockBlob = properties.BlobType is null or BlobType.Block,
            LeavesAt =
                isUncommitted ? lastModified + UncommittedLifetime
                : item.Deleted ? LeavingAt(properties.DeletedOn ?? properties.LastModified, properties.RemainingRetentionDays, now)
                : null,
            IsUncommitted = isUncommitted,
            IsHeld = properties.HasLegalHold || protectedUntil > now,
            HeldUntil = properties.HasLegalHold || protectedUntil <= now ? null : protectedUntil,
            IsLeased = properties.LeaseStatus == LeaseStatus.Locked,
            ContentType = properties.ContentType,
            ContentEncoding = properties.ContentEncoding,
            Metadata = item.Metadata is { Count: > 0 } metadata
                ? new Dictionary<string, string>(metadata, StringComparer.OrdinalIgnoreCase)
                : ReadOnlyDictionary<string, string>.Empty,
        };
    }

    /// <summary>A blob as a listing would show it; null for one that is no directory.</summary>
    public static ListedBlob? DirectoryOf(string name, BlobProperties properties) =>
        IsDirectoryMark(properties.ContentLength, properties.Metadata)
            ? new ListedBlob(name, properties.ETag, 0, properties.LastModified)
            {
                CreatedOn = properties.CreatedOn,
                Metadata = new Dictionary<string, string>(properties.Metadata, StringComparer.OrdinalIgnoreCase),
            }
            : null;

    private static bool IsDirectoryMark(long length, IEnumerable<KeyValuePair<string, string>> metadata) =>
        length == 0
        && metadata.Any(pair =>
            pair.Key.Equals(FolderMark, StringComparison.OrdinalIgnoreCase) && pair.Value.Equals("true", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>
    /// The service tells the whole days that remain from now on, without the rest of a day; retention is whole days from the deletion.
    /// </summary>
    /// <param name="deletedOn">When the blob or container was deleted; null when unknown.</param>
    /// <param name="remainingDays">The days that remain; null when the service does not say.</param>
    /// <param name="now">When it was listed.</param>
    public static DateTimeOffset LeavingAt(DateTimeOffset? deletedOn, int? remainingDays, DateTimeOffset now)
    {
        DateTimeOffset deleted = deletedOn ?? now;
        double age = Math.Max(0, (now - deleted).TotalDays);
        return deleted.AddDays(Math.Ceiling(age + (remainingDays ?? LongestRetention)));
    }

    /// <summary>A blob always has an ETag; blocks that nobody committed have none.</summary>
    private static bool HasNoContent(BlobItem item) =>
        !item.Deleted
        && item.Snapshot is null
        && item.Properties.ContentLength is null or 0
        && (item.Properties.ETag is not { } etag || etag == default || etag.ToString("G") == NoETag);
}
