namespace IotHubDsr.Sandbox.Storage;

/// <summary>What one blob, version, snapshot or soft-deleted copy held at the moment of a listing.</summary>
internal sealed record BlobSnapshotInfo(
    string Name,
    long Length,
    string ETag,
    string? VersionId,
    string? Snapshot,
    bool IsCurrent,
    bool Deleted,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyDictionary<string, string> Tags,
    Blobs.BlobContent Stored
)
{
    /// <summary>The bytes in one piece: copied only when they are stored in several.</summary>
    public ReadOnlyMemory<byte> Content => Stored.ToMemory();
}
