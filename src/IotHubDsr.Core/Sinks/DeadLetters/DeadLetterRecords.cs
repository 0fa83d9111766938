using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Sinks.DeadLetters;

/// <summary>The records of an export of undeliverable events.</summary>
internal static class DeadLetterRecords
{
    public static ArchiveRecords Events { get; } =
        ArchiveRecords.Of(
            "events",
            "dead-letter",
            "An event about the device that Event Grid could not deliver. An event that concerns several of the devices is there once "
                + "for each.",
            new("event", FieldType.Object, "The event, in the schema of Event Grid or of CloudEvents.", "Event Grid")
            {
                Fields =
                [
                    new("id", FieldType.Text, "ID of the event."),
                    new("topic", FieldType.Text, "The hub that it comes from, in Event Grid's schema."),
                    new("source", FieldType.Text, "The hub that it comes from, in CloudEvents."),
                    new("subject", FieldType.Text, "The device: devices/ and its ID."),
                    new("eventType", FieldType.Text, "What happened, in Event Grid's schema."),
                    new("type", FieldType.Text, "What happened, in CloudEvents."),
                    new("eventTime", FieldType.Time, "When it happened, in Event Grid's schema."),
                    new("time", FieldType.Time, "When it happened, in CloudEvents."),
                    new("data", FieldType.Any, "What the hub told about it: the twin of the device, or the message.", "the IoT hub"),
                    new("deadLetterReason", FieldType.Text, "Why it could not be delivered."),
                    new("lastDeliveryOutcome", FieldType.Text, "How the last attempt ended."),
                    new("deliveryAttempts", FieldType.Any, "How often it was tried."),
                    new("UnreadableRecord", FieldType.Text, "The whole event as text, where it is not such an event."),
                ],
            }
        );
}
