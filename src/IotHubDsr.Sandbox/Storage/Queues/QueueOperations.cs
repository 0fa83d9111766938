using System.Collections.Immutable;
using System.Text.RegularExpressions;
using IotHubDsr.Sandbox.Storage.Operations;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Queues;

/// <summary>Operations on queues as wholes.</summary>
internal static partial class QueueOperations
{
    private const int ShortestName = 3;
    private const int LongestName = 63;

    public static StorageResponse List(BlobRequest request, QueueCollection queues, int pageSizeCap, string endpoint)
    {
        var page = PageRequest.Of(request, pageSizeCap);
        HashSet<string> include = page.Includes("metadata");
        string start = page.Start?.Name ?? "";
        List<StorageQueue> found =
        [
            .. queues
                .All.Where(queue => queue.Name.StartsWith(page.Prefix, StringComparison.Ordinal))
                .Where(queue => string.CompareOrdinal(queue.Name, start) >= 0)
                .Take(page.Size + 1),
        ];
        return XmlBody.Respond(200, writer =>
        {
            page.WriteStart(writer, endpoint, containerName: null);
            writer.WriteStartElement("Queues");
            foreach (StorageQueue queue in found.Take(page.Size))
            {
                writer.WriteStartElement("Queue");
                writer.Element("Name", queue.Name);
                if (include.Contains("metadata"))
                    writer.Pairs("Metadata", queue.Metadata);

                writer.WriteEndElement();
            }

            writer.WriteEndElement();
            PageRequest.WriteEnd(writer, found.Count > page.Size ? new(found[page.Size].Name, "") : null);
        });
    }

    public static StorageResponse GetServiceProperties() => XmlBody.Respond(200, writer =>
        {
            writer.WriteStartElement("StorageServiceProperties");
            ServiceOperations.WriteMonitoring(writer);
            writer.WriteElementString("Cors", "");
            writer.WriteEndElement();
        });

    /// <summary>To create a queue twice with the same metadata is no error.</summary>
    public static StorageResponse Create(BlobRequest request, QueueCollection queues, string name)
    {
        if (name.Length is < ShortestName or > LongestName)
            throw new StorageException(StorageErrors.ResourceNameLength);

        if (!QueueName().IsMatch(name))
            throw new StorageException(StorageErrors.InvalidResourceName);

        ImmutableSortedDictionary<string, string> metadata = PropertyHeaders.Metadata(request);
        if (queues.TryAdd(name, metadata))
            return new StorageResponse(201);

        bool isSame =
            queues.TryGet(name, out StorageQueue? existing)
            && existing.Metadata.Count == metadata.Count
            && metadata.All(pair => existing.Metadata.GetValueOrDefault(pair.Key) == pair.Value);
        return isSame ? new StorageResponse(204) : throw new StorageException(QueueErrors.QueueAlreadyExists);
    }

    public static StorageResponse Delete(QueueCollection queues, string name) =>
        queues.TryRemove(name) ? new StorageResponse(204) : throw new StorageException(QueueErrors.QueueNotFound);

    public static StorageResponse GetProperties(StorageQueue queue)
    {
        StorageResponse response = new StorageResponse(200).With("x-ms-approximate-messages-count", queue.Messages.Count);
        foreach ((string name, string value) in queue.Metadata)
            response.With("x-ms-meta-" + name, value);

        return response;
    }

    public static StorageResponse SetMetadata(BlobRequest request, StorageQueue queue)
    {
        queue.Metadata = PropertyHeaders.Metadata(request);
        return new StorageResponse(204);
    }

    [GeneratedRegex(@"\A[a-z0-9](?:-?[a-z0-9]){2,62}\z")]
    private static partial Regex QueueName();
}
