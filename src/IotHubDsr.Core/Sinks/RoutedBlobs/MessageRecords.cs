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
            "A message that the hub routed to a blob container. A message about several of the devices appears once for each.",
            new("message", FieldType.Object, "The message.", Hub)
            {
                Fields =
                [
                    new("EnqueuedTimeUtc", FieldType.Time, "When the hub received it."),
                    new("Properties", FieldType.Object, "Properties set by the sending application or added by the route.", Sender),
                    new("SystemProperties", FieldType.Object, "Properties set by the hub.") { Fields = SystemProperties },
                    new("Body", FieldType.Any, "The body: JSON if the sender declared it as JSON, otherwise base64.", Sender),
                    new("UnreadableRecord", FieldType.Text, "The whole record as text, if it does not have this form."),
                ],
            }
        );

    private static IReadOnlyList<RecordField> SystemProperties =>
        [
            new("connectionDeviceId", FieldType.Text, "ID of the device over whose connection it arrived."),
            new("connectionModuleId", FieldType.Text, "ID of the module over whose connection it arrived."),
            new("connectionDeviceGenerationId", FieldType.Text, "Distinguishes devices that had the same ID one after the other."),
            new("connectionAuthMethod", FieldType.Text, "How the device authenticated."),
            new("enqueuedTime", FieldType.Time, "When the hub received it."),
            new("messageId", FieldType.Text, "ID of the message.", Sender),
            new("correlationId", FieldType.Text, "ID of what it belongs to.", Sender),
            new("userId", FieldType.Text, "Its origin, as stated by the sender.", Sender),
            new("contentType", FieldType.Text, "Media type of the body.", Sender),
            new("contentEncoding", FieldType.Text, "Character encoding of the body.", Sender),
        ];
}
