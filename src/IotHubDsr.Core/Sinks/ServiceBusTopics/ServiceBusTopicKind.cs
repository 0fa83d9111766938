using IotHubDsr.Core.Sinks.BusEntities;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.ServiceBusTopics;

/// <summary>
/// Service Bus topics of routes and of Event Grid: all subscriptions, with their dead letters. Erased by taking messages out.
/// </summary>
internal sealed class ServiceBusTopicKind : ISinkKind, IEndpointPlaces, IHandlerPlaces
{
    public const string Name = "ServiceBusTopic";

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 130,
            "Service Bus topics of routes and of Event Grid: all subscriptions, with their dead letters. Erased by taking messages out."
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
                "Each subscription of the topic holds its own copy: its owner looks in it, in its dead-letter queue and in what the "
                + "receiver keeps.",
        };

    public Sink Open(SinkServices services) => Sink.Of(Description, new BusSink(services.Access, services.HubName, isTopic: true));

    public string Kind => Name;

    public IReadOnlyCollection<string> EndpointKinds { get; } = ["servicebusTopics"];

    public Task<LocationDraft?> FindAsync(
        RoutingEndpoint endpoint,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    ) => Task.FromResult(BusEndpoint.DraftOf(endpoint, Name, "topics"));

    public string? EndpointType => "ServiceBusTopic";

    public string NameOf(EventDestination destination) => "Service Bus topic";

    public string? PlaceOf(EventDestination destination) => destination.EntityOfNamespace();
}
