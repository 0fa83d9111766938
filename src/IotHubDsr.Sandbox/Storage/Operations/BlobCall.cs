using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Operations;

/// <summary>One request to a blob, made under the lock of its container.</summary>
internal sealed class BlobCall(BlobRequest request, BlobContainer container, string blobName)
{
    public BlobRequest Request => request;

    public BlobContainer Container => container;

    public BlobAccount Account => container.Account;

    public DateTimeOffset Now { get; } = container.Account.Clock.Now;

    public string BlobName => blobName;

    /// <summary>The blob, version or snapshot that the request names, with its entry.</summary>
    public (BlobEntry Entry, BlobRevision Revision) Find()
    {
        if (!container.TryGetEntry(blobName, out BlobEntry? entry))
            throw new StorageException(StorageErrors.BlobNotFound);

        return (entry, Find(entry, includeDeleted: false));
    }

    public BlobRevision Find(BlobEntry entry, bool includeDeleted)
    {
        string? snapshot = request.Parameter("snapshot");
        string? version = request.Parameter("versionid");
        BlobRevision? found = (snapshot, version) switch
        {
            (null, null) => entry.Current,
            (not null, not null) => throw StorageErrors.InvalidParameter("versionid", version),
            (not null, _) when !StampClock.IsId(snapshot) => throw StorageErrors.InvalidParameter("snapshot", snapshot),
            (_, not null) when !StampClock.IsId(version) => throw StorageErrors.InvalidParameter("versionid", version),
            (not null, _) => entry.Old.FirstOrDefault(old => old.Snapshot == snapshot),
            (_, not null) when entry.Current?.VersionId == version => entry.Current,
            _ => entry.Old.FirstOrDefault(old => old.Snapshot is null && old.VersionId == version),
        };
        return found is not null && (includeDeleted || found.Deletion is null)
            ? found
            : throw new StorageException(StorageErrors.BlobNotFound);
    }

    /// <summary>The base blob of a request that can only be about that.</summary>
    public (BlobEntry Entry, BlobRevision Current) FindCurrent()
    {
        RefuseOldRevision();
        return Find();
    }

    /// <summary>Versions and snapshots are read-only.</summary>
    public void RefuseOldRevision()
    {
        foreach (string parameter in (string[])["snapshot", "versionid"])
        {
            if (request.Parameter(parameter) is { } value)
                throw StorageErrors.InvalidParameter(parameter, value);
        }
    }

    /// <summary>What every change of an existing or absent blob must pass: immutability, conditions, lease.</summary>
    public void RequireWritable(BlobEntry entry)
    {
        RequireMutable(entry);
        RequireSeenAndLeased(entry);
    }

    /// <summary>What an append must pass: a policy may allow it where it allows no other change.</summary>
    public void RequireAppendable(BlobEntry entry, BlobRevision current)
    {
        if (container.Policy is not { AllowsAppends: true } || container.HasLegalHold || current.Protection.ForbidsAt(Now))
            RequireMutable(current);

        RequireSeenAndLeased(entry);
    }

    private void RequireSeenAndLeased(BlobEntry entry)
    {
        Conditions.Of(request).CheckWrite(entry.Current);
        RequireLease(entry.Lease);
    }

    public void RequireMutable(BlobEntry entry)
    {
        if (entry.Current is { } current)
            RequireMutable(current);
    }

    /// <summary>A policy that has run out lets a blob be deleted, and still not be changed.</summary>
    public void RequireDeletable(BlobRevision revision)
    {
        if (container.HasLegalHold || container.Policy?.EndFor(revision) > Now || revision.Protection.ForbidsAt(Now))
            throw Immutable(revision);
    }

    private void RequireMutable(BlobRevision revision)
    {
        if (container.HasLegalHold || container.HasImmutabilityPolicy || revision.Protection.ForbidsAt(Now))
            throw Immutable(revision);
    }

    private static StorageException Immutable(BlobRevision revision) =>
        new(revision.Protection.HasLegalHold ? StorageErrors.BlobOnLegalHold : StorageErrors.BlobImmutable);

    /// <summary>A leased blob is changed only by who holds the lease; a lease ID for a blob without lease is an error too.</summary>
    public void RequireLease(Lease lease)
    {
        string? given = request.Header("x-ms-lease-id");
        LeaseState state = lease.StateAt(Now);
        if (lease.IsLockedAt(Now))
        {
            if (given is null)
                throw new StorageException(StorageErrors.LeaseIdMissing);

            RequireSameLease(lease, given);
        }
        else if (given is not null)
        {
            throw new StorageException(state == LeaseState.Available ? StorageErrors.LeaseNotPresent : StorageErrors.LeaseLost);
        }
        else
        {
            lease.Forget();
        }
    }

    public void CheckReader(BlobEntry entry, BlobRevision revision)
    {
        Conditions.Of(request).CheckRead(revision);
        CheckGivenLease(entry);
    }

    /// <summary>Where no lease is needed, a lease ID that is given must still be the right one.</summary>
    public void CheckGivenLease(BlobEntry entry)
    {
        if (request.Header("x-ms-lease-id") is { } given)
        {
            if (!entry.Lease.IsLockedAt(Now))
                throw new StorageException(entry.Lease.Id is null ? StorageErrors.LeaseNotPresent : StorageErrors.LeaseLost);

            RequireSameLease(entry.Lease, given);
        }
    }

    /// <summary>A blob in the archive, or on its way out, can only be deleted, overwritten or moved to another tier.</summary>
    public void RequireOnline(BlobRevision revision)
    {
        AccessTierState tier = revision.Tier.At(Now);
        if (tier.Name == AccessTierState.Archive)
            throw new StorageException(tier.RehydratesTo is null ? StorageErrors.BlobArchived : StorageErrors.BlobBeingRehydrated);
    }

    /// <summary>The next state of a blob, with a new ETag and this moment as its last modification.</summary>
    public BlobRevision Touch(BlobRevision revision) => revision with { ETag = Account.Clock.NextETag(), LastModified = Now };

    private static void RequireSameLease(Lease lease, string given)
    {
        if (!lease.Is(given))
            throw new StorageException(StorageErrors.LeaseIdMismatch);
    }
}
