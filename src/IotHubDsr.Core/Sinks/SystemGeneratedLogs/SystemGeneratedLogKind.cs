using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.SystemGeneratedLogs;

/// <summary>Logs that Microsoft generates while it runs the hub: no administrator can reach all of them.</summary>
internal sealed class SystemGeneratedLogKind : ISinkKind, IServicePlaces
{
    public const string Name = "SystemGeneratedLogs";

    public PlaceDescription Description { get; } =
        new(Name, Position: 260, "Logs that Microsoft generates while it runs the hub. Microsoft alone can reach them.")
        {
            Form = PlaceForm.OfHub,
            Traits = PlaceTraits.IsInHub | PlaceTraits.HasRecipient,
            Verdict = Verdict.OwnerAction,
            Advice =
                "Microsoft states that some system-generated logs can neither be accessed nor exported by the administrator of a tenant "
                + "(https://learn.microsoft.com/azure/iot-hub/iot-hub-customer-data-requests): no tool of a tenant reads or erases them. "
                + "The person responsible asks Microsoft, as the processor, and notes the answer.",
        };

    public LocationDraft Of(string hubName, string? resourceId) =>
        HubDiscovery.Kept(Name, hubName, resourceId, "Microsoft logs the operation of each hub for its own purposes");
}
