using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>
/// Who receives the hub's events. Subscriptions exist in two forms: as extensions of the hub, and below the system topic that the portal
/// makes; whether either listing includes the other's is not promised, so both are read and the same place counts once.
/// </summary>
internal sealed class EventGridDiscovery(ArmReader arm, StorageAccounts accounts)
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
            await foreach (JsonElement topic in arm.ListAsync(call, cancellationToken))
            {
                if (!hub.ResourceId.Names(topic.Prop("properties").Text("source")))
                    continue;
                if (ArmId.TryParse(topic.Text("id"), out ArmId? id))
                    topics.Add(id);
                else
                    AddUnreadable(topic, locations);
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
                JsonElement body in arm.ListAsync(new ArmCall($"{path}/eventSubscriptions", ApiVersion, part), cancellationToken)
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
        locations.Add(
            EventDestination.Read(subscription) with
            {
                Provenance = [$"{subscription.InWords} → {EventDestination.InWords(subscription)}"],
                RecordsDeletion = subscription.RecordsDeletion,
                FlushTime = subscription.Retries,
            }
        );
        if (subscription.DeadLetter is not { } deadLetter)
            return;

        string why = $"{subscription.InWords}, events that could not be delivered";
        string? container = deadLetter.Prop("properties").Text("blobContainerName") ?? deadLetter.Text("blobContainerName");
        string? account = deadLetter.Prop("properties").Text("resourceId") ?? deadLetter.Text("resourceId");
        if (await accounts.FindAsync(account, container, cancellationToken) is not { } address)
        {
            locations.AddUnknown(
                $"dead letters of {subscription.Name}",
                $"{why}: the destination is not of a form that this version can read"
            );
            return;
        }

        Dictionary<string, string> settings = address.Settings;
        settings[LocationSettings.HubName] = hub.Name;
        locations.Add(
            new DataLocation
            {
                Id = "",
                Kind = LocationKinds.DeadLetterContainer,
                Place = address.Place,
                ResourceId = address.AccountId ?? account,
                Provenance = [$"{why} → container '{address.Container}'"],
                RecordsDeletion = subscription.RecordsDeletion,
                FlushTime = subscription.Retries + EventSubscription.DeadLetterDelay,
                Settings = settings,
            }
        );
    }
}
