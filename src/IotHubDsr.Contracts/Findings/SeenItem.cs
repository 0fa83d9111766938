namespace IotHubDsr;

/// <summary>One document or blob that a sink read and found data of the device in.</summary>
/// <param name="Path">Name within the location; for a blob its name, with <c>?versionid=</c> or <c>?snapshot=</c> for an old copy.</param>
/// <param name="ETag">The ETag that was read, as the service gave it; null where the service has none.</param>
/// <param name="Records">Records of the device in it.</param>
/// <param name="Bytes">Their size in bytes.</param>
public sealed record SeenItem(string Path, string? ETag, long Records, long Bytes)
{
    /// <summary>True for a version, snapshot or soft-deleted copy.</summary>
    public bool IsOldCopy { get; init; }

    /// <summary>
    /// When the hub accepted the oldest of the records; for a file, when it was written. Null when unknown. A plan does not keep it.
    /// </summary>
    public DateTimeOffset? FirstTime { get; init; }

    /// <summary>When the hub accepted the newest of the records, as for <see cref="FirstTime"/>.</summary>
    public DateTimeOffset? LastTime { get; init; }

    /// <summary>The path.</summary>
    public override string ToString() => VisibleText.OfLine(Path);

    /// <summary>The path without the suffix of an old copy.</summary>
    public string Name =>
        IsOldCopy
        && Path.LastIndexOf('?') is > 0 and int mark
        && (
            Path.AsSpan(mark).StartsWith("?versionid=", StringComparison.Ordinal)
            || Path.AsSpan(mark).StartsWith("?snapshot=", StringComparison.Ordinal)
        )
            ? Path[..mark]
            : Path;
}
