using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.EventHandlers;

/// <summary>Any other handler of an Event Grid subscription.</summary>
internal sealed class EventHandlerKind : ISinkKind, IHandlerPlaces
{
    public const string Name = "EventHandler";

    public PlaceDescription Description { get; } =
        new(Name, Position: 200, "Any other handler of an Event Grid subscription.")
        {
            Traits = PlaceTraits.HasRecipient,
            Verdict = Verdict.OwnerAction,
            Advice =
                "What this handler keeps cannot be seen from here: its owner deletes what it holds of the device and confirms " + "it.",
        };

    public string Kind => Name;

    /// <summary>All types that no other kind takes.</summary>
    public string? EndpointType => null;

    public string NameOf(EventDestination destination) => $"handler of type '{LocationText.Quote(destination.Type)}'";

    public string? PlaceOf(EventDestination destination) => destination.Id?.Name;
}
