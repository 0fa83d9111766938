using System.Text.Json;
using IotHubDsr.Core.Sinks.BlobArchives;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.RoutedBlobs;

/// <summary>
/// Archives that routes write: Avro (codecs null, deflate, snappy and zstandard; Event Hubs Capture too) and JSON. Erased by
/// replacing what holds the device.
/// </summary>
internal sealed class RoutedBlobKind : ISinkKind, IEndpointPlaces, IOnwardPlaces, IOutputPlaces
{
    public const string Name = "RoutedBlobContainer";

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 100,
            "Archives that routes write: Avro (codecs null, deflate, snappy and zstandard; Event Hubs Capture too) and "
                + "JSON. Erased by replacing what holds the device."
        )
        {
            Form = PlaceForm.Container,
            Traits = PlaceTraits.MixesHubs | PlaceTraits.MayBeDedicated | PlaceTraits.HasNameFormats,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            Stage = ErasureStage.Sinks,
            IsShared = true,
            Understands = ArchiveSink.Understands,
            Method =
                "The records were taken out of the blobs under the ETags that were read; the records of other devices were kept byte for byte.",
            Reading = ArchiveSink.Reading,
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read it: the owner of the container looks for records with the device as "
                + "connectionDeviceId; each blob also holds records of other devices.",
        };

    private const int DefaultBatchSeconds = 300;

    public IReadOnlyCollection<string> EndpointKinds { get; } = ["storageContainers"];

    public Sink Open(SinkServices services) => Sink.Of(Description, new RoutedBlobSink(services.Containers, services.Time));

    public IReadOnlyCollection<string> DatasourceTypes { get; } = ["Microsoft.Storage/Blob"];

    /// <summary>The names of a job's blobs hold no hub: whose they are is for the operator to say.</summary>
    public async Task<LocationDraft?> PlaceOfAsync(
        JobOutputFacts output,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    )
    {
        if (!output.KeepsHubRecord || output.Properties.Prop("storageAccounts").Items().ToArray() is not [var account])
            return null;
        ContainerAddress? address = await context.Accounts.FindAsync(
            null,
            account.Text("accountName"),
            output.Properties.Text("container"),
            null,
            null,
            cancellationToken
        );
        if (address is null)
            return null;
        Dictionary<string, string> settings = address.Settings;
        settings[LocationSettings.HubName] = hub.Name;
        return LocationDraft.Of(Name, address.Place, address.AccountId, settings);
    }

    public string Part => "captures of event hubs";

    public Task AddAsync(
        IReadOnlyList<LocationDraft> found,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    ) => new CaptureDiscovery(context, hub).AddAsync(found, locations, cancellationToken);

    public async Task<LocationDraft?> FindAsync(
        RoutingEndpoint endpoint,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    )
    {
        JsonElement body = endpoint.Body;
        IReadOnlyDictionary<string, string> parts = endpoint.Connection;
        ContainerAddress? address = await context.Accounts.FindAsync(
            body.Text("endpointUri") ?? parts.GetValueOrDefault("BlobEndpoint"),
            parts.GetValueOrDefault("AccountName"),
            body.Text("containerName"),
            body.Text("subscriptionId"),
            body.Text("resourceGroup"),
            cancellationToken
        );
        if (address is null)
            return null;

        // How long messages gather before they are written as a blob.
        long batch = Math.Clamp(((JsonElement?)body).Number("batchFrequencyInSeconds") ?? DefaultBatchSeconds, 0, 86_400);
        Dictionary<string, string> settings = address.Settings;
        settings[LocationSettings.HubName] = hub.Name;
        settings[LocationSettings.FileNameFormat] = body.Text("fileNameFormat") ?? BlobNameFormat.Default;
        return LocationDraft.Of(Name, address.Place, address.AccountId, settings) with { FlushTime = TimeSpan.FromSeconds(2 * batch) };
    }
}
