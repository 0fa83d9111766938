using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.ServiceBusTopics;

/// <summary>Service Bus topic.</summary>
internal sealed class ServiceBusTopicKind : ISinkKind, IEndpointPlaces, IHandlerPlaces
{
    public const string Name = "ServiceBusTopic";

    public PlaceDescription Description { get; } =
        new(Name, Position: 130, "Service Bus topic.")
        {
            Traits = PlaceTraits.MayBeDedicated | PlaceTraits.LeavesHubOpen,
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read Service Bus. Each subscription of the topic holds its own copy: its owner looks in "
                + "it, in its dead-letter queue and in what the receiver keeps.",
        };

    public string Kind => Name;

    public IReadOnlyCollection<string> EndpointKinds { get; } = ["servicebusTopics"];

    public Task<LocationDraft?> FindAsync(
        RoutingEndpoint endpoint,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    ) => Task.FromResult(endpoint.ToEntity(Name, "Microsoft.ServiceBus", "topics"));

    public string? EndpointType => "ServiceBusTopic";

    public string NameOf(EventDestination destination) => "Service Bus topic";

    public string? PlaceOf(EventDestination destination) => destination.EntityOfNamespace();
}
