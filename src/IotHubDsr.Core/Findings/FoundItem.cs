namespace IotHubDsr.Core.Findings;

/// <summary>A document or blob in which something of one or more subjects was found.</summary>
/// <param name="Path">Name within the location; unambiguous for old copies.</param>
/// <param name="ETag">The ETag that was read; null where the service has none.</param>
internal sealed record FoundItem(string Path, string? ETag)
{
    /// <summary>True for a version, snapshot or soft-deleted copy.</summary>
    public bool IsOldCopy { get; init; }

    public long Length { get; init; }

    public string? ContentEncoding { get; init; }
}

/// <summary>What an item holds of one subject.</summary>
/// <param name="Subject">Number of the subject.</param>
/// <param name="Records">Its records.</param>
/// <param name="Bytes">Their size.</param>
internal readonly record struct FoundShare(int Subject, long Records, long Bytes)
{
    public DateTimeOffset? FirstTime { get; init; }

    public DateTimeOffset? LastTime { get; init; }

    /// <summary>As an item of a finding of the subject.</summary>
    public SeenItem Of(FoundItem item) =>
        new(item.Path, item.ETag, Records, Bytes)
        {
            IsOldCopy = item.IsOldCopy,
            FirstTime = FirstTime,
            LastTime = LastTime,
        };
}
