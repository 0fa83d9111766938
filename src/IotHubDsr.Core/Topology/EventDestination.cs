using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>The destination of an event subscription.</summary>
internal sealed class EventDestination(EventSubscription subscription)
{
    public string Type => subscription.Destination.Text("endpointType") ?? "handler of unknown type";

    public JsonElement? Properties => subscription.Destination.Prop("properties") ?? subscription.Destination;

    /// <summary>The resource that it is, or is a part of; null when it is none.</summary>
    public ArmId? Id => ArmId.TryParse(Properties.Text("resourceId"), out ArmId? id) ? id : null;

    /// <summary>An entity of a namespace; null when it is none.</summary>
    public string? EntityOfNamespace() =>
        Id is { } id && id.NameOf("namespaces") is { } ns && id.Type.Contains('/') ? $"{ns.ToLowerInvariant()}/{id.Name}" : null;

    /// <summary>The place of the subscription's events.</summary>
    /// <param name="kind">Kind of the place.</param>
    /// <param name="source">What the kind says of it.</param>
    public LocationDraft To(string kind, IHandlerPlaces source)
    {
        string? place = source.PlaceOf(this);
        return new LocationDraft
        {
            Kind = kind,
            Place = place ?? $"{Type} of event subscription {subscription.Name}",
            // Subscriptions of several topics can have the same name.
            ResourceId = Id?.ToString() ?? (place is null ? subscription.Id : null),
            Ways = [subscription.To(DataWayKind.EventSubscription, source.NameOf(this))],
            RecordsDeletion = subscription.RecordsDeletion,
            FlushTime = subscription.Retries,
        };
    }
}
