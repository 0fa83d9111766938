using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.EventHubs;

/// <summary>Event hub.</summary>
internal sealed class EventHubKind : ISinkKind, IEndpointPlaces, IHandlerPlaces, ILogPlaces
{
    public const string Name = "EventHub";

    public PlaceDescription Description { get; } =
        new(Name, Position: 235, "Event hub.")
        {
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read Event Hubs, and single messages cannot be deleted there. They leave by retention "
                + "{retention}; consumers and Capture can hold copies: ask their owners.",
        };

    public string Kind => Name;

    public IReadOnlyCollection<string> SettingMembers { get; } = ["eventHubAuthorizationRuleId", "eventHubName", "serviceBusRuleId"];

    public IReadOnlyCollection<string> EndpointKinds { get; } = ["eventHubs"];

    public Task<LocationDraft?> FindAsync(
        RoutingEndpoint endpoint,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    ) => Task.FromResult(endpoint.ToEntity(Name, "Microsoft.EventHub", "eventhubs"));

    public string? EndpointType => "EventHub";

    public string NameOf(EventDestination destination) => "event hub";

    public string? PlaceOf(EventDestination destination) => destination.EntityOfNamespace();

    public Task AddAsync(
        DiagnosticSetting setting,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        if (setting.Properties.Text("eventHubAuthorizationRuleId") is { } rule)
        {
            // Without a name the service makes an event hub per category; to their owner they are one place.
            string eventHub = setting.Properties.Text("eventHubName") ?? "insights-logs-*";
            locations.Add(setting.To(Name, $"{NamespaceOf(rule)}/{eventHub}", IdOf(rule, eventHub), "event hub"));
        }

        if (setting.Properties.Text("serviceBusRuleId") is { } legacy)
        {
            locations.Add(
                setting.To(Name, $"{NamespaceOf(legacy)}/insights-*", resourceId: null, "event hubs of a namespace named in the older form")
            );
        }

        return Task.CompletedTask;
    }

    private static string NamespaceOf(string rule) =>
        ArmId.TryParse(rule, out ArmId? id) && id.NameOf("namespaces") is { } name ? name.ToLowerInvariant() : rule;

    private static string? IdOf(string rule, string eventHub) =>
        ArmId.TryParse(rule, out ArmId? id) && id.NameOf("namespaces") is { } name && eventHub.IndexOf('*', StringComparison.Ordinal) < 0
            ? $"/subscriptions/{id.SubscriptionId}/resourceGroups/{id.ResourceGroup}"
                + $"/providers/Microsoft.EventHub/namespaces/{name}/eventhubs/{eventHub}"
            : null;
}
