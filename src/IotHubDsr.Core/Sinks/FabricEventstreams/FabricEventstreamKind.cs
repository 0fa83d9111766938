using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.FabricEventstreams;

/// <summary>Microsoft Fabric eventstream.</summary>
internal sealed class FabricEventstreamKind : ISinkKind, IEndpointPlaces
{
    public const string Name = "FabricEventstream";

    public PlaceDescription Description { get; } =
        new(Name, Position: 150, "Microsoft Fabric eventstream.")
        {
            Traits = PlaceTraits.HasRecipient,
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read Microsoft Fabric. The owner of the workspace looks for the device in the "
                + "destinations of the eventstream and deletes its rows.",
        };

    public IReadOnlyCollection<string> EndpointKinds { get; } = ["eventStreams"];

    public Task<LocationDraft?> FindAsync(
        RoutingEndpoint endpoint,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    )
    {
        string? outer = endpoint.Body.Text("workspaceId") ?? ServiceAddress.FirstLabel(endpoint.Body.Text("endpointUri"));
        string? inner = endpoint.Body.Text("eventStreamId") ?? endpoint.Body.Text("entityPath");
        return Task.FromResult(outer is null || inner is null ? null : LocationDraft.Of(Name, $"{outer}/{inner}", resourceId: null));
    }
}
