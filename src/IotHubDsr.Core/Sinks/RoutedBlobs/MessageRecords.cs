using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Sinks.RoutedBlobs;

/// <summary>The records of an export of routed messages.</summary>
internal static class MessageRecords
{
    private const string Hub = "the IoT hub, as it wrote the message to the blob";
    private const string Sender = "the sender of the message";

    public static ArchiveRecords Messages { get; } =
        ArchiveRecords.Of(
            "messages",
            "routed-message",
            "A message that the hub routed to a blob container. A message that concerns several of the devices is there once for each.",
            new("message", FieldType.Object, "The message.", Hub)
            {
                Fields =
                [
                    new("EnqueuedTimeUtc", FieldType.Time, "When the hub received it."),
                    new("Properties", FieldType.Object, "What the application that sent it noted on it, and what the route added.", Sender),
                    new("SystemProperties", FieldType.Object, "What the hub noted on it.") { Fields = SystemProperties },
                    new(
                        "Body",
                        FieldType.Any,
                        "What was sent: JSON where the sender said that it is JSON, else the bytes in base64.",
                        Sender
                    ),
                    new("UnreadableRecord", FieldType.Text, "The whole record as text, where it is not such a message."),
                ],
            }
        );

    private static IReadOnlyList<RecordField> SystemProperties =>
        [
            new("connectionDeviceId", FieldType.Text, "ID of the device whose connection it came by."),
            new("connectionModuleId", FieldType.Text, "ID of the module whose connection it came by."),
            new("connectionDeviceGenerationId", FieldType.Text, "Tells two devices apart that had the same ID one after the other."),
            new("connectionAuthMethod", FieldType.Text, "How the device had proved who it is."),
            new("enqueuedTime", FieldType.Time, "When the hub received it."),
            new("messageId", FieldType.Text, "ID of the message.", Sender),
            new("correlationId", FieldType.Text, "What it belongs to.", Sender),
            new("userId", FieldType.Text, "Whom the sender names as its origin.", Sender),
            new("contentType", FieldType.Text, "Media type of the body.", Sender),
            new("contentEncoding", FieldType.Text, "Character encoding of the body.", Sender),
        ];
}
