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
            IAsyncEnumerable<FolderEntry> entries = IsNarrow && IsWorthALook(folder)
                ? container.ListFolderAsync(folder, cancellationToken)
                : EverythingBelowAsync(folder, cancellationToken);
            await foreach (FolderEntry entry in entries.ConfigureAwait(false))
            {
                if (entry.Blob is { } blob && MayHold(blob.Name))
                    yield return blob;
                else if (entry.Folder is { } inner && MayHold(inner))
                    folders.Push(inner);
                else if (entry.Folder is null)
                    LeftOut++;
                else
                    FoldersLeftOut++;
            }
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

    private async IAsyncEnumerable<FolderEntry> EverythingBelowAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ListedBlob blob in container.ListAsync(folder, cancellationToken).ConfigureAwait(false))
            yield return new FolderEntry(blob, Folder: null);
    }
}
