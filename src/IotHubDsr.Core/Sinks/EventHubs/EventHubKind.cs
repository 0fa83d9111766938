using IotHubDsr.Core.Sinks.EventStreams;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.EventHubs;

/// <summary>Event hubs of routes, of Event Grid and of logs. Their events cannot be erased, and leave by retention.</summary>
internal sealed class EventHubKind : ISinkKind, IEndpointPlaces, IHandlerPlaces, ILogPlaces, IOnwardPlaces, IOutputPlaces
{
    public const string Name = "EventHub";

    public PlaceDescription Description { get; } =
        new(Name, Position: 235, "Event hubs of routes, of Event Grid and of logs. Their events cannot be erased, and leave by retention.")
        {
            Traits = PlaceTraits.HasConsumerGroups | PlaceTraits.MayBeDedicated | PlaceTraits.LeavesHubOpen,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export,
            Stage = ErasureStage.Sinks,
            IsShared = true,
            Understands = EventStreamSink.Understands,
            Reading = EventStreamSink.Reading,
            Verdict = Verdict.OwnerAction,
            Advice =
                "Single messages cannot be deleted there. They leave by retention {retention}; consumers and Capture can hold copies: ask "
                + "their owners.",
        };

    public string Kind => Name;

    public IReadOnlyCollection<string> SettingMembers { get; } = ["eventHubAuthorizationRuleId", "eventHubName", "serviceBusRuleId"];

    public IReadOnlyCollection<string> EndpointKinds { get; } = ["eventHubs"];

    public Sink Open(SinkServices services) => Sink.Of(Description, new EventHubSink(services.Access, services.HubName));

    public Task<LocationDraft?> FindAsync(
        RoutingEndpoint endpoint,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    ) => Task.FromResult(endpoint.ToEntity(Name, "Microsoft.EventHub", "eventhubs"));

    public IReadOnlyCollection<string> DatasourceTypes { get; } = ["Microsoft.EventHub/EventHub", "Microsoft.ServiceBus/EventHub"];

    public Task<LocationDraft?> PlaceOfAsync(
        JobOutputFacts output,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    ) => Task.FromResult(output.ToEntity(Name, "eventHubName"));

    public string? EndpointType => "EventHub";

    public string NameOf(EventDestination destination) => "event hub";

    public string? PlaceOf(EventDestination destination) => destination.EntityOfNamespace();

    public Task AddAsync(
        DiagnosticSetting setting,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    ) => new LogHubs(context.Arm, setting, locations).AddAsync(cancellationToken);

    public string Part => "event hubs";

    public async Task AddAsync(
        IReadOnlyList<LocationDraft> found,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<LocationDraft> exported = await ExportHubs.FindAsync(found, context, cancellationToken);
        locations.Add(exported);
        IEnumerable<LocationDraft> all = found.Where(static location => location.Kind == Name).Concat(exported);
        await new EventHubFacts(hub, context).AddAsync(all, locations, cancellationToken);
    }
}
