using IotHubDsr.Core.Records;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.StorageQueues;

/// <summary>Storage queue of an Event Grid subscription: its front can be looked at; only receiving shows all of it.</summary>
internal sealed class StorageQueueKind : ISinkKind, IHandlerPlaces
{
    public const string Name = "StorageQueue";

    public PlaceDescription Description { get; } =
        new(Name, Position: 160, "Storage queue. Its messages expire; erased, if asked for, by receiving all and giving back the others.")
        {
            Traits = PlaceTraits.DeliversToReceivers,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            Stage = ErasureStage.Sinks,
            IsShared = true,
            // Most events do not tell which incarnation of a device ID they are about.
            Understands = Narrowing.Time | Narrowing.Mentioned,
            Method =
                "Every message of the queue was received, and hidden from its receivers meanwhile; those of the devices were deleted, and all "
                + "others made visible again in their order. Each of these counts as received once more.",
            Reading =
                "The front of the queue, up to 32 messages, was looked at and compared with the number of messages that the queue counts.",
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read storage queues. Messages leave when the receiver deletes them or their time to "
                + "live ends; ask the receiver's owner what it keeps.",
        };

    public string Kind => Name;

    public string? EndpointType => "StorageQueue";

    public Sink Open(SinkServices services) =>
        Sink.Of(Description, new StorageQueueSink(new QueueAddresses(services.Access).OpenAsync, services.HubName, services.Time));

    public string NameOf(EventDestination destination) => "storage queue";

    public string? PlaceOf(EventDestination destination) =>
        destination.Id is { } id && destination.Properties.Text("queueName") is { } queue ? $"{id.Name}/{queue}" : null;
}
