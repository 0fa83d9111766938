using IotHubDsr.Core.Sinks.BusEntities;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.ServiceBusTopics;

/// <summary>
/// Service Bus topics of routes and of Event Grid: all subscriptions, with their dead letters. Erased by taking messages out.
/// </summary>
internal sealed class ServiceBusTopicKind : ISinkKind, IEndpointPlaces, IHandlerPlaces, IOutputPlaces
{
    public const string Name = "ServiceBusTopic";

    public PlaceDescription Description { get; } =
        BusDescription.Of(
            Name,
            position: 130,
            "Service Bus topics of routes and of Event Grid: all subscriptions, with their dead letters. Erased by taking messages out.",
            advice: "Each subscription of the topic holds its own copy: its owner looks in it, in its dead-letter queue and in what the "
                + "receiver keeps."
        );

    public Sink Open(SinkServices services) => Sink.Of(Description, new BusSink(services.Access, services.HubName, isTopic: true));

    public string Kind => Name;

    public IReadOnlyCollection<string> EndpointKinds { get; } = ["servicebusTopics"];

    public Task<LocationDraft?> FindAsync(
        RoutingEndpoint endpoint,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    ) => Task.FromResult(endpoint.ToEntity(Name, "Microsoft.ServiceBus", "topics"));

    public IReadOnlyCollection<string> DatasourceTypes { get; } = ["Microsoft.ServiceBus/Topic"];

    public Task<LocationDraft?> PlaceOfAsync(
        JobOutputFacts output,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    ) => Task.FromResult(output.ToEntity(Name, "topicName"));

    public string? EndpointType => "ServiceBusTopic";

    public string NameOf(EventDestination destination) => "Service Bus topic";

    public string? PlaceOf(EventDestination destination) => destination.EntityOfNamespace();
}
