using System.Runtime.CompilerServices;
using IotHubDsr.Core.Azure.Blobs;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// The blobs of an archive that can hold records of a request. Where it asks for a window of time, folders whose names lie outside of it
/// are not even listed.
/// </summary>
internal sealed class NarrowedListing(BlobContainerAccess container, ArchiveLayout layout, RecordScope scope)
{
    private const string Root = "";

    /// <summary>
    /// Old copies of blobs that stand between folders are asked for blob by blob: of more, listing everything takes less time.
    /// </summary>
    private const int MostBlobsBetweenFolders = 256;

    /// <summary>How many blobs were listed and are not of the hub, or not of the time.</summary>
    public int LeftOut { get; private set; }

    /// <summary>How many blobs were listed that the operator excludes.</summary>
    public long Excluded { get; private set; }

    /// <summary>How many folders were not listed.</summary>
    public int FoldersLeftOut { get; private set; }

    private bool IsNarrow => scope.StartTime is not null || scope.EndTime is not null;

    public async IAsyncEnumerable<ListedBlob> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folders = new Stack<string>();
        folders.Push(Root);
        while (folders.TryPop(out string? folder))
        {
            if (IsNarrow && IsWorthALook(folder) && await OpenAsync(folder, cancellationToken) is { } inside)
            {
                foreach (string inner in inside.Folders)
                    folders.Push(inner);
                foreach (string blobName in inside.Blobs)
                {
                    await foreach (ListedBlob blob in BelowAsync(blobName, cancellationToken))
                    {
                        if (blob.Name == blobName)
                            yield return blob;
                    }
                }

                continue;
            }

            await foreach (ListedBlob blob in BelowAsync(folder, cancellationToken))
                yield return blob;
        }
    }

    /// <summary>
    /// What is in a folder and can hold records of the request; null when it is listed with all that is below: where there are no folders
    /// in it, nothing else is below.
    /// </summary>
    private async Task<(List<string> Folders, HashSet<string> Blobs)?> OpenAsync(string folder, CancellationToken cancellationToken)
    {
        var folders = new List<string>();
        var blobs = new HashSet<string>(StringComparer.Ordinal);
        int leftOut = 0;
        await foreach (FolderEntry entry in container.ListFolderAsync(folder, cancellationToken))
        {
            if (entry.IsFolder && MayHold(entry.Name))
                folders.Add(entry.Name);
            else if (entry.IsFolder)
                leftOut++;
            else if (blobs.Add(entry.Name) && blobs.Count > MostBlobsBetweenFolders)
                return null;
        }

        FoldersLeftOut += leftOut;
        return folders.Count + leftOut == 0 ? null : (folders, blobs);
    }

    /// <summary>Blobs and old copies whose names begin with a text.</summary>
    private async IAsyncEnumerable<ListedBlob> BelowAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ListedBlob blob in container.ListAsync(prefix, cancellationToken))
        {
            if (!MayHold(blob.Name))
                LeftOut++;
            else if (layout.Exclusions.Cover(blob.Name))
                Excluded++;
            else
                yield return blob;
        }
    }

    private bool MayHold(string name) =>
        layout.Concerns(name) && !layout.IsElsewhere(name) && (!IsNarrow || layout.TimesOf(name).MayHold(scope));

    /// <summary>Whether names further down tell more: they do as long as they are of the layout and not wholly within the window.</summary>
    private bool IsWorthALook(string folder)
    {
        if (folder == Root)
            return true;
        NameTimes times = layout.TimesOf(folder);
        return times.IsOfLayout && !(times.Start is not null && times.IsWithin(scope));
    }
}
