namespace IotHubDsr.Core.Sinks;

/// <summary>
/// What a sink is about to destroy with one call. If the process dies after it was recorded, a later run uses it to determine whether the
/// call was made: an item that no longer holds what was announced is gone.
/// </summary>
/// <param name="Text">A sentence about it, for a person.</param>
/// <param name="Items">The documents or blobs that the call changes; one entry for each subject of each.</param>
internal sealed record Announcement(string Text, IReadOnlyList<AnnouncedItem> Items)
{
    /// <summary>An announcement of one item of one subject.</summary>
    public static Announcement Of(string text, string path, string deviceId, long records) =>
        new(text, [new AnnouncedItem(path, deviceId, records)]);
}

/// <summary>What a call takes from one subject in one document or blob.</summary>
/// <param name="Path">The path under which a finding names it.</param>
/// <param name="DeviceId">The subject.</param>
/// <param name="Records">Records of the subject that go; 0 for those that are counted elsewhere.</param>
/// <param name="Changes">How many documents or blobs go or change with it.</param>
internal sealed record AnnouncedItem(string Path, string DeviceId, long Records, int Changes = 1)
{
    /// <summary>The content that goes; null where the service keeps no copy of it.</summary>
    public ReplacedContent? Replaced { get; init; }
}

/// <summary>Content that is replaced, by which a copy of it that the service keeps is known.</summary>
/// <param name="ETag">Its ETag.</param>
/// <param name="KeptDigest">Digest of what stays of it: where the current content has the same, nothing that had to stay is lost with the
/// copy.</param>
internal sealed record ReplacedContent(string ETag, string KeptDigest);
