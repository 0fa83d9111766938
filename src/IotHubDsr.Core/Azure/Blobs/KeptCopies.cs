namespace IotHubDsr.Core.Azure.Blobs;

/// <summary>What a service keeps of files that were deleted or replaced.</summary>
/// <param name="Until">When the last of them leaves that leave by themselves; null if there is none.</param>
/// <param name="Stay">Whether some stay until somebody deletes them.</param>
internal readonly record struct KeptCopies(DateTimeOffset? Until, bool Stay)
{
    /// <summary>The old copies among listed blobs.</summary>
    public static async Task<KeptCopies> OfAsync(IAsyncEnumerable<ListedBlob> blobs)
    {
        DateTimeOffset? until = null;
        bool stay = false;
        await foreach (ListedBlob blob in blobs)
        {
            until = blob.LeavesAt > until || until is null ? blob.LeavesAt ?? until : until;
            stay |= blob is { IsOldCopy: true, LeavesAt: null };
        }

        return new KeptCopies(until, stay);
    }
}
