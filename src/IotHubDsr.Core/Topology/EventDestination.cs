using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>From the destination of an event subscription to its place.</summary>
internal static class EventDestination
{
    public static DataLocation Read(EventSubscription subscription)
    {
        JsonElement? properties = Properties(subscription);
        string? resource = properties.Text("resourceId");
        ArmId? id = ArmId.TryParse(resource, out ArmId? parsed) ? parsed : null;
        string? kind = Type(subscription).ToUpperInvariant() switch
        {
            "EVENTHUB" => LocationKinds.EventHub,
            "SERVICEBUSQUEUE" => LocationKinds.ServiceBusQueue,
            "SERVICEBUSTOPIC" => LocationKinds.ServiceBusTopic,
            "STORAGEQUEUE" => LocationKinds.StorageQueue,
            "HYBRIDCONNECTION" => LocationKinds.HybridConnection,
            "AZUREFUNCTION" => LocationKinds.AzureFunction,
            "WEBHOOK" => LocationKinds.Webhook,
            _ => LocationKinds.EventHandler,
        };
        string? place = kind switch
        {
            LocationKinds.EventHub or LocationKinds.ServiceBusQueue or LocationKinds.ServiceBusTopic or LocationKinds.HybridConnection =>
                id?.NameOf("namespaces") is { } ns && id.Type.Contains('/') ? $"{ns.ToLowerInvariant()}/{id.Name}" : null,
            LocationKinds.StorageQueue => id is not null && properties.Text("queueName") is { } queue ? $"{id.Name}/{queue}" : null,
            LocationKinds.AzureFunction => id?.NameOf("sites") is { } site ? $"{site}/{id.Name}" : null,
            // With its secrets: what is shown of an address is decided in one place, see LocationText.
            LocationKinds.Webhook => properties.Text("endpointBaseUrl") ?? properties.Text("endpointUrl"),
            _ => id?.Name,
        };
        return new DataLocation
        {
            Id = "",
            Kind = kind,
            Place = place ?? $"{Type(subscription)} of event subscription {subscription.Name}",
            // Subscriptions of several topics can have the same name.
            ResourceId = id?.ToString() ?? (place is null ? subscription.Id : null),
            Provenance = [],
        };
    }

    public static string InWords(EventSubscription subscription) =>
        Type(subscription).ToUpperInvariant() switch
        {
            "EVENTHUB" => "event hub",
            "SERVICEBUSQUEUE" => "Service Bus queue",
            "SERVICEBUSTOPIC" => "Service Bus topic",
            "STORAGEQUEUE" => "storage queue",
            "HYBRIDCONNECTION" => "hybrid connection",
            "AZUREFUNCTION" => "Azure Function",
            "WEBHOOK" => "webhook",
            _ => $"handler of type '{LocationText.Quote(Type(subscription))}'",
        };

    private static string Type(EventSubscription subscription) =>
        subscription.Destination.Text("endpointType") ?? "handler of unknown type";

    private static JsonElement? Properties(EventSubscription subscription) =>
        subscription.Destination.Prop("properties") ?? subscription.Destination;
}
