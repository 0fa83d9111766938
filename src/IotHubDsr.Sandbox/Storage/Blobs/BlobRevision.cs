using System.Collections.Immutable;
using System.Globalization;

namespace IotHubDsr.Sandbox.Storage.Blobs;

/// <summary>One state of a blob. It never changes: every operation makes another one.</summary>
internal sealed record BlobRevision
{
    public required BlobKind Kind { get; init; }

    public BlobContent Content { get; init; } = BlobContent.Empty;

    /// <summary>The committed blocks; empty for a blob that was written in one piece.</summary>
    public ImmutableArray<Block> Blocks { get; init; } = [];

    public int AppendedBlocks { get; init; }

    public string ETag { get; init; } = "";

    public DateTimeOffset LastModified { get; init; }

    public DateTimeOffset CreatedOn { get; init; }

    public BlobHttpHeaders Headers { get; init; } = new();

    public ImmutableSortedDictionary<string, string> Metadata { get; init; } = NoPairs;

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = NoTags;

    public AccessTierState Tier { get; init; } = new();

    public string? VersionId { get; init; }

    public string? Snapshot { get; init; }

    public Deletion? Deletion { get; init; }

    public Protection Protection { get; init; } = new();

    /// <summary>Of a blob that Copy Blob has made, until its content or its headers are set again.</summary>
    public BlobCopy? Copy { get; init; }

    /// <summary>A directory of a hierarchical namespace, which the Blob service shows as an empty blob.</summary>
    public bool IsDirectory { get; init; }

    /// <summary>Metadata names keep their case and are compared without it.</summary>
    public static ImmutableSortedDictionary<string, string> NoPairs { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Tag names are compared with their case.</summary>
    public static ImmutableSortedDictionary<string, string> NoTags { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Where the revision stands among those of its name: oldest first, the base blob last.</summary>
    public string SortKey => Snapshot ?? VersionId ?? "~";
}

/// <summary>A block of a blob, committed or not; ID as sent, in base64.</summary>
internal sealed record Block(string Id, BlobContent Content);

/// <summary>Where a copied blob came from. A copy within an account is complete when its request is answered.</summary>
internal sealed record BlobCopy(string Id, string SourceUrl, long Length, DateTimeOffset CompletedOn)
{
    public const string Status = "success";

    /// <summary>The bytes copied of all bytes.</summary>
    public string Progress => string.Create(CultureInfo.InvariantCulture, $"{Length}/{Length}");
}

/// <summary>When a revision was soft-deleted and when it goes for good. A later change of the policy does not move it.</summary>
internal sealed record Deletion(DateTimeOffset On, DateTimeOffset Until);

/// <summary>Version-level immutability: a policy of its own until a moment, or a legal hold until it is lifted.</summary>
internal sealed record Protection(DateTimeOffset? Until = null, bool HasLegalHold = false)
{
    public bool ForbidsAt(DateTimeOffset now) => HasLegalHold || Until > now;
}

/// <summary>The headers a blob is served with.</summary>
internal sealed record BlobHttpHeaders
{
    public string ContentType { get; init; } = "application/octet-stream";

    public string? ContentEncoding { get; init; }

    public string? ContentLanguage { get; init; }

    public string? ContentDisposition { get; init; }

    public string? CacheControl { get; init; }

    /// <summary>Base64. Computed by Put Blob; with a block list it is whatever the client says.</summary>
    public string? ContentMd5 { get; init; }
}
