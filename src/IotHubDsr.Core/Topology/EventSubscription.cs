using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>An Event Grid subscription to the hub's events.</summary>
internal sealed record EventSubscription
{
    private const int DefaultRetryMinutes = 1440;

    /// <summary>Event Grid writes a dead letter no sooner than this after its last attempt.</summary>
    public static readonly TimeSpan DeadLetterDelay = TimeSpan.FromMinutes(5);

    public required string Name { get; init; }

    /// <summary>Its resource ID; null when the listing does not tell.</summary>
    public string? Id { get; init; }

    /// <summary>Event types that it asks for; empty for all, as which older subscriptions have the text <c>All</c>.</summary>
    public required IReadOnlyList<string> EventTypes { get; init; }

    public required JsonElement? Destination { get; init; }

    public required JsonElement? DeadLetter { get; init; }

    /// <summary>How long Event Grid tries to deliver an event.</summary>
    public required TimeSpan Retries { get; init; }

    public bool RecordsDeletion =>
        EventTypes.Count == 0
        || EventTypes.Any(static type =>
            type.EndsWith(".DeviceDeleted", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith(".DeviceDisconnected", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>The way that the events take.</summary>
    /// <param name="kind">Events that are delivered, or that could not be.</param>
    /// <param name="target">Where they go, in words.</param>
    public DataWay To(DataWayKind kind, string target) =>
        new()
        {
            Kind = kind,
            Name = Name,
            Carries = [.. EventTypes.Select(static type => type[(type.LastIndexOf('.') + 1)..])],
            Target = target,
        };

    public static EventSubscription Read(JsonElement body)
    {
        JsonElement? properties = body.Prop("properties");
        string[] types =
        [
            .. properties
                .Prop("filter")
                .Prop("includedEventTypes")
                .Items()
                .Select(static type => ((JsonElement?)type).Text())
                .OfType<string>(),
        ];

        // With a managed identity the plain destination is null and the real one stands one level deeper.
        return new EventSubscription
        {
            Name = body.Text("name") ?? "without a name",
            Id = ArmId.TryParse(body.Text("id"), out ArmId? id) ? id.ToString() : null,
            EventTypes = types.Contains("All", StringComparer.OrdinalIgnoreCase) ? [] : types,
            Destination = properties.Prop("deliveryWithResourceIdentity").Prop("destination") ?? properties.Prop("destination"),
            DeadLetter = properties.Prop("deadLetterWithResourceIdentity").Prop("deadLetterDestination")
                ?? properties.Prop("deadLetterDestination")
                ?? Unreadable(properties.Prop("deadLetterWithResourceIdentity")),
            Retries = TimeSpan.FromMinutes(
                Math.Clamp(properties.Prop("retryPolicy").Number("eventTimeToLiveInMinutes") ?? DefaultRetryMinutes, 1, DefaultRetryMinutes)
            ),
        };
    }

    /// <summary>What says more than who delivers is a destination, whatever it is called.</summary>
    private static JsonElement? Unreadable(JsonElement? withIdentity) =>
        withIdentity is { ValueKind: not JsonValueKind.Object } || withIdentity.Members().Any(static member => member.Name != "identity")
            ? withIdentity
            : null;
}
