using IotHubDsr.Core.Records;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.Registry;

/// <summary>
/// Identity, twin, modules and their twins. The export has no keys. Erased by deleting the device, while it is the device that was
/// found.
/// </summary>
internal sealed class RegistryKind : ISinkKind, IServicePlaces
{
    public const string Name = "DeviceRegistry";

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 10,
            "Identity, twin, modules and their twins. The export has no keys. Erased by deleting the device, while it is "
                + "the device that was found."
        )
        {
            Form = PlaceForm.OfHub,
            Traits = PlaceTraits.IsInHub | PlaceTraits.HoldsIdentity,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            Stage = ErasureStage.Identity,
            Understands = Narrowing.Generation | Narrowing.Mentioned,
            Method = "The identity was deleted under the ETag that was read; the hub deletes its twin, modules and module twins with it.",
            Reading = "The hub was queried for each device.",
            Verdict = Verdict.Unknown,
            Advice = "This version does not read it: look for the device in the hub's device list and delete it there.",
        };

    public Sink Open(SinkServices services) => Sink.Of(Description, new RegistrySink(services.Hub));

    public LocationDraft Of(string hubName, string? resourceId) =>
        HubDiscovery.Kept(Name, hubName, resourceId, "the hub's registry holds identity, twin and modules of each device");
}
