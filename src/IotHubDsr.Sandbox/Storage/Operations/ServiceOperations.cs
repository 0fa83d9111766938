using System.Xml;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Operations;

/// <summary>List Containers, Get Blob Service Properties and Get Account Information.</summary>
internal static class ServiceOperations
{
    public static StorageResponse ListContainers(BlobRequest request, BlobAccount account, BlobStore store, string endpoint)
    {
        var page = PageRequest.Of(request, store.PageSizeCap);
        HashSet<string> include = page.Includes("metadata", "deleted", "system");
        string start = page.Start?.Name ?? "";
        IEnumerable<DeletedContainer> deleted = include.Contains("deleted") ? account.DeletedContainers : [];
        var found = account
            .Containers.Select(container => new ListedContainer(container, Deleted: null))
            .Concat(deleted.Select(old => new ListedContainer(old.Container, old)))
            .Where(listed => listed.Name.StartsWith(page.Prefix, StringComparison.Ordinal))
            .Where(listed => include.Contains("system") || !listed.Name.StartsWith('$'))
            .Where(listed => string.CompareOrdinal(listed.Name, start) >= 0)
            .OrderBy(listed => listed.Name, StringComparer.Ordinal)
            .Take(page.Size + 1)
            .ToList();
        return XmlBody.Respond(200, writer =>
        {
            page.WriteStart(writer, endpoint, containerName: null);
            writer.WriteStartElement("Containers");
            foreach (ListedContainer? listed in found.Take(page.Size))
                WriteContainer(writer, listed, include.Contains("metadata"));

            writer.WriteEndElement();
            PageRequest.WriteEnd(writer, found.Count > page.Size ? new(found[page.Size].Name, "") : null);
        });
    }

    public static StorageResponse GetProperties(BlobAccount account) => XmlBody.Respond(200, writer =>
        {
            BlobAccountOptions options = account.Options;
            writer.WriteStartElement("StorageServiceProperties");
            WriteMonitoring(writer);
            writer.WriteElementString("Cors", "");
            writer.WriteStartElement("DeleteRetentionPolicy");
            writer.Element("Enabled", options.KeepsDeleted);
            if (options.KeepsDeleted)
            {
                writer.Element("AllowPermanentDelete", options.AllowPermanentDelete);
                writer.Element("Days", options.SoftDeleteDays);
            }

            writer.WriteEndElement();
            writer.WriteStartElement("StaticWebsite");
            writer.Element("Enabled", false);
            writer.WriteEndElement();
            writer.WriteEndElement();
        });

    /// <summary>What every service of an account says of its logs and metrics.</summary>
    public static void WriteMonitoring(XmlWriter writer)
    {
        writer.WriteStartElement("Logging");
        writer.Element("Version", "1.0");
        writer.Element("Delete", false);
        writer.Element("Read", false);
        writer.Element("Write", false);
        WriteDisabledRetention(writer);
        writer.WriteEndElement();
        foreach (string metrics in (string[])["HourMetrics", "MinuteMetrics"])
        {
            writer.WriteStartElement(metrics);
            writer.Element("Version", "1.0");
            writer.Element("Enabled", false);
            WriteDisabledRetention(writer);
            writer.WriteEndElement();
        }
    }

    public static StorageResponse GetAccountInfo(BlobAccount account) =>
        new StorageResponse(200)
            .With("x-ms-sku-name", "Standard_LRS")
            .With("x-ms-account-kind", "StorageV2")
            .With("x-ms-is-hns-enabled", account.Options.HierarchicalNamespace);

    private static void WriteContainer(XmlWriter writer, ListedContainer listed, bool withMetadata)
    {
        BlobContainer container = listed.Container;
        DateTimeOffset now = container.Account.Clock.Now;
        lock (container.Gate)
        {
            writer.WriteStartElement("Container");
            writer.Element("Name", container.Name);
            if (listed.Deleted is { } named)
            {
                writer.Element("Deleted", true);
                writer.Element("Version", named.Version);
            }

            writer.WriteStartElement("Properties");
            writer.Element("Last-Modified", container.LastModified);
            writer.Element("Etag", container.ETag);
            writer.Element("LeaseStatus", LeaseOperations.Status(container.Lease, now));
            LeaseState state = container.Lease.StateAt(now);
            writer.Element("LeaseState", LeaseOperations.Name(state));
            writer.Element("LeaseDuration", state == LeaseState.Leased ? LeaseOperations.Duration(container.Lease) : null);
            writer.Element("DefaultEncryptionScope", "$account-encryption-key");
            writer.Element("DenyEncryptionScopeOverride", false);
            writer.Element("HasImmutabilityPolicy", container.HasImmutabilityPolicy);
            writer.Element("HasLegalHold", container.HasLegalHold);
            writer.Element("ImmutableStorageWithVersioningEnabled", false);
            if (listed.Deleted is { Deletion: var deletion })
            {
                writer.Element("DeletedTime", deletion.On);
                writer.Element("RemainingRetentionDays", (long)(deletion.Until - now).TotalDays);
            }

            writer.WriteEndElement();
            if (withMetadata)
                writer.Pairs("Metadata", container.Metadata);

            writer.WriteEndElement();
        }
    }

    private static void WriteDisabledRetention(XmlWriter writer)
    {
        writer.WriteStartElement("RetentionPolicy");
        writer.Element("Enabled", false);
        writer.WriteEndElement();
    }

    /// <summary>A line of the listing: a container, or one that was deleted under its name.</summary>
    private sealed record ListedContainer(BlobContainer Container, DeletedContainer? Deleted)
    {
        public string Name => Container.Name;
    }
}
