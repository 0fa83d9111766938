using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.ServiceBusQueues;

/// <summary>Service Bus queue.</summary>
internal sealed class ServiceBusQueueKind : ISinkKind, IEndpointPlaces, IHandlerPlaces
{
    public const string Name = "ServiceBusQueue";

    public PlaceDescription Description { get; } =
        new(Name, Position: 120, "Service Bus queue.")
        {
            Traits = PlaceTraits.MayBeDedicated | PlaceTraits.LeavesHubOpen,
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read Service Bus. Messages leave when the receiver completes them or their time to live "
                + "ends; the owner of the queue looks in it, in its dead-letter queue and in what the receiver keeps.",
        };

    public string Kind => Name;

    public IReadOnlyCollection<string> EndpointKinds { get; } = ["servicebusQueues"];

    public Task<LocationDraft?> FindAsync(
        RoutingEndpoint endpoint,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    ) => Task.FromResult(endpoint.ToEntity(Name, "Microsoft.ServiceBus", "queues"));

    public string? EndpointType => "ServiceBusQueue";

    public string NameOf(EventDestination destination) => "Service Bus queue";

    public string? PlaceOf(EventDestination destination) => destination.EntityOfNamespace();
}
