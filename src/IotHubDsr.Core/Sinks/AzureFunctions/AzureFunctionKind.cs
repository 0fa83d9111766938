using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.AzureFunctions;

/// <summary>Azure Function that handles an Event Grid subscription.</summary>
internal sealed class AzureFunctionKind : ISinkKind, IHandlerPlaces
{
    public const string Name = "AzureFunction";

    public PlaceDescription Description { get; } =
        new(Name, Position: 180, "Azure Function that handles an Event Grid subscription.")
        {
            Traits = PlaceTraits.HasRecipient,
            Verdict = Verdict.OwnerAction,
            Advice =
                "What a function keeps cannot be seen from here: its owner looks in its outputs and in its Application "
                + "Insights logs, and confirms it.",
        };

    public string Kind => Name;

    public string? EndpointType => "AzureFunction";

    public string NameOf(EventDestination destination) => "Azure Function";

    public string? PlaceOf(EventDestination destination) =>
        destination.Id is { } id && id.NameOf("sites") is { } site ? $"{site}/{id.Name}" : null;
}
