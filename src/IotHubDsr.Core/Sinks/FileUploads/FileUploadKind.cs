using System.Text.Json;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.FileUploads;

/// <summary>Files that devices upload. Erased by deleting those of the device.</summary>
internal sealed class FileUploadKind : ISinkKind, IHubPlaces
{
    public const string Name = "FileUploadContainer";

    public PlaceDescription Description { get; } =
        new(Name, Position: 80, "Files that devices upload. Erased by deleting those of the device.")
        {
            Form = PlaceForm.Container,
            Traits = PlaceTraits.HasDeviceFolders | PlaceTraits.MayBeDedicated | PlaceTraits.LeavesHubOpen,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            Stage = ErasureStage.Sinks,
            IsShared = true,
            Understands = Narrowing.Time | Narrowing.Mentioned,
            Method = "The files in the device's folder were deleted under the ETags that were read.",
            Reading = "The folder of each device was listed, including old copies.",
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read it: the owner of the container deletes the blobs below the folder that is named "
                + "after the device, exactly as its ID is written.",
        };

    private static readonly TimeSpan DefaultAccess = TimeSpan.FromHours(1);

    /// <summary>Texts that say where devices upload to; empty where nothing is configured.</summary>
    private static readonly string[] Address = ["containerName", "connectionString", "endpointUri"];

    public Sink Open(SinkServices services) => Sink.Of(Description, new FileUploadSink(services.Containers, services.Time));

    public async Task AddAsync(HubDescription hub, DiscoveryContext context, LocationSet locations, CancellationToken cancellationToken)
    {
        JsonElement? endpoints = hub.Properties.Prop("storageEndpoints");
        if (endpoints is { ValueKind: not JsonValueKind.Object } odd)
        {
            string names = HubDiscovery.NamesIn(odd);
            locations.AddUnknown("storageEndpoints", $"storageEndpoints is not of a form that this version can read{names}");
        }

        foreach (JsonProperty endpoint in endpoints.Members())
        {
            JsonElement body = endpoint.Value;
            if (body.ValueKind == JsonValueKind.Object)
                UnknownProperties.AddMembers(locations, $"storageEndpoints.{endpoint.Name}", body, UnknownProperties.UploadMembers);
            if (!IsConfigured(body))
                continue;
            ContainerAddress? address = endpoint.Name == "$default" ? await FindAsync(body, context.Accounts, cancellationToken) : null;
            if (address is null)
            {
                locations.AddUnknown(
                    $"file upload ({endpoint.Name})",
                    $"storageEndpoints '{endpoint.Name}' is not of a form that this version can read{HubDiscovery.NamesIn(body)}"
                );
                continue;
            }

            locations.Add(
                new LocationDraft
                {
                    Kind = Name,
                    Place = address.Place,
                    ResourceId = address.AccountId,
                    Ways = [new DataWay { Kind = DataWayKind.FileUpload, Target = $"container '{address.Container}'" }],
                    // A device that was given access to its blob just before can still write it.
                    FlushTime = HubDiscovery.Duration(body.Text("sasTtlAsIso8601")) ?? DefaultAccess,
                    Settings = address.Settings,
                }
            );
        }
    }

    private static bool IsConfigured(JsonElement body) =>
        body.ValueKind != JsonValueKind.Object
        || (body.Text("containerName") is not null && (body.Text("connectionString") ?? body.Text("endpointUri")) is not null)
        || Array.Exists(Address, name => body.Prop(name) is { ValueKind: not JsonValueKind.String });

    private static Task<ContainerAddress?> FindAsync(JsonElement body, StorageAccounts accounts, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> parts = ServiceAddress.Parts(body.Text("connectionString"));
        return accounts.FindAsync(
            body.Text("endpointUri") ?? parts.GetValueOrDefault("BlobEndpoint"),
            parts.GetValueOrDefault("AccountName"),
            body.Text("containerName"),
            null,
            null,
            cancellationToken
        );
    }
}
