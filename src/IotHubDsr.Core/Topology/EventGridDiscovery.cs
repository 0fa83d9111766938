using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>
/// Who receives the hub's events. Subscriptions exist in two forms: as extensions of the hub, and below the system topic that the portal
/// makes; whether either listing includes the other's is not promised, so both are read and the same place counts once.
/// </summary>
internal sealed class EventGridDiscovery(
    DiscoveryContext context,
    IReadOnlyList<IHandlerPlaces> handlers,
    IReadOnlyList<IDeadLetterPlaces> deadLetters
)
{
    private const string ApiVersion = "2022-06-15";

    public async Task<LocationSet> FindAsync(HubDescription hub, CancellationToken cancellationToken)
    {
        var locations = new LocationSet();
        await AddListedAsync(
            hub,
            $"{hub.ResourceId.Path}/providers/Microsoft.EventGrid",
            $"event subscriptions of {hub.Name}",
            locations,
            cancellationToken
        );

        string part = $"Event Grid system topics of subscription {hub.ResourceId.SubscriptionId}";
        var topics = new List<ArmId>();
        try
        {
            var call = new ArmCall(
                $"/subscriptions/{Uri.EscapeDataString(hub.ResourceId.SubscriptionId)}/providers/Microsoft.EventGrid/systemTopics",
                ApiVersion,
                part
            );
            await foreach (JsonElement topic in context.Arm.ListAsync(call, cancellationToken))
            {
                if (!hub.ResourceId.Names(topic.Prop("properties").Text("source")))
                    continue;
                if (!ArmId.TryParse(topic.Text("id"), out ArmId? id))
                {
                    AddUnreadable(topic, locations);
                    continue;
                }

                topics.Add(id);
                context.SystemTopics.Add(id);
            }
        }
        catch (DsrException exception)
        {
            locations.AddUnread(part, exception.Fault);
        }

        foreach (ArmId topic in topics)
            await AddListedAsync(hub, topic.Path, $"event subscriptions of system topic {topic.Name}", locations, cancellationToken);
        return locations;
    }

    private static void AddUnreadable(JsonElement topic, LocationSet locations)
    {
        string name = topic.Text("name") ?? "without a name";
        locations.AddUnknown(
            $"system topic {name}",
            $"system topic '{name}' takes the hub's events, and has no ID that this version can read its subscriptions by"
        );
    }

    private async Task AddListedAsync(
        HubDescription hub,
        string path,
        string part,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await foreach (
                JsonElement body in context.Arm.ListAsync(new ArmCall($"{path}/eventSubscriptions", ApiVersion, part), cancellationToken)
            )
            {
                await AddAsync(hub, EventSubscription.Read(body), locations, cancellationToken);
            }
        }
        catch (DsrException exception)
        {
            locations.AddUnread(part, exception.Fault);
        }
    }

    private async Task AddAsync(
        HubDescription hub,
        EventSubscription subscription,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        var destination = new EventDestination(subscription);
        IHandlerPlaces? handler = handlers.FirstOrDefault(known =>
            destination.Type.Equals(known.EndpointType, StringComparison.OrdinalIgnoreCase)
        ) ?? handlers.FirstOrDefault(static known => known.EndpointType is null);
        if (handler is not null)
            locations.Add(destination.To(handler.Kind, handler));
        if (subscription.DeadLetter is not { } deadLetter)
            return;
        foreach (IDeadLetterPlaces source in deadLetters)
            await source.AddAsync(subscription, deadLetter, hub, context, locations, cancellationToken);
    }
}
