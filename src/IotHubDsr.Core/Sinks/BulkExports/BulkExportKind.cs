using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobArchives;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.BulkExports;

/// <summary>Identities and twins that jobs of the hub exported to blobs, or imported from them, all devices in one.</summary>
internal sealed class BulkExportKind : ISinkKind, ITransferPlaces
{
    public const string Name = "BulkExportContainer";

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 215,
            "Blobs that jobs of the hub exported all devices to, or imported devices from (devices.txt). Jobs of the last 30 days tell the "
                + "container; older ones take the location file. The export has no keys. Erased by replacing what holds the device."
        )
        {
            Form = PlaceForm.Container,
            Traits = PlaceTraits.MixesHubs | PlaceTraits.MayBeDedicated | PlaceTraits.LeavesHubOpen | PlaceTraits.HasNamedBlobs,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            Stage = ErasureStage.Sinks,
            IsShared = true,
            // A line tells neither when it was written nor which incarnation of the ID it is.
            Understands = Narrowing.Mentioned,
            Method =
                "The lines of the device were taken out of the blobs under the ETags that were read; the lines of other devices were kept byte "
                + "for byte.",
            Reading = ArchiveSink.Reading,
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read it: the owner of the container looks for lines with the device ID in the hub's exports, and "
                + "deletes exports that nobody needs any more; each holds all devices.",
        };

    public Sink Open(SinkServices services) => Sink.Of(Description, new BulkExportSink(services.Containers, services.Time));

    public Task AddAsync(
        IReadOnlyList<HubJob> transfers,
        TransferContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    ) => new ExportDiscovery(context, locations).AddAsync(transfers, cancellationToken);
}
