using IotHubDsr.Core.Sinks.BusEntities;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.ServiceBusQueues;

/// <summary>
/// Service Bus queues of routes and of Event Grid, with their dead letters and what they forward to. Erased by taking messages out.
/// </summary>
internal sealed class ServiceBusQueueKind : ISinkKind, IEndpointPlaces, IHandlerPlaces, IOutputPlaces
{
    public const string Name = "ServiceBusQueue";

    public PlaceDescription Description { get; } =
        BusDescription.Of(
            Name,
            position: 120,
            "Service Bus queues of routes and of Event Grid, with their dead letters and what they forward to. Erased "
                + "by taking messages out.",
            advice: "Messages leave when the receiver completes them or their time to live ends; the owner of the queue looks in it, in "
                + "its dead-letter queue and in what the receiver keeps."
        );

    public Sink Open(SinkServices services) => Sink.Of(Description, new BusSink(services.Access, services.HubName, isTopic: false));

    public string Kind => Name;

    public IReadOnlyCollection<string> EndpointKinds { get; } = ["servicebusQueues"];

    public Task<LocationDraft?> FindAsync(
        RoutingEndpoint endpoint,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    ) => Task.FromResult(endpoint.ToEntity(Name, "Microsoft.ServiceBus", "queues"));

    public IReadOnlyCollection<string> DatasourceTypes { get; } = ["Microsoft.ServiceBus/Queue"];

    public Task<LocationDraft?> PlaceOfAsync(
        JobOutputFacts output,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    ) => Task.FromResult(output.ToEntity(Name, "queueName"));

    public string? EndpointType => "ServiceBusQueue";

    public string NameOf(EventDestination destination) => "Service Bus queue";

    public string? PlaceOf(EventDestination destination) => destination.EntityOfNamespace();
}
