using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.HybridConnections;

/// <summary>Relay hybrid connection of an Event Grid subscription.</summary>
internal sealed class HybridConnectionKind : ISinkKind, IHandlerPlaces
{
    public const string Name = "HybridConnection";

    public PlaceDescription Description { get; } =
        new(Name, Position: 190, "Relay hybrid connection of an Event Grid subscription.")
        {
            Traits = PlaceTraits.HasRecipient,
            Verdict = Verdict.OwnerAction,
            Advice =
                "The relay keeps nothing, its listener can: the listener's owner deletes what it holds of the device and " + "confirms it.",
        };

    public string Kind => Name;

    public string? EndpointType => "HybridConnection";

    public string NameOf(EventDestination destination) => "hybrid connection";

    public string? PlaceOf(EventDestination destination) => destination.EntityOfNamespace();
}
