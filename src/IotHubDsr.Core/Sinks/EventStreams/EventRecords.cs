using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>The records of an export of event hubs.</summary>
internal static class EventRecords
{
    private const string Export = "this export";
    private const string EventHubs = "Event Hubs";
    private const string Sender = "the sender of the message, or the service that sent the event";

    private static RecordKind Events { get; } =
        new(
            "stored-event",
            "A message, an event or a row of a log in an event hub. One about several of the devices appears once for each.",
            [
                RecordKind.DeviceId,
                RecordKind.Attribution,
                new("partition", FieldType.Text, "The partition of the event hub that contains it.", EventHubs) { IsRequired = true },
                new("sequenceNumber", FieldType.Integer, "Its number in the partition.", EventHubs) { IsRequired = true },
                new("index", FieldType.Integer, "Index of the record in the event, from 0.", Export)
                {
                    IsRequired = true,
                    Unit = "records",
                },
                new("storedTime", FieldType.Time, "When Event Hubs stored it.", EventHubs) { IsRequired = true },
                new("event", FieldType.Object, "The event.", Sender)
                {
                    IsRequired = true,
                    Fields =
                    [
                        new("systemProperties", FieldType.Object, "What the IoT hub and Event Hubs noted, and standard properties."),
                        new("properties", FieldType.Object, "Properties set by the sending application or added by the route.", Sender),
                        new("body", FieldType.Any, "The body, or the record in it: JSON if it is JSON, otherwise base64.", Sender),
                    ],
                },
            ]
        );

    public static LineForm Lines { get; } = new("stored-events", Events, "event");
}
