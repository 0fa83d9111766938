using System.Text.RegularExpressions;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Operations;

/// <summary>Create, Get Properties of and Delete Container.</summary>
internal static partial class ContainerOperations
{
    private const int ShortestName = 3;
    private const int LongestName = 63;

    public static StorageResponse Create(BlobRequest request, BlobAccount account, string name)
    {
        if (name.Length is < ShortestName or > LongestName)
            throw new StorageException(StorageErrors.ResourceNameLength);

        if (!ContainerName().IsMatch(name))
            throw new StorageException(StorageErrors.InvalidResourceName);

        if (request.Header("x-ms-blob-public-access") is not null)
            throw StorageErrors.NotSimulated("containers with public access");

        var container = new BlobContainer(account, name, PropertyHeaders.Metadata(request));
        return account.TryAddContainer(container)
            ? new StorageResponse(201).With("ETag", container.ETag).With("Last-Modified", container.LastModified)
            : throw new StorageException(StorageErrors.ContainerAlreadyExists);
    }

    public static StorageResponse GetProperties(BlobRequest request, BlobContainer container)
    {
        RequireLease(request, container, isWrite: false);
        StorageResponse response = new StorageResponse(200)
            .With("ETag", container.ETag)
            .With("Last-Modified", container.LastModified)
            .With("x-ms-has-immutability-policy", container.HasImmutabilityPolicy)
            .With("x-ms-has-legal-hold", container.HasLegalHold)
            .With("x-ms-immutable-storage-with-versioning-enabled", false)
            .With("x-ms-default-encryption-scope", "$account-encryption-key")
            .With("x-ms-deny-encryption-scope-override", false);
        LeaseOperations.AddStatus(response, container.Lease, container.Account.Clock.Now);
        foreach ((string? name, string? value) in container.Metadata)
            response.With("x-ms-meta-" + name, value);

        return response;
    }

    public static StorageResponse Delete(BlobRequest request, BlobContainer container)
    {
        RequireLease(request, container, isWrite: true);
        RequireUnchanged(request, container);
        if (container.HasLegalHold || (container.HasImmutabilityPolicy && container.Blobs.Count > 0))
            throw new StorageException(StorageErrors.ContainerProtected);

        return container.Account.TryRemoveContainer(container)
            ? new StorageResponse(202)
            : throw new StorageException(StorageErrors.ContainerNotFound);
    }

    /// <summary>Containers know only the conditions on their date.</summary>
    private static void RequireUnchanged(BlobRequest request, BlobContainer container)
    {
        foreach (string header in (string[])["If-Match", "If-None-Match"])
        {
            if (request.Header(header) is not null)
                throw StorageErrors.UnsupportedHeader(header);
        }

        if (
            container.LastModified <= request.DateHeader("If-Modified-Since")
            || container.LastModified.AddSeconds(-1) >= request.DateHeader("If-Unmodified-Since")
        )
        {
            throw new StorageException(StorageErrors.ConditionNotMet);
        }
    }

    private static void RequireLease(BlobRequest request, BlobContainer container, bool isWrite)
    {
        string? given = request.Header("x-ms-lease-id");
        if (!container.Lease.IsLockedAt(container.Account.Clock.Now))
        {
            if (given is not null)
                throw new StorageException(StorageErrors.ContainerLeaseNotPresent);
        }
        else if (given is null)
        {
            if (isWrite)
                throw new StorageException(StorageErrors.LeaseIdMissing);
        }
        else if (!container.Lease.Is(given))
        {
            throw new StorageException(StorageErrors.ContainerLeaseIdMismatch);
        }
    }

    [GeneratedRegex(@"\A(?:[a-z0-9](?:-?[a-z0-9]){2,62}|\$root)\z")]
    private static partial Regex ContainerName();
}
