using IotHubDsr.Core.Records;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.HubConfigurations;

/// <summary>Device configurations and IoT Edge deployments, which can name a device in conditions, queries, labels and content.</summary>
internal sealed class HubConfigurationKind : ISinkKind, IServicePlaces
{
    public const string Name = "Configurations";

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 50,
            "Device configurations and IoT Edge deployments that name a device in target condition, metrics, labels or content. They are "
                + "their owner's to change; with -RewriteConfigurations the device is taken out of conditions that do nothing but list "
                + "devices, and what is for no other device is deleted."
        )
        {
            Form = PlaceForm.OfHub,
            Traits = PlaceTraits.IsInHub,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Erase,
            Stage = ErasureStage.Sinks,
            IsShared = true,
            Understands = Narrowing.Mentioned,
            Method =
                "The device was taken out of target conditions that list devices, under the ETags that were read; others stay targeted. What was "
                + "for no other device was deleted.",
            Reading = "All configurations and deployments of the hub were listed and searched for each device.",
            LeftToOperator =
                "The hub's operator takes the device out of the configurations and deployments that name it, or deletes them: they are "
                + "instructions to devices.",
            Verdict = Verdict.OwnerAction,
            Advice =
                "Their owner looks for the device ID in target conditions, metric queries, labels and content of the hub's "
                + "configurations and deployments, and changes those that name it.",
        };

    public Sink Open(SinkServices services) => Sink.Of(Description, new HubConfigurationSink(services.Hub));

    public bool NeedsTwins => true;

    public LocationDraft Of(string hubName, string? resourceId) =>
        HubDiscovery.Kept(Name, hubName, resourceId, "target conditions, metric queries, labels and content can name a device");
}
