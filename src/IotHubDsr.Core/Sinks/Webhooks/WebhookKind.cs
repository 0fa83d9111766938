using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.Webhooks;

/// <summary>Webhook of an Event Grid subscription.</summary>
internal sealed class WebhookKind : ISinkKind, IHandlerPlaces
{
    public const string Name = "Webhook";

    public PlaceDescription Description { get; } =
        new(Name, Position: 170, "Webhook of an Event Grid subscription.")
        {
            Traits = PlaceTraits.HasRecipient,
            Verdict = Verdict.OwnerAction,
            Advice = "What a webhook keeps cannot be seen from here: its owner deletes what it holds of the device and confirms it.",
        };

    public string Kind => Name;

    public string? EndpointType => "WebHook";

    public string NameOf(EventDestination destination) => "webhook";

    /// <summary>With its secrets: what is shown of an address is decided in one place, see <see cref="LocationText"/>.</summary>
    public string? PlaceOf(EventDestination destination) =>
        destination.Properties.Text("endpointBaseUrl") ?? destination.Properties.Text("endpointUrl");
}
