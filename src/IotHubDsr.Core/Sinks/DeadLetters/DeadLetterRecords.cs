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
            "An event about the device that Event Grid could not deliver. An event about several of the devices appears once for each.",
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
                    new("data", FieldType.Any, "What the hub reported about it: the twin of the device, or the message.", "the IoT hub"),
                    new("deadLetterReason", FieldType.Text, "Why it could not be delivered."),
                    new("lastDeliveryOutcome", FieldType.Text, "Result of the last attempt."),
                    new("deliveryAttempts", FieldType.Any, "Number of attempts."),
                    new("UnreadableRecord", FieldType.Text, "The whole event as text, if it does not have this form."),
                ],
            }
        );
}
