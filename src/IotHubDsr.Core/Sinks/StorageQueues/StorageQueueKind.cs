using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.StorageQueues;

/// <summary>Storage queue.</summary>
internal sealed class StorageQueueKind : ISinkKind, IHandlerPlaces
{
    public const string Name = "StorageQueue";

    public PlaceDescription Description { get; } =
        new(Name, Position: 160, "Storage queue.")
        {
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read storage queues. Messages leave when the receiver deletes them or their time to "
                + "live ends; ask the receiver's owner what it keeps.",
        };

    public string Kind => Name;

    public string? EndpointType => "StorageQueue";

    public string NameOf(EventDestination destination) => "storage queue";

    public string? PlaceOf(EventDestination destination) =>
        destination.Id is { } id && destination.Properties.Text("queueName") is { } queue ? $"{id.Name}/{queue}" : null;
}
