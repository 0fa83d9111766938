using System.Globalization;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Operations;

/// <summary>Get Blob, Get Blob Properties and Get Blob Metadata.</summary>
internal static class ReadBlob
{
    /// <summary>The largest range for which the service computes a checksum.</summary>
    private const long ChecksumLimit = 4 * 1024 * 1024;

    public static StorageResponse Get(BlobCall call)
    {
        (BlobEntry? entry, BlobRevision? revision) = call.Find();
        call.CheckReader(entry, revision);
        call.RequireOnline(revision);
        BlobRequest request = call.Request;
        ByteRange? range = ByteRange.Parse(request.Header("x-ms-range") ?? request.Header("Range"));
        BlobContent content = revision.Content;
        if (range is { } asked)
        {
            long last = asked.LastWithin(content.Length);
            content = content.Slice(asked.First, last - asked.First + 1);
        }

        string? structured = request.Header(StructuredMessage.Header);
        if (structured is not null and not StructuredMessage.Crc64Properties)
            throw StorageErrors.InvalidHeader(StructuredMessage.Header, structured);

        var response = new StorageResponse(range is null ? 200 : 206)
        {
            Body = structured is null ? content : StructuredMessage.Encode(content),
        };
        if (structured is not null)
            response.With(StructuredMessage.Header, structured).With(StructuredMessage.LengthHeader, content.Length);

        AddChecksums(call, response, revision, content, range);
        AddProperties(call, response, entry, revision);
        return response;
    }

    public static StorageResponse Head(BlobCall call)
    {
        (BlobEntry? entry, BlobRevision? revision) = call.Find();
        call.CheckReader(entry, revision);
        var response = new StorageResponse(200) { Body = revision.Content };
        response.With("Content-MD5", revision.Headers.ContentMd5);
        AddProperties(call, response, entry, revision);
        if (revision.Kind == BlobKind.Block && !revision.IsDirectory)
        {
            AccessTierState tier = revision.Tier.At(call.Now);
            response.With("x-ms-access-tier", tier.Name).With("x-ms-archive-status", ArchiveStatus(tier));
            _ = tier.Inferred ? response.With("x-ms-access-tier-inferred", true) : response;
            _ = tier.ChangedOn is { } changed ? response.With("x-ms-access-tier-change-time", changed) : response;
        }

        return response;
    }

    /// <summary>Get Blob Metadata, which tells nothing else.</summary>
    public static StorageResponse GetMetadata(BlobCall call)
    {
        (BlobEntry? entry, BlobRevision? revision) = call.Find();
        call.CheckReader(entry, revision);
        StorageResponse response = new StorageResponse(200).WithIdentity(revision);
        PropertyHeaders.AddTo(response, revision);
        return response;
    }

    public static string? ArchiveStatus(AccessTierState tier) =>
        tier.RehydratesTo is { } target ? "rehydrate-pending-to-" + target.ToLowerInvariant() : null;

    private static void AddChecksums(BlobCall call, StorageResponse response, BlobRevision revision, BlobContent content, ByteRange? range)
    {
        if (range is not { } asked)
        {
            response.With("Content-MD5", revision.Headers.ContentMd5);
            return;
        }

        response
            .With(
                "Content-Range",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"bytes {asked.First}-{asked.First + content.Length - 1}/{revision.Content.Length}"
                )
            )
            .With("x-ms-blob-content-md5", revision.Headers.ContentMd5);
        bool wantsMd5 = call.Request.FlagHeader("x-ms-range-get-content-md5");
        bool wantsCrc = call.Request.FlagHeader("x-ms-range-get-content-crc64");
        if ((wantsMd5 || wantsCrc) && content.Length > ChecksumLimit)
            throw StorageErrors.InvalidHeader(wantsMd5 ? "x-ms-range-get-content-md5" : "x-ms-range-get-content-crc64", "true");

        response
            .With("Content-MD5", wantsMd5 ? Convert.ToBase64String(Checksums.Md5(content)) : null)
            .With("x-ms-content-crc64", wantsCrc ? Convert.ToBase64String(Checksums.Crc64(content)) : null);
    }

    private static void AddProperties(BlobCall call, StorageResponse response, BlobEntry entry, BlobRevision revision)
    {
        BlobHttpHeaders headers = revision.Headers;
        response
            .WithIdentity(revision)
            .With("Accept-Ranges", "bytes")
            .With("Content-Type", headers.ContentType)
            .With("Content-Encoding", headers.ContentEncoding)
            .With("Content-Language", headers.ContentLanguage)
            .With("Content-Disposition", headers.ContentDisposition)
            .With("Cache-Control", headers.CacheControl)
            .With("x-ms-blob-type", revision.Kind == BlobKind.Block ? "BlockBlob" : "AppendBlob")
            .With("x-ms-creation-time", revision.CreatedOn)
            .With("x-ms-server-encrypted", true)
            .With("x-ms-version-id", revision.VersionId);
        if (revision.VersionId is not null && ReferenceEquals(revision, entry.Current))
            response.With("x-ms-is-current-version", true);

        if (ReferenceEquals(revision, entry.Current))
            LeaseOperations.AddStatus(response, entry.Lease, call.Now);

        if (!revision.Tags.IsEmpty)
            response.With("x-ms-tag-count", revision.Tags.Count);

        if (revision.Kind == BlobKind.Append)
            response.With("x-ms-blob-committed-block-count", revision.AppendedBlocks);

        if (call.Account.Options.HierarchicalNamespace)
            response.With("x-ms-resource-type", revision.IsDirectory ? "directory" : "file");

        if (revision.Copy is { } copy)
        {
            response
                .With("x-ms-copy-id", copy.Id)
                .With("x-ms-copy-status", BlobCopy.Status)
                .With("x-ms-copy-source", copy.SourceUrl)
                .With("x-ms-copy-progress", copy.Progress)
                .With("x-ms-copy-completion-time", copy.CompletedOn);
        }

        PropertyHeaders.AddTo(response, revision);
    }
}
