using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Queues;

/// <summary>Operations on the messages of a queue.</summary>
internal static class MessageOperations
{
    private const int MostPerCall = 32;
    private const int LongestText = 64 * 1024;
    private const long LongestInvisible = 7 * 24 * 3600;
    private const long DefaultInvisible = 30;
    private const long ForEver = -1;

    public static StorageResponse Put(BlobRequest request, StorageQueue queue)
    {
        string text = TextOf(request.Body);
        long life = Number(request, "messagettl", (long)StorageQueue.DefaultTimeToLive.TotalSeconds, ForEver, int.MaxValue);
        long invisible = Number(request, "visibilitytimeout", 0, 0, LongestInvisible);
        if (life == 0)
            throw StorageErrors.OutOfRangeParameter("messagettl", "0");

        if (life != ForEver && invisible >= life)
            throw StorageErrors.OutOfRangeParameter("visibilitytimeout", invisible.ToString(CultureInfo.InvariantCulture));

        QueueMessage message = queue.Put(text, life == ForEver ? null : TimeSpan.FromSeconds(life), TimeSpan.FromSeconds(invisible));
        return Respond(201, [message], WriteReceipt);
    }

    public static StorageResponse Get(BlobRequest request, StorageQueue queue)
    {
        int most = (int)Number(request, "numofmessages", 1, 1, MostPerCall);
        if ("true".Equals(request.Parameter("peekonly"), StringComparison.OrdinalIgnoreCase))
            return Respond(200, queue.Peek(most), WriteContent);

        long invisible = Number(request, "visibilitytimeout", DefaultInvisible, 1, LongestInvisible);
        return Respond(200, queue.Take(most, TimeSpan.FromSeconds(invisible)), (writer, message) =>
        {
            WriteReceipt(writer, message);
            WriteContent(writer, message);
        });
    }

    public static StorageResponse Clear(StorageQueue queue)
    {
        queue.Clear();
        return new StorageResponse(204);
    }

    public static StorageResponse Update(BlobRequest request, StorageQueue queue, string id)
    {
        string receipt = Receipt(request);
        if (request.Parameter("visibilitytimeout") is null)
            throw StorageErrors.MissingParameter("visibilitytimeout");

        long invisible = Number(request, "visibilitytimeout", 0, 0, LongestInvisible);
        // Without a body the text stays as it is.
        string? text = request.Body.Length == 0 ? null : TextOf(request.Body);
        QueueMessage message = queue.Update(id, receipt, TimeSpan.FromSeconds(invisible), text);
        return new StorageResponse(204).With("x-ms-popreceipt", message.PopReceipt).With("x-ms-time-next-visible", message.NextVisible);
    }

    public static StorageResponse Delete(BlobRequest request, StorageQueue queue, string id)
    {
        queue.Delete(id, Receipt(request));
        return new StorageResponse(204);
    }

    private static string Receipt(BlobRequest request) =>
        request.Parameter("popreceipt") ?? throw StorageErrors.MissingParameter("popreceipt");

    private static string TextOf(BlobContent body)
    {
        XElement message = XmlBody.Parse(body);
        string text =
            message.Name == "QueueMessage" && message.Element("MessageText") is { } element
                ? element.Value
                : throw new StorageException(StorageErrors.InvalidXmlDocument);
        return Encoding.UTF8.GetByteCount(text) <= LongestText ? text : throw new StorageException(StorageErrors.RequestBodyTooLarge);
    }

    private static long Number(BlobRequest request, string name, long otherwise, long least, long most)
    {
        if (request.Parameter(name) is not { } text)
            return otherwise;

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
            throw StorageErrors.InvalidParameter(name, text);

        return number >= least && number <= most ? number : throw StorageErrors.OutOfRangeParameter(name, text);
    }

    private static StorageResponse Respond(int status, IReadOnlyList<QueueMessage> messages, Action<XmlWriter, QueueMessage> write) =>
        XmlBody.Respond(status, writer =>
        {
            writer.WriteStartElement("QueueMessagesList");
            foreach (QueueMessage message in messages)
            {
                writer.WriteStartElement("QueueMessage");
                writer.Element("MessageId", message.Id);
                writer.Element("InsertionTime", message.Inserted);
                writer.Element("ExpirationTime", message.Expires);
                write(writer, message);
                writer.WriteEndElement();
            }

            writer.WriteEndElement();
        });

    private static void WriteReceipt(XmlWriter writer, QueueMessage message)
    {
        writer.Element("PopReceipt", message.PopReceipt);
        writer.Element("TimeNextVisible", message.NextVisible);
    }

    private static void WriteContent(XmlWriter writer, QueueMessage message)
    {
        writer.Element("DequeueCount", message.DequeueCount);
        writer.Element("MessageText", message.Text);
    }
}
