using System.Xml;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Operations;

/// <summary>List Blobs: a page of a <see cref="BlobListing"/> as XML.</summary>
internal static class ListBlobs
{
    public static StorageResponse Run(BlobRequest request, BlobContainer container, BlobStore store, string endpoint)
    {
        var page = PageRequest.Of(request, store.PageSizeCap);
        HashSet<string> include = page.Includes(
            "metadata",
            "tags",
            "versions",
            "snapshots",
            "deleted",
            "uncommittedblobs",
            "copy",
            "deletedwithversions",
            "immutabilitypolicy",
            "legalhold"
        );
        if (page.Delimiter is not null && include.Contains("snapshots"))
            throw StorageErrors.InvalidParameter("include", "snapshots");

        var items = new BlobListing(container, page, include).Items().Take(page.Size + 1).ToList();
        return XmlBody.Respond(200, writer =>
        {
            page.WriteStart(writer, endpoint, container.Name);
            writer.WriteStartElement("Blobs");
            foreach (ListedItem? item in items.Take(page.Size))
                Write(writer, item, container.Account, include);

            writer.WriteEndElement();
            PageRequest.WriteEnd(writer, items.Count > page.Size ? items[page.Size].Position : null);
        });
    }

    private static void Write(XmlWriter writer, ListedItem item, BlobAccount account, HashSet<string> include)
    {
        if (item.Entry is not { } entry)
        {
            writer.WriteStartElement("BlobPrefix");
            writer.NameElement(item.Position.Name);
            writer.WriteEndElement();
            return;
        }

        writer.WriteStartElement("Blob");
        writer.NameElement(entry.Name);
        if (item.Revision is { } revision)
            WriteRevision(writer, item, revision, account, include);
        else
            WriteStaged(writer, entry);

        writer.WriteEndElement();
    }

    private static void WriteRevision(
        XmlWriter writer,
        ListedItem item,
        BlobRevision revision,
        BlobAccount account,
        HashSet<string> include
    )
    {
        bool isCurrent = ReferenceEquals(revision, item.Entry!.Current);
        if (revision.Deletion is not null)
            writer.Element("Deleted", true);

        writer.Element("Snapshot", revision.Snapshot);
        writer.Element("VersionId", revision.VersionId);
        if (revision.VersionId is not null && isCurrent)
            writer.Element("IsCurrentVersion", true);

        writer.WriteStartElement("Properties");
        WriteProperties(writer, revision, account);
        WriteProtection(writer, revision.Protection, include);
        if (include.Contains("copy") && revision.Copy is { } copy)
            WriteCopy(writer, copy);

        if (isCurrent)
            WriteLease(writer, item.Entry.Lease, account.Clock.Now);

        writer.WriteEndElement();
        if (include.Contains("metadata"))
            writer.Pairs("Metadata", revision.Metadata);

        if (include.Contains("tags") && !revision.Tags.IsEmpty)
            writer.Tags(revision.Tags);

        if (item.HasVersionsOnly)
            writer.Element("HasVersionsOnly", true);
    }

    private static void WriteProperties(XmlWriter writer, BlobRevision revision, BlobAccount account)
    {
        BlobHttpHeaders headers = revision.Headers;
        writer.Element("Creation-Time", revision.CreatedOn);
        writer.Element("Last-Modified", revision.LastModified);
        writer.Element("Etag", revision.ETag.Trim('"'));
        writer.Element("ResourceType", account.Options.HierarchicalNamespace ? (revision.IsDirectory ? "directory" : "file") : null);
        writer.Element("Content-Length", revision.Content.Length);
        writer.Element("Content-Type", headers.ContentType);
        writer.Element("Content-Encoding", headers.ContentEncoding ?? "");
        writer.Element("Content-Language", headers.ContentLanguage ?? "");
        writer.Element("Content-CRC64", "");
        writer.Element("Content-MD5", headers.ContentMd5 ?? "");
        writer.Element("Cache-Control", headers.CacheControl ?? "");
        writer.Element("Content-Disposition", headers.ContentDisposition ?? "");
        writer.Element("BlobType", revision.Kind == BlobKind.Block ? "BlockBlob" : "AppendBlob");
        if (revision.Kind == BlobKind.Block && !revision.IsDirectory)
            WriteTier(writer, revision.Tier.At(account.Clock.Now));

        writer.Element("ServerEncrypted", true);
        if (!revision.Tags.IsEmpty)
            writer.Element("TagCount", revision.Tags.Count);

        if (revision.Deletion is { } deletion)
        {
            writer.Element("DeletedTime", deletion.On);
            writer.Element("RemainingRetentionDays", (long)(deletion.Until - account.Clock.Now).TotalDays);
        }
    }

    private static void WriteProtection(XmlWriter writer, Protection protection, HashSet<string> include)
    {
        if (include.Contains("immutabilitypolicy") && protection.Until is { } until)
        {
            writer.Element("ImmutabilityPolicyUntilDate", until);
            writer.Element("ImmutabilityPolicyMode", "locked");
        }

        if (include.Contains("legalhold") && protection.HasLegalHold)
            writer.Element("LegalHold", true);
    }

    private static void WriteCopy(XmlWriter writer, BlobCopy copy)
    {
        writer.Element("CopyId", copy.Id);
        writer.Element("CopyStatus", BlobCopy.Status);
        writer.Element("CopySource", copy.SourceUrl);
        writer.Element("CopyProgress", copy.Progress);
        writer.Element("CopyCompletionTime", copy.CompletedOn);
    }

    private static void WriteTier(XmlWriter writer, AccessTierState tier)
    {
        writer.Element("AccessTier", tier.Name);
        if (tier.Inferred)
            writer.Element("AccessTierInferred", true);

        if (tier.ChangedOn is { } changed)
            writer.Element("AccessTierChangeTime", changed);

        writer.Element("ArchiveStatus", ReadBlob.ArchiveStatus(tier));
    }

    private static void WriteLease(XmlWriter writer, Lease lease, DateTimeOffset now)
    {
        LeaseState state = lease.StateAt(now);
        writer.Element("LeaseStatus", LeaseOperations.Status(lease, now));
        writer.Element("LeaseState", LeaseOperations.Name(state));
        writer.Element("LeaseDuration", state == LeaseState.Leased ? LeaseOperations.Duration(lease) : null);
    }

    /// <summary>A name under which blocks were put and none committed: it has no content, no ETag and no type but this.</summary>
    private static void WriteStaged(XmlWriter writer, BlobEntry entry)
    {
        writer.WriteStartElement("Properties");
        writer.Element("Creation-Time", entry.Staged.LastPut);
        writer.Element("Last-Modified", entry.Staged.LastPut);
        writer.Element("Etag", "0x0");
        writer.Element("Content-Length", 0);
        writer.Element("Content-Type", "");
        writer.Element("BlobType", "BlockBlob");
        writer.WriteEndElement();
    }
}
