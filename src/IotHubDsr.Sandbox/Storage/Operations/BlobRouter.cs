using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Operations;

/// <summary>Finds the operation that a request asks for. What is not listed here is refused, never taken for something similar.</summary>
internal sealed class BlobRouter(BlobStore store, Func<CopySource, bool> authorizeCopySource)
{
    /// <summary>Headers that change what an operation means, in ways the sandbox does not simulate.</summary>
    private static readonly string[] s_refusedHeaders =
    [
        "x-ms-encryption-key",
        "x-ms-encryption-scope",
        "x-ms-encryption-context",
        "x-ms-immutability-policy-until-date",
        "x-ms-immutability-policy-mode",
        "x-ms-legal-hold",
        "x-ms-seal-blob",
        "x-ms-expiry-option",
        "x-ms-expiry-time",
        "x-ms-requires-sync",
        "x-ms-source-encryption-key",
        "x-ms-access-tier-if-modified-since",
        "x-ms-access-tier-if-unmodified-since",
    ];

    public StorageResponse Run(BlobRequest request, BlobAccount account, string endpoint)
    {
        foreach (string header in s_refusedHeaders)
        {
            if (request.Header(header) is not null)
                throw StorageErrors.NotSimulated($"the header {header}");
        }

        foreach (BlobReplication rule in store.Replications.Where(rule => rule.Destination.Account == account))
            rule.CatchUp();

        RequestTarget target = request.Target;
        string? comp = request.Parameter("comp")?.ToLowerInvariant();
        string? restype = request.Parameter("restype")?.ToLowerInvariant();
        if (restype == "account")
        {
            return (request.Method, comp) is ("GET" or "HEAD", "properties")
                ? ServiceOperations.GetAccountInfo(account)
                : throw Unknown(request);
        }

        return target switch
        {
            { Container: null } => OnService(request, account, restype, comp, endpoint),
            { Blob: null, Container: { } name } when restype == "container" => OnContainer(request, account, name, comp, endpoint),
            { Blob: { } blob, Container: { } name } when restype is null => OnBlob(request, Container(account, name), blob, comp),
            _ => throw Unknown(request),
        };
    }

    private StorageResponse OnService(BlobRequest request, BlobAccount account, string? restype, string? comp, string endpoint) =>
        (request.Method, restype, comp) switch
        {
            ("GET", null, "list") => ServiceOperations.ListContainers(request, account, store, endpoint),
            ("GET", "service", "properties") => ServiceOperations.GetProperties(account),
            _ => throw Unknown(request),
        };

    private StorageResponse OnContainer(BlobRequest request, BlobAccount account, string name, string? comp, string endpoint)
    {
        switch (request.Method, comp)
        {
            case ("PUT", null):
                return ContainerOperations.Create(request, account, name);
            case ("PUT", "undelete"):
                // The container that is meant is not among those that are there.
                throw Unknown(request);
        }

        BlobContainer container = Container(account, name);
        lock (container.Gate)
        {
            return (request.Method, comp) switch
            {
                ("GET" or "HEAD", null or "metadata") => ContainerOperations.GetProperties(request, container),
                ("DELETE", null) => ContainerOperations.Delete(request, container),
                ("GET", "list") => ListBlobs.Run(request, container, store, endpoint),
                ("PUT", "lease") => LeaseOperations.OnContainer(request, container),
                _ => throw Unknown(request),
            };
        }
    }

    private StorageResponse OnBlob(BlobRequest request, BlobContainer container, string blob, string? comp)
    {
        // While a rule of object replication stands, its destination can be read and deleted from, and no more.
        if (request.Method == "PUT" && comp is not "tier" && store.Replications.Any(rule => rule.Destination == container))
            throw new StorageException(StorageErrors.ReplicationDestination);

        bool copies = request.Header("x-ms-copy-source") is not null;
        if (copies)
            return OnBlobFromUrl(request, container, blob, comp);

        Func<BlobCall, StorageResponse> operation = (request.Method, comp) switch
        {
            ("PUT", null) => WriteBlob.Put,
            ("GET", null) => ReadBlob.Get,
            ("HEAD", null) => ReadBlob.Head,
            ("GET" or "HEAD", "metadata") => ReadBlob.GetMetadata,
            ("DELETE", null) => DeleteBlob.Delete,
            ("PUT", "undelete") => DeleteBlob.Undelete,
            ("PUT", "appendblock") => WriteBlob.Append,
            ("PUT", "block") => BlockOperations.Put,
            ("PUT", "blocklist") => BlockOperations.Commit,
            ("GET", "blocklist") => BlockOperations.GetList,
            ("PUT", "metadata") => ChangeBlob.SetMetadata,
            ("PUT", "properties") => ChangeBlob.SetHttpHeaders,
            ("GET", "tags") => ChangeBlob.GetTags,
            ("PUT", "tags") => ChangeBlob.SetTags,
            ("PUT", "tier") => ChangeBlob.SetTier,
            ("PUT", "snapshot") => ChangeBlob.TakeSnapshot,
            ("PUT", "lease") => LeaseOperations.OnBlob,
            ("PUT", "copy") => CopyBlob.Abort,
            _ => throw Unknown(request),
        };
        lock (container.Gate)
            return operation(new BlobCall(request, container, blob));
    }

    private StorageResponse OnBlobFromUrl(BlobRequest request, BlobContainer container, string blob, string? comp)
    {
        if (request.Body.Length > 0)
            throw StorageErrors.InvalidHeader("Content-Length", request.Header("Content-Length") ?? "");

        return (request.Method, comp, request.Header("x-ms-blob-type")) switch
        {
            ("PUT", null, null) => CopyBlob.Run(request, container, blob, store),
            ("PUT", "block", _) => PutBlockFromUrl(request, container, blob),
            ("PUT", "appendblock", _) => AppendBlockFromUrl(request, container, blob),
            _ => throw Unknown(request),
        };
    }

    /// <summary>The source is read before the target is locked: two copies crossing each other must not wait for one another.</summary>
    private StorageResponse PutBlockFromUrl(BlobRequest request, BlobContainer container, string blob)
    {
        BlobContent content = ReadSource(request);
        lock (container.Gate)
            BlockOperations.Stage(new BlobCall(request, container, blob), content);

        return WithSourceChecksum(new StorageResponse(201), request, content).With("x-ms-request-server-encrypted", true);
    }

    private StorageResponse AppendBlockFromUrl(BlobRequest request, BlobContainer container, string blob)
    {
        BlobContent content = ReadSource(request);
        lock (container.Gate)
        {
            StorageResponse response = WithSourceChecksum(new StorageResponse(201), request, content);
            return WriteBlob.Append(new BlobCall(request, container, blob), content, response);
        }
    }

    private BlobContent ReadSource(BlobRequest request)
    {
        BlobContent content = CopySource.Of(request).Read(store, request, authorizeCopySource);
        return content.Length > 0 ? content : throw new StorageException(StorageErrors.InvalidRange);
    }

    private static StorageResponse WithSourceChecksum(StorageResponse response, BlobRequest request, BlobContent content) =>
        request.Header("x-ms-source-content-md5") is { } md5
            ? response.With("Content-MD5", md5)
            : response.With("x-ms-content-crc64", Convert.ToBase64String(Checksums.Crc64(content)));

    private static BlobContainer Container(BlobAccount account, string name) =>
        account.TryGetContainer(name, out BlobContainer? container)
            ? container
            : throw new StorageException(StorageErrors.ContainerNotFound);

    private static StorageException Unknown(BlobRequest request)
    {
        if (request.Method is not ("GET" or "HEAD" or "PUT" or "DELETE" or "POST"))
            return new(StorageErrors.UnsupportedVerb);

        string on = request.Target switch
        {
            { Container: null } => "the service",
            { Blob: null } => "a container",
            _ => "a blob",
        };
        IEnumerable<string> named = request
            .Target.Query.Where(pair => pair.Key is "comp" or "restype")
            .Select(pair => $"{pair.Key}={pair.Value}");
        string parameters = string.Join('&', named);
        return StorageErrors.NotSimulated($"{request.Method} on {on}{(parameters.Length > 0 ? " with " : "")}{parameters}");
    }
}
