using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Operations;

/// <summary>A blob that a request names as a source by its URL, and how the client proves that it may read it.</summary>
/// <param name="Account">The first label of the host.</param>
/// <param name="Target">The source's path and query.</param>
/// <param name="Authorization">The value of <c>x-ms-copy-source-authorization</c>; null when the URL is to carry a signature.</param>
internal sealed record CopySource(string Account, RequestTarget Target, string? Authorization)
{
    private const string Header = "x-ms-copy-source";

    public bool HasSignature => Target.Query.ContainsKey("sig");

    public static CopySource Of(BlobRequest request)
    {
        string url = request.RequiredHeader(Header);
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
            throw StorageErrors.InvalidHeader(Header, url);

        var target = RequestTarget.Parse(url);
        return new(uri.Host.Split('.')[0], target, request.Header("x-ms-copy-source-authorization"))
        {
            PublicUrl = uri.GetLeftPart(UriPartial.Path) + Revision(target),
        };
    }

    /// <summary>The source's URL without what proves a right to it.</summary>
    public string PublicUrl { get; private init; } = "";

    public bool IsIn(BlobContainer container) =>
        container.Account.Name.Equals(Account, StringComparison.OrdinalIgnoreCase) && container.Name == Target.Container;

    /// <summary>The content as of now: what happens to the source later does not change what was copied.</summary>
    public BlobContent Read(BlobStore store, BlobRequest request, Func<CopySource, bool> authorize)
    {
        if (!authorize(this))
            throw Unverifiable(401, "NoAuthenticationInformation");

        try
        {
            BlobContent content = Range(request, Find(store, request).Content);
            Checksums.Verify(request, content, "x-ms-source-content-md5", "x-ms-source-content-crc64");
            return content;
        }
        catch (StorageException missing)
            when (missing.Error == StorageErrors.BlobNotFound || missing.Error == StorageErrors.ContainerNotFound)
        {
            throw Unverifiable(404, missing.Error.Code);
        }
    }

    /// <summary>The source in the state that the request's conditions on it ask for.</summary>
    public BlobRevision Find(BlobStore store, BlobRequest request)
    {
        if (
            Target is not { Container: { } containerName, Blob: { } blobName }
            || !store.TryGetAccount(Account, out BlobAccount? account)
            || !account.TryGetContainer(containerName, out BlobContainer? container)
        )
        {
            throw new StorageException(StorageErrors.ContainerNotFound);
        }

        lock (container.Gate)
        {
            var call = new BlobCall(new BlobRequest("GET", Target, request.Headers, BlobContent.Empty), container, blobName);
            BlobRevision revision = call.Find().Revision;
            Conditions.OfSource(request).CheckSource(revision);
            call.RequireOnline(revision);
            return revision;
        }
    }

    private static string Revision(RequestTarget target)
    {
        IEnumerable<KeyValuePair<string, string>> named = target.Query.Where(parameter =>
            parameter.Key.ToLowerInvariant() is "snapshot" or "versionid"
        );
        return string.Concat(
            named.Select((parameter, index) => $"{(index == 0 ? '?' : '&')}{parameter.Key}={Uri.EscapeDataString(parameter.Value)}")
        );
    }

    private static BlobContent Range(BlobRequest request, BlobContent content)
    {
        const string RangeHeader = "x-ms-source-range";
        if (request.Header(RangeHeader) is not { } header)
            return content;

        ByteRange range = ByteRange.Parse(header) ?? throw StorageErrors.InvalidHeader(RangeHeader, header);
        if (range.Last >= content.Length)
            throw new StorageException(StorageErrors.InvalidRange);

        return content.Slice(range.First, range.LastWithin(content.Length) - range.First + 1);
    }

    private static StorageException Unverifiable(int status, string code)
    {
        var error = new StorageException(StorageErrors.CannotVerifyCopySource with { Status = status });
        error.Headers["x-ms-copy-source-status-code"] = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        error.Headers["x-ms-copy-source-error-code"] = code;
        return error;
    }
}
