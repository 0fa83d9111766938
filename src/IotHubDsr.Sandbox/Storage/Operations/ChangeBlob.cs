using System.Collections.Immutable;
using System.Xml.Linq;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Operations;

/// <summary>Changes that leave the content alone: metadata, content headers, index tags, tier; and Snapshot Blob.</summary>
internal static class ChangeBlob
{
    public static StorageResponse SetMetadata(BlobCall call)
    {
        (BlobEntry? entry, BlobRevision? current) = call.FindCurrent();
        call.RequireWritable(entry);
        call.RequireOnline(current);
        BlobRevision next = call.Touch(current) with { CreatedOn = call.Now, Metadata = PropertyHeaders.Metadata(call.Request) };
        return new StorageResponse(200).WithWritten(entry.Replace(next, overwritesContent: false));
    }

    public static StorageResponse SetHttpHeaders(BlobCall call)
    {
        (BlobEntry? entry, BlobRevision? current) = call.FindCurrent();
        call.RequireWritable(entry);
        call.RequireOnline(current);
        BlobRevision next = call.Touch(current) with { Headers = PropertyHeaders.HttpHeaders(call.Request), Copy = null };
        entry.Amend(current, next);
        return new StorageResponse(200).WithIdentity(next);
    }

    public static StorageResponse GetTags(BlobCall call)
    {
        (BlobEntry? entry, BlobRevision? revision) = call.Find();
        call.CheckReader(entry, revision);
        return XmlBody.Respond(200, writer => writer.Tags(revision.Tags));
    }

    /// <summary>Tags are beside the blob: its ETag and its versions do not change with them.</summary>
    public static StorageResponse SetTags(BlobCall call)
    {
        (BlobEntry? entry, BlobRevision? revision) = call.Find();
        Conditions.Of(call.Request).CheckWrite(revision);
        if (ReferenceEquals(revision, entry.Current))
            call.RequireLease(entry.Lease);

        Checksums.Verify(call.Request, call.Request.Body);
        entry.Amend(revision, revision with { Tags = ParseTags(call.Request.Body) });
        return new StorageResponse(204);
    }

    public static StorageResponse SetTier(BlobCall call)
    {
        (BlobEntry? entry, BlobRevision? revision) = call.Find();
        string tier = PropertyHeaders.Tier(call.Request) ?? throw StorageErrors.MissingHeader("x-ms-access-tier");
        if (revision.Kind != BlobKind.Block || revision.IsDirectory)
            throw new StorageException(StorageErrors.InvalidBlobType);

        Conditions.Of(call.Request).CheckWrite(revision);
        if (ReferenceEquals(revision, entry.Current))
            call.RequireLease(entry.Lease);

        AccessTierState next = revision.Tier.At(call.Now).Set(tier, call.Now);
        entry.Amend(revision, revision with { Tier = next });
        return new StorageResponse(next.RehydratesTo is null ? 200 : 202);
    }

    public static StorageResponse TakeSnapshot(BlobCall call)
    {
        (BlobEntry? entry, BlobRevision? current) = call.FindCurrent();
        call.RequireMutable(entry);
        Conditions.Of(call.Request).CheckWrite(current);
        call.CheckGivenLease(entry);
        call.RequireOnline(current);
        ImmutableSortedDictionary<string, string> metadata = PropertyHeaders.Metadata(call.Request);
        BlobRevision content = metadata.IsEmpty ? current : call.Touch(current) with { Metadata = metadata };
        BlobRevision snapshot = entry.TakeSnapshot(current, content);
        return new StorageResponse(201)
            .WithIdentity(snapshot)
            .With("x-ms-snapshot", snapshot.Snapshot)
            .With("x-ms-version-id", entry.Current?.VersionId)
            .With("x-ms-request-server-encrypted", true);
    }

    private static System.Collections.Immutable.ImmutableSortedDictionary<string, string> ParseTags(BlobContent body)
    {
        XElement root = XmlBody.Parse(body);
        if (root.Name != "Tags" || root.Element("TagSet") is not { } set)
            throw new StorageException(StorageErrors.InvalidXmlDocument);

        var tags = set.Elements("Tag")
            .Select(tag => KeyValuePair.Create((string?)tag.Element("Key") ?? "", (string?)tag.Element("Value") ?? ""))
            .ToList();
        return PropertyHeaders.ValidTags(tags);
    }
}
