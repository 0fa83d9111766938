using IotHubDsr.Core.Sinks.BlobArchives;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.DeviceIndexes;

/// <summary>The device index of the connection's request store: pseudonyms of device IDs, which this module keeps itself.</summary>
internal sealed class DeviceIndexKind : ISinkKind, IStorePlaces
{
    public const string Name = "DeviceIndex";

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 270,
            "The device index in the request store, if there is one: keyed hashes of the device IDs in each blob. Erased by dropping the "
                + "entries that can hold the device; their blobs are read again."
        )
        {
            Form = PlaceForm.OfHub,
            Traits = PlaceTraits.HasCase,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Erase,
            Stage = ErasureStage.Sinks,
            IsShared = true,
            Understands = ArchiveSink.Understands,
            Method = "Every entry that can hold the device was dropped as a whole: the blobs that it was about count as unread.",
            Reading = "Every entry of the index was looked through for the keyed hash of the device ID.",
            Verdict = Verdict.OwnerAction,
            Advice = "This version does not read it: Remove-IotDeviceIndex of the version that made it destroys it.",
        };

    public Sink Open(SinkServices services) => Sink.Of(Description, new DeviceIndexSink());

    public LocationDraft Of(string store) =>
        LocationDraft.Of(Name, store, resourceId: null) with
        {
            Ways =
            [
                DataWay.Remark(
                    "Readings of archives leave keyed hashes of the device IDs in them, since Update-IotDeviceIndex made the index"
                ),
            ],
        };
}
