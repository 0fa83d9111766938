using System.Collections.Immutable;
using System.Text.RegularExpressions;
using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Sandbox.Storage.Rest;

/// <summary>What a client says of a blob in headers: content headers, metadata, index tags and tier.</summary>
internal static partial class PropertyHeaders
{
    private const string MetadataPrefix = "x-ms-meta-";
    private const int MetadataLimit = 8 * 1024;
    private const int MostTags = 10;

    public static BlobHttpHeaders HttpHeaders(BlobRequest request, string? fallbackContentType = null) =>
        new()
        {
            ContentType = request.Header("x-ms-blob-content-type") ?? fallbackContentType ?? "application/octet-stream",
            ContentEncoding = request.Header("x-ms-blob-content-encoding"),
            ContentLanguage = request.Header("x-ms-blob-content-language"),
            ContentDisposition = request.Header("x-ms-blob-content-disposition"),
            CacheControl = request.Header("x-ms-blob-cache-control"),
            ContentMd5 = request.Header("x-ms-blob-content-md5"),
        };

    public static ImmutableSortedDictionary<string, string> Metadata(BlobRequest request)
    {
        ImmutableSortedDictionary<string, string> metadata = BlobRevision.NoPairs;
        int size = 0;
        foreach ((string? header, Microsoft.Extensions.Primitives.StringValues values) in request.Headers)
        {
            if (!header.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
                continue;

            string name = header[MetadataPrefix.Length..];
            string value = string.Join(',', values.ToArray()).Trim();
            if (name.Length == 0)
                throw new StorageException(StorageErrors.EmptyMetadataKey);

            if (!MetadataName().IsMatch(name) || value.Any(c => c is < ' ' or > '~'))
                throw new StorageException(StorageErrors.InvalidMetadata);

            size += name.Length + value.Length;
            metadata = metadata.SetItem(name, value);
        }

        return size <= MetadataLimit ? metadata : throw new StorageException(StorageErrors.MetadataTooLarge);
    }

    /// <summary>The tags of <c>x-ms-tags</c>, which has the form of a query string.</summary>
    public static ImmutableSortedDictionary<string, string> Tags(BlobRequest request)
    {
        var tags = new List<KeyValuePair<string, string>>();
        foreach (string pair in (request.Header("x-ms-tags") ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            tags.Add(new(Decode(parts[0]), parts.Length == 2 ? Decode(parts[1]) : ""));
        }

        return ValidTags(tags);

        static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
    }

    public static ImmutableSortedDictionary<string, string> ValidTags(IReadOnlyCollection<KeyValuePair<string, string>> tags)
    {
        bool valid =
            tags.Count <= MostTags
            && tags.Select(tag => tag.Key).Distinct(StringComparer.Ordinal).Count() == tags.Count
            && tags.All(tag => TagName().IsMatch(tag.Key) && TagValue().IsMatch(tag.Value));
        return valid ? BlobRevision.NoTags.AddRange(tags) : throw new StorageException(StorageErrors.InvalidTag);
    }

    /// <summary>Null when the request leaves the tier to the account.</summary>
    public static string? Tier(BlobRequest request) =>
        request.Header("x-ms-access-tier") switch
        {
            null => null,
            var tier when AccessTierState.IsKnown(tier) => tier,
            var tier => throw StorageErrors.InvalidHeader("x-ms-access-tier", tier),
        };

    public static void AddTo(StorageResponse response, BlobRevision blob)
    {
        foreach ((string? name, string? value) in blob.Metadata)
            response.With(MetadataPrefix + name, value);
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex MetadataName();

    [GeneratedRegex(@"\A[A-Za-z0-9 +\-./:=_]{1,128}\z")]
    private static partial Regex TagName();

    [GeneratedRegex(@"\A[A-Za-z0-9 +\-./:=_]{0,256}\z")]
    private static partial Regex TagValue();
}
