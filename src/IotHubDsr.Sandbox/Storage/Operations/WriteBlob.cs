using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Operations;

/// <summary>Put Blob and Append Block.</summary>
internal static class WriteBlob
{
    private const int MostAppendedBlocks = 50_000;
    private const long SmallAppend = 4L * 1024 * 1024;
    private const long LargeAppend = 100L * 1024 * 1024;

    /// <summary>The version of the service from which an append may be large.</summary>
    private const string LargeAppendVersion = "2022-11-02";

    public static StorageResponse Put(BlobCall call)
    {
        call.RefuseOldRevision();
        BlobRequest request = call.Request;
        BlobKind kind = request.RequiredHeader("x-ms-blob-type") switch
        {
            "BlockBlob" => BlobKind.Block,
            "AppendBlob" => BlobKind.Append,
            "PageBlob" => throw StorageErrors.NotSimulated("page blobs"),
            var other => throw StorageErrors.InvalidHeader("x-ms-blob-type", other),
        };
        if (kind == BlobKind.Append && request.Body.Length > 0)
            throw StorageErrors.InvalidHeader("Content-Length", request.Header("Content-Length") ?? "");

        var response = new StorageResponse(201);
        Checksums.Verify(request, request.Body);
        string md5 = Convert.ToBase64String(Checksums.Md5(request.Body));
        BlobHttpHeaders headers = PropertyHeaders.HttpHeaders(request, request.Header("Content-Type"));
        if (kind == BlobKind.Block && headers.ContentMd5 is { } declared && declared != md5)
            throw new StorageException(StorageErrors.Md5Mismatch);

        BlobRevision revision = New(call, kind) with
        {
            Content = request.Body,
            Headers = headers with { ContentMd5 = kind == BlobKind.Block ? md5 : headers.ContentMd5 },
        };
        revision = Store(call, revision);
        if (kind == BlobKind.Block)
            response.With("Content-MD5", md5).With("x-ms-content-crc64", Convert.ToBase64String(Checksums.Crc64(request.Body)));

        return response.WithWritten(revision);
    }

    public static StorageResponse Append(BlobCall call)
    {
        BlobRequest request = call.Request;
        if (request.Body.Length == 0)
            throw StorageErrors.InvalidHeader("Content-Length", "0");

        return Append(call, request.Body, new StorageResponse(201).WithVerified(request, request.Body));
    }

    public static StorageResponse Append(BlobCall call, BlobContent content, StorageResponse response)
    {
        BlobRequest request = call.Request;
        bool isOld = string.CompareOrdinal(request.Header("x-ms-version"), LargeAppendVersion) < 0;
        if (content.Length > (isOld ? SmallAppend : LargeAppend))
            throw new StorageException(StorageErrors.RequestBodyTooLarge);

        (BlobEntry? entry, BlobRevision? current) = call.FindCurrent();
        call.RequireAppendable(entry, current);
        if (current.Kind != BlobKind.Append)
            throw new StorageException(StorageErrors.InvalidBlobType);

        if (request.LongHeader("x-ms-blob-condition-appendpos") is { } position && position != current.Content.Length)
            throw new StorageException(StorageErrors.AppendPositionNotMet);

        if (request.LongHeader("x-ms-blob-condition-maxsize") is { } limit && current.Content.Length + content.Length > limit)
            throw new StorageException(StorageErrors.MaxBlobSizeNotMet);

        if (current.AppendedBlocks >= MostAppendedBlocks)
            throw new StorageException(StorageErrors.BlockCountExceedsLimit);

        BlobRevision appended = call.Touch(current) with
        {
            Content = BlobContent.Concat([current.Content, content]),
            AppendedBlocks = current.AppendedBlocks + 1,
            Headers = current.Headers with { ContentMd5 = null },
        };
        entry.Amend(current, appended);
        return response
            .WithWritten(appended)
            .With("x-ms-blob-append-offset", current.Content.Length)
            .With("x-ms-blob-committed-block-count", appended.AppendedBlocks);
    }

    /// <summary>A new blob with what the headers say of metadata, tags and tier.</summary>
    public static BlobRevision New(BlobCall call, BlobKind kind)
    {
        string? tier = PropertyHeaders.Tier(call.Request);
        if (tier is not null && kind != BlobKind.Block)
            throw StorageErrors.UnsupportedHeader("x-ms-access-tier");

        return call.Touch(
            new BlobRevision
            {
                Kind = kind,
                CreatedOn = call.Now,
                Metadata = PropertyHeaders.Metadata(call.Request),
                Tags = PropertyHeaders.Tags(call.Request),
                Tier = tier is null ? new() : new AccessTierState().Set(tier, call.Now),
            }
        );
    }

    /// <summary>Makes the revision the base blob; whatever was staged under the name is gone then.</summary>
    public static BlobRevision Store(BlobCall call, BlobRevision revision)
    {
        BlobEntry entry = call.Container.GetOrAddEntry(call.BlobName);
        try
        {
            call.RequireWritable(entry);
            RequireReplaceable(call, entry, revision.Kind);
            call.Container.AddParentDirectories(call.BlobName);
            BlobRevision stored = entry.Replace(revision with { Tier = TierOf(revision, entry.Current) });
            entry.Staged.Clear();
            return stored;
        }
        finally
        {
            call.Container.RemoveIfVacant(entry);
        }
    }

    /// <summary>
    /// What is overwritten keeps the tier that it was given, unless the request gives another one. What comes out of the archive so does
    /// not go back into it.
    /// </summary>
    private static AccessTierState TierOf(BlobRevision revision, BlobRevision? former)
    {
        bool isInherited =
            revision is { Kind: BlobKind.Block, Tier.Inferred: true }
            && former is { Kind: BlobKind.Block, Tier: { Inferred: false, Name: not AccessTierState.Archive } };
        return isInherited ? former!.Tier : revision.Tier;
    }

    private static void RequireReplaceable(BlobCall call, BlobEntry entry, BlobKind kind)
    {
        if (entry.Current is { IsDirectory: true })
            throw new StorageException(StorageErrors.ResourceTypeMismatch);

        // All versions of a blob are of one type.
        bool hasOtherVersions = entry.Old.Any(old => old.VersionId is not null && old.Kind != kind);
        if (hasOtherVersions || (call.Account.Options.KeepsVersions && entry.Current is { } current && current.Kind != kind))
            throw new StorageException(StorageErrors.InvalidBlobType);
    }
}
