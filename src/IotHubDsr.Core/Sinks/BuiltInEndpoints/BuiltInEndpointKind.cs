using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks.EventStreams;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.BuiltInEndpoints;

/// <summary>The hub's built-in, Event Hubs compatible endpoint. Its messages cannot be erased, and leave by retention.</summary>
internal sealed class BuiltInEndpointKind : ISinkKind, IHubPlaces
{
    public const string Name = "BuiltInEndpoint";

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 90,
            "The hub's built-in, Event Hubs compatible endpoint. Its messages cannot be erased, and leave by retention."
        )
        {
            Form = PlaceForm.OfHub,
            Traits = PlaceTraits.HasConsumerGroups,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export,
            Stage = ErasureStage.Sinks,
            IsShared = true,
            Understands = EventStreamSink.Understands,
            Reading = EventStreamSink.Reading,
            Verdict = Verdict.Expiring,
            Advice =
                "Single messages cannot be deleted. They leave by retention {retention}; consumers can hold copies: ask their " + "owners.",
        };

    public Sink Open(SinkServices services) => Sink.Of(Description, new BuiltInEndpointSink(services.Access, services.HubName));

    public async Task AddAsync(HubDescription hub, DiscoveryContext context, LocationSet locations, CancellationToken cancellationToken)
    {
        var table = RoutingTable.Read(hub.Properties);
        Route[] ways = [.. table.Routes.Where(static route => route.LeadsTo(Route.BuiltInEndpoint))];
        JsonElement? events = hub.Properties.Prop("eventHubEndpoints").Prop("events");
        bool hasRoutes = table.Routes.Any(static route => !route.IsFallback);
        var unrouted = new DataWay
        {
            Kind = hasRoutes ? DataWayKind.UnroutedEndpoint : DataWayKind.BuiltInEndpoint,
            Name = Route.BuiltInEndpoint,
        };
        var groups = new ArmCall(
            $"{hub.ResourceId.Path}/eventHubEndpoints/events/ConsumerGroups",
            HubResource.ApiVersion,
            $"the consumer groups of the built-in endpoint of {hub.Name}"
        );
        Task<ConsumerListing> consumers = context.Consumers.ListAsync(hub, cancellationToken);
        DataWay? readers = await ConsumerGroups.RemarkAsync(
            $"{hub.Name}/{Route.BuiltInEndpoint}",
            hub,
            context,
            groups,
            locations,
            cancellationToken
        );
        locations.Add(
            new LocationDraft
            {
                Kind = Name,
                Place = $"{hub.Name}/{Route.BuiltInEndpoint}",
                ResourceId = hub.ResourceId.ToString(),
                Ways =
                [
                    .. ways.Length > 0 ? ways.Select(static route => route.To(Route.BuiltInEndpoint)) : [unrouted],
                    .. readers is null ? (DataWay[])[] : [readers],
                    .. Unlisted(await consumers),
                ],
                FlushTime = RoutingEndpoint.Delay,
                RecordsDeletion = Array.Exists(ways, static route => route.RecordsDeletion),
                Retention = BuiltInEndpointSink.RetentionOf(events),
                Settings = BuiltInEndpointSink.SettingsOf(events),
            }
        );
    }

    /// <summary>Consumers that Azure Resource Manager can tell have locations of their own, unless nobody may ask for them.</summary>
    private static IEnumerable<DataWay> Unlisted(ConsumerListing consumers)
    {
        if (consumers.Fault is { } fault)
        {
            yield return DataWay.Remark(
                $"Data Explorer clusters, Stream Analytics jobs and Device Update instances of the hub are unknown: {fault.Message}"
            );
        }
    }
}
