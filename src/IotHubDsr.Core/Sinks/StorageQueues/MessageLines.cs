using IotHubDsr.Core.Azure.Queues;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.StorageQueues;

/// <summary>The lines of an export of storage queues.</summary>
internal sealed class MessageLines(RecordLines lines)
{
    private const string FileName = "queued-messages";

    private const string Export = "this export";
    private const string Queue = "Azure Storage";

    private static RecordKind Messages { get; } =
        new(
            "queued-message",
            "An event in a message that waits in a storage queue. One about several of the devices appears once for each.",
            [
                RecordKind.DeviceId,
                RecordKind.Attribution,
                new("messageId", FieldType.Text, "ID of the message in the queue.", Queue) { IsRequired = true },
                new("index", FieldType.Integer, "Index of the event in the message, from 0.", Export)
                {
                    IsRequired = true,
                    Unit = "records",
                },
                new("insertedTime", FieldType.Time, "When the message was put into the queue.", Queue) { IsRequired = true },
                new("expiryTime", FieldType.Time, "When the message leaves by itself; missing if it never does.", Queue),
                new("dequeueCount", FieldType.Integer, "How often the message was received.", Queue) { IsRequired = true, Unit = "times" },
                new("event", FieldType.Any, "The event, in the schema of Event Grid or of CloudEvents.", "the service that sent the event"),
            ]
        );

    public static RecordLines Open(Archives.RecordSelection selection, IExportTarget target) => new(selection, target, FileName, Messages);

    public void Add(QueuedMessage message, in MatchedRecord record)
    {
        if (lines.Begin(record) is not { } writer)
            return;
        writer.WriteString("messageId"u8, message.Id);
        writer.WriteNumber("index"u8, record.Place.Index);
        writer.WriteString("insertedTime"u8, message.Inserted.UtcDateTime);
        if (message.Expires is { } end)
            writer.WriteString("expiryTime"u8, end.UtcDateTime);
        writer.WriteNumber("dequeueCount"u8, message.Dequeues);
        writer.WritePropertyName("event"u8);
        record.WriteJson(writer);
        lines.End();
    }
}
