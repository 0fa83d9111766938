using System.Runtime.CompilerServices;
using IotHubDsr.Azure.Blobs;

namespace IotHubDsr.Stores.BlobArchives;

/// <summary>
/// The blobs of an archive that can hold records of a request. Where it asks for a window of time, folders whose names lie outside of it are
/// not even listed.
/// </summary>
internal sealed class NarrowedListing(BlobContainerAccess container, ArchiveLayout layout, RecordScope scope)
{
    private const string Root = "";

    /// <summary>How many blobs were listed and are not of the hub, or not of the time.</summary>
    public int LeftOut { get; private set; }

    /// <summary>How many folders were not listed.</summary>
    public int FoldersLeftOut { get; private set; }

    private bool IsNarrow => scope.StartTime is not null || scope.EndTime is not null;

    public async IAsyncEnumerable<ListedBlob> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folders = new Stack<string>();
        folders.Push(Root);
        while (folders.TryPop(out string? folder))
        {
            if (IsNarrow && IsWorthALook(folder))
            {
                foreach (string blobName in await OpenAsync(folder, folders, cancellationToken).ConfigureAwait(false))
                {
                    await foreach (ListedBlob blob in BelowAsync(blobName, cancellationToken).ConfigureAwait(false))
                    {
                        if (blob.Name == blobName)
                            yield return blob;
                    }
                }

                continue;
            }

            await foreach (ListedBlob blob in BelowAsync(folder, cancellationToken).ConfigureAwait(false))
                yield return blob;
        }
    }

    /// <summary>Adds the folders in a folder that are to be listed; gives the names of the blobs that stand between them, of which there are few.</summary>
    private async Task<IReadOnlyCollection<string>> OpenAsync(string folder, Stack<string> folders, CancellationToken cancellationToken)
    {
        var blobs = new HashSet<string>(StringComparer.Ordinal);
        await foreach (FolderEntry entry in container.ListFolderAsync(folder, cancellationToken).ConfigureAwait(false))
        {
            if (!entry.IsFolder)
                blobs.Add(entry.Name);
            else if (MayHold(entry.Name))
                folders.Push(entry.Name);
            else
                FoldersLeftOut++;
        }

        return blobs;
    }

    /// <summary>Blobs and old copies whose names begin with a text.</summary>
    private async IAsyncEnumerable<ListedBlob> BelowAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ListedBlob blob in container.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            if (MayHold(blob.Name))
                yield return blob;
            else
                LeftOut++;
        }
    }

    private bool MayHold(string name) => layout.Concerns(name) && (!IsNarrow || layout.TimesOf(name).MayHold(scope));

    /// <summary>Whether names further down tell more: they do as long as they are of the layout and not wholly within the window.</summary>
    private bool IsWorthALook(string folder)
    {
        if (folder == Root)
            return true;
        NameTimes times = layout.TimesOf(folder);
        return times.IsOfLayout && !(times.Start is not null && times.IsWithin(scope));
    }
}
