using IotHubDsr.Core.Records;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.CloudToDeviceQueues;

/// <summary>Messages that wait in the hub: their number, and the purge. The service does not show their content.</summary>
internal sealed class CloudToDeviceQueueKind : ISinkKind, IServicePlaces
{
    public const string Name = "CloudToDeviceQueue";

    public PlaceDescription Description { get; } =
        new(Name, Position: 20, "Messages that wait in the hub: their number, and the purge. The service does not show their content.")
        {
            Form = PlaceForm.OfHub,
            Traits = PlaceTraits.IsInHub | PlaceTraits.WaitsForDevice,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Erase,
            Stage = ErasureStage.Queues,
            Understands = Narrowing.Generation | Narrowing.Mentioned,
            Method = "The queue of the device was purged by the hub.",
            Reading = "The hub was queried for the queue of each device.",
            Verdict = Verdict.Unknown,
            Advice = "This version does not read it: purge the device's queue, or delete the device, which deletes its queue.",
        };

    public Sink Open(SinkServices services) => Sink.Of(Description, new CloudToDeviceQueueSink(services.Hub));

    public bool NeedsTwins => true;

    public LocationDraft Of(string hubName, string? resourceId) =>
        HubDiscovery.Kept(Name, hubName, resourceId, "the hub queues cloud-to-device messages for each device");
}
