using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Operations;

/// <summary>Delete Blob and Undelete Blob.</summary>
internal static class DeleteBlob
{
    public static StorageResponse Delete(BlobCall call)
    {
        BlobRequest request = call.Request;
        if (!call.Container.TryGetEntry(call.BlobName, out BlobEntry? entry))
            throw new StorageException(StorageErrors.BlobNotFound);

        bool isPermanent = request.Parameter("deletetype") switch
        {
            null => false,
            "permanent" => true,
            var other => throw StorageErrors.InvalidParameter("deletetype", other),
        };
        bool isOld = request.Parameter("snapshot") is not null || request.Parameter("versionid") is not null;
        if (isPermanent && !isOld)
            throw StorageErrors.InvalidParameter("deletetype", "permanent");

        BlobRevision revision = call.Find(entry, includeDeleted: isPermanent);
        call.RequireDeletable(revision);
        Conditions.Of(request).CheckWrite(revision);
        if (isOld)
            DeleteOld(call, entry, revision, isPermanent);
        else
            DeleteBase(call, entry, revision);

        call.Container.RemoveIfVacant(entry);
        return new StorageResponse(202).With("x-ms-delete-type-permanent", isPermanent || !LeavesTrace(call, revision));
    }

    public static StorageResponse Undelete(BlobCall call)
    {
        call.RefuseOldRevision();
        if (!call.Container.TryGetEntry(call.BlobName, out BlobEntry? entry))
            throw new StorageException(StorageErrors.BlobNotFound);

        entry.Undelete();
        return new StorageResponse(200);
    }

    private static void DeleteOld(BlobCall call, BlobEntry entry, BlobRevision revision, bool isPermanent)
    {
        if (call.Request.Header("x-ms-delete-snapshots") is not null)
            throw StorageErrors.UnsupportedHeader("x-ms-delete-snapshots");

        if (ReferenceEquals(revision, entry.Current))
            throw new StorageException(StorageErrors.RootBlobVersion);

        if (!isPermanent)
        {
            entry.DeleteOld(revision);
            return;
        }

        if (!call.Account.Options.AllowPermanentDelete || revision.Deletion is null)
            throw new StorageException(StorageErrors.PermanentDeleteNotAllowed);

        entry.DeletePermanently(revision);
    }

    private static void DeleteBase(BlobCall call, BlobEntry entry, BlobRevision current)
    {
        call.RequireLease(entry.Lease);
        if (current.IsDirectory && call.Container.HasChildren(call.BlobName))
            throw new StorageException(StorageErrors.DirectoryIsNotEmpty);

        switch (call.Request.Header("x-ms-delete-snapshots")?.ToLowerInvariant())
        {
            case "include":
                entry.DeleteSnapshots();
                entry.DeleteCurrent();
                break;
            case "only":
                entry.DeleteSnapshots();
                break;
            case null when entry.HasSnapshots:
                throw new StorageException(StorageErrors.SnapshotsPresent);
            case null:
                entry.DeleteCurrent();
                break;
            case var other:
                throw StorageErrors.InvalidHeader("x-ms-delete-snapshots", other);
        }
    }

    private static bool LeavesTrace(BlobCall call, BlobRevision revision) =>
        call.Account.Options.KeepsDeleted
        || (revision is { VersionId: not null, Snapshot: null } && call.Request.Parameter("versionid") is null);
}
