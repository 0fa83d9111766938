using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Sandbox.Storage;

/// <summary>What a seeded blob carries besides its content.</summary>
internal sealed record BlobSeed
{
    public string ContentType { get; init; } = "application/octet-stream";

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Also the creation time; now when it is not given.</summary>
    public DateTimeOffset? LastModified { get; init; }

    public BlobKind BlobType { get; init; } = BlobKind.Block;

    /// <summary>Hot, Cool, Cold or Archive; null leaves the account's default (Hot), as inferred.</summary>
    public string? Tier { get; init; }

    /// <summary>Until when a policy of the blob's own forbids changes.</summary>
    public DateTimeOffset? ImmutableUntil { get; init; }

    public bool HasLegalHold { get; init; }
}
