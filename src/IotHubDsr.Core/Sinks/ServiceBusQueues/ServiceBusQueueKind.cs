using IotHubDsr.Core.Sinks.BusEntities;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.ServiceBusQueues;

/// <summary>
/// Service Bus queues of routes and of Event Grid, with their dead letters and what they forward to. Erased by taking messages out.
/// </summary>
internal sealed class ServiceBusQueueKind : ISinkKind, IEndpointPlaces, IHandlerPlaces
{
    public const string Name = "ServiceBusQueue";

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 120,
            "Service Bus queues of routes and of Event Grid, with their dead letters and what they forward to. Erased by taking messages "
                + "out."
        )
        {
            Traits =
                PlaceTraits.MayBeDedicated
                | PlaceTraits.LeavesHubOpen
                | PlaceTraits.DeliversToReceivers
                | PlaceTraits.ForwardsWithinNamespace,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            Stage = ErasureStage.Sinks,
            IsShared = true,
            Understands = BusSink.Understands,
            Method = BusSink.Method,
            Reading = BusSink.Reading,
            Verdict = Verdict.OwnerAction,
            Advice =
                "Messages leave when the receiver completes them or their time to live ends; the owner of the queue looks in it, in its "
                + "dead-letter queue and in what the receiver keeps.",
        };

    public Sink Open(SinkServices services) => Sink.Of(Description, new BusSink(services.Access, services.HubName, isTopic: false));

    public string Kind => Name;

    public IReadOnlyCollection<string> EndpointKinds { get; } = ["servicebusQueues"];

    public Task<LocationDraft?> FindAsync(
        RoutingEndpoint endpoint,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    ) => Task.FromResult(BusEndpoint.DraftOf(endpoint, Name, "queues"));

    public string? EndpointType => "ServiceBusQueue";

    public string NameOf(EventDestination destination) => "Service Bus queue";

    public string? PlaceOf(EventDestination destination) => destination.EntityOfNamespace();
}
