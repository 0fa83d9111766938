using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.EventStreams;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>The records of an export of queues and subscriptions.</summary>
internal static class BusRecords
{
    private const string Export = "this export";
    private const string ServiceBus = "Service Bus";
    private const string Sender = "the sender of the message, or the service that sent the event";

    private static RecordKind Messages { get; } =
        new(
            "stored-message",
            "A message or an event in a Service Bus queue or subscription. One about several of the devices appears once for each.",
            [
                RecordKind.DeviceId,
                RecordKind.Attribution,
                new("entity", FieldType.Text, "The queue or subscription that contains it.", ServiceBus) { IsRequired = true },
                new("subQueue", FieldType.Text, "None, DeadLetter or TransferDeadLetter.", ServiceBus) { IsRequired = true },
                new("state", FieldType.Text, "Active, Deferred or Scheduled.", ServiceBus) { IsRequired = true },
                new("sessionId", FieldType.Text, "The session it belongs to; absent without one.", Sender),
                new("sequenceNumber", FieldType.Integer, "Its number in the queue.", ServiceBus) { IsRequired = true },
                new("index", FieldType.Integer, "Index of the record in the message, from 0.", Export)
                {
                    IsRequired = true,
                    Unit = "records",
                },
                new("storedTime", FieldType.Time, "When Service Bus stored it.", ServiceBus) { IsRequired = true },
                new("message", FieldType.Object, "The message.", Sender)
                {
                    IsRequired = true,
                    Fields =
                    [
                        new("systemProperties", FieldType.Object, "What Service Bus noted, and standard properties."),
                        new("properties", FieldType.Object, "Properties set by the sender, the IoT hub, Event Grid or the route.", Sender),
                        new("body", FieldType.Any, "The body, or the record in it: JSON if it is JSON, otherwise base64.", Sender),
                    ],
                },
            ]
        );

    /// <remarks>The hub names the device among the properties, where a sender may have: it is attributed at most.</remarks>
    public static LineForm Lines { get; } =
        new("stored-messages", Messages, "message") { Attribution = static kind => kind is MatchKind.Own ? MatchKind.Attributed : kind };
}
