using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Operations;

/// <summary>
/// Copy Blob within an account, which is done when it is answered. A copy from another account would go on in the background; the
/// sandbox does not have it.
/// </summary>
internal static class CopyBlob
{
    /// <summary>Headers that a copy takes from its source and that a request cannot set.</summary>
    private static readonly string[] s_contentHeaders =
    [
        "x-ms-blob-content-type",
        "x-ms-blob-content-encoding",
        "x-ms-blob-content-language",
        "x-ms-blob-content-disposition",
        "x-ms-blob-cache-control",
        "x-ms-blob-content-md5",
        "x-ms-source-range",
    ];

    public static StorageResponse Run(BlobRequest request, BlobContainer container, string blob, BlobStore store)
    {
        var source = CopySource.Of(request);
        if (!source.Account.Equals(container.Account.Name, StringComparison.OrdinalIgnoreCase))
            throw StorageErrors.NotSimulated("copies from another account");

        foreach (string header in s_contentHeaders)
        {
            if (request.Header(header) is not null)
                throw StorageErrors.UnsupportedHeader(header);
        }

        if (!source.IsIn(container))
        {
            // The source is read before the target is locked: two copies crossing each other must not wait for one another.
            BlobRevision elsewhere = source.Find(store, request);
            lock (container.Gate)
                return Copy(new BlobCall(request, container, blob), source, elsewhere);
        }

        lock (container.Gate)
            return Copy(new BlobCall(request, container, blob), source, source.Find(store, request));
    }

    /// <summary>Abort Copy Blob comes too late, always.</summary>
    public static StorageResponse Abort(BlobCall call)
    {
        call.FindCurrent();
        throw new StorageException(StorageErrors.NoPendingCopy);
    }

    private static StorageResponse Copy(BlobCall call, CopySource source, BlobRevision original)
    {
        call.RefuseOldRevision();
        if (original.IsDirectory)
            throw new StorageException(StorageErrors.ResourceTypeMismatch);

        // Unlike Put Blob, a copy never changes the type of what it overwrites.
        bool hasOtherType =
            call.Container.TryGetEntry(call.BlobName, out BlobEntry? entry)
            && entry.Current is { IsDirectory: false } current
            && current.Kind != original.Kind;
        if (hasOtherType)
            throw new StorageException(StorageErrors.InvalidBlobType);

        BlobRevision copy = WriteBlob.New(call, original.Kind);
        copy = WriteBlob.Store(
            call,
            copy with
            {
                Content = original.Content,
                Blocks = original.Blocks,
                AppendedBlocks = original.AppendedBlocks,
                Headers = original.Headers,
                Metadata = copy.Metadata.IsEmpty ? original.Metadata : copy.Metadata,
                Copy = new(Guid.NewGuid().ToString(), source.PublicUrl, original.Content.Length, call.Now),
            }
        );
        return new StorageResponse(202)
            .WithIdentity(copy)
            .With("x-ms-version-id", copy.VersionId)
            .With("x-ms-copy-id", copy.Copy?.Id)
            .With("x-ms-copy-status", BlobCopy.Status);
    }
}
