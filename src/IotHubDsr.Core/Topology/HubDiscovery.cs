using System.Text.Json;
using System.Xml;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>The places inside a hub, and what its own description tells of others.</summary>
internal static class HubDiscovery
{
    private static readonly TimeSpan JobHistory = TimeSpan.FromDays(30);

    /// <summary>Bounds of the service for feedback and notifications: what cannot be read is taken to be kept that long.</summary>
    private static readonly TimeSpan LongestQueue = TimeSpan.FromDays(2);

    private static readonly TimeSpan DefaultUploadAccess = TimeSpan.FromHours(1);

    /// <summary>Texts that say where devices upload to; empty where nothing is configured.</summary>
    private static readonly string[] UploadAddress = ["containerName", "connectionString", "endpointUri"];

    public static async Task<LocationSet> FindAsync(HubDescription hub, StorageAccounts accounts, CancellationToken cancellationToken)
    {
        var locations = new LocationSet();
        AddRegistry(locations, hub.Name, hub.ResourceId.ToString());
        if (!hub.IsBasic)
            AddStandardTier(locations, hub);
        AddNotifications(locations, hub);
        AddDeviceRegistryNamespace(locations, hub);
        await AddFileUploadAsync(locations, hub, accounts, cancellationToken);
        UnknownProperties.Add(locations, hub);
        return locations;
    }

    public static void AddRegistry(LocationSet locations, string hubName, string? resourceId) =>
        Add(
            locations,
            LocationKinds.DeviceRegistry,
            hubName,
            resourceId,
            "the hub's registry holds identity, twin and modules of each device"
        );

    public static void AddCloudToDeviceQueue(LocationSet locations, string hubName, string? resourceId) =>
        Add(locations, LocationKinds.CloudToDeviceQueue, hubName, resourceId, "the hub queues cloud-to-device messages for each device");

    private static void AddStandardTier(LocationSet locations, HubDescription hub)
    {
        string id = hub.ResourceId.ToString();
        AddCloudToDeviceQueue(locations, hub.Name, id);
        TimeSpan feedback = Duration(hub.Properties.Prop("cloudToDevice").Prop("feedback").Text("ttlAsIso8601")) ?? LongestQueue;
        Add(
            locations,
            LocationKinds.FeedbackQueue,
            hub.Name,
            id,
            "feedback about cloud-to-device messages names their device",
            feedback,
            recordsDeletion: true
        );
        Add(
            locations,
            LocationKinds.JobHistory,
            hub.Name,
            id,
            "a job's condition can name a device; the history of jobs is kept for 30 days",
            JobHistory
        );
        Add(locations, LocationKinds.Configurations, hub.Name, id, "target conditions, metric queries and labels can name a device");
    }

    private static void AddNotifications(LocationSet locations, HubDescription hub)
    {
        // An unreadable value counts as enabled; a missing one is the service's default, which is not.
        bool isEnabled =
            hub.Properties.Prop("enableFileUploadNotifications") is not null
            && ((JsonElement?)hub.Properties).Flag("enableFileUploadNotifications", otherwise: true);
        if (!isEnabled)
            return;
        TimeSpan? kept = Duration(hub.Properties.Prop("messagingEndpoints").Prop("fileNotifications").Text("ttlAsIso8601"));
        Add(
            locations,
            LocationKinds.FileNotificationQueue,
            hub.Name,
            hub.ResourceId.ToString(),
            "file upload notifications are enabled; each names its device and blob",
            kept ?? LongestQueue
        );
    }

    private static void AddDeviceRegistryNamespace(LocationSet locations, HubDescription hub)
    {
        JsonElement? link = hub.Properties.Prop("deviceRegistry");
        string? id = link.Text("namespaceResourceId");
        bool isGen2 = hub.SkuName.Equals("GEN2", StringComparison.OrdinalIgnoreCase);
        if (link is null && !isGen2)
            return;
        string name = ArmId.TryParse(id, out ArmId? parsed) ? parsed.Name : id ?? $"namespace of {hub.Name}";
        string state = link.Prop("linkingProperties").Text("state") is { } told ? $" (link: {told})" : "";
        string why = link is null
            ? "the hub is of the second generation, whose devices are also resources of an Azure Device Registry namespace"
            : $"the hub is linked to the Azure Device Registry namespace '{name}'{state}, where each device is a resource";
        Add(locations, LocationKinds.DeviceRegistryNamespace, name, parsed?.ToString(), why);
    }

    private static async Task AddFileUploadAsync(
        LocationSet locations,
        HubDescription hub,
        StorageAccounts accounts,
        CancellationToken cancellationToken
    )
    {
        JsonElement? endpoints = hub.Properties.Prop("storageEndpoints");
        if (endpoints is { ValueKind: not JsonValueKind.Object } odd)
            locations.AddUnknown("storageEndpoints", $"storageEndpoints is not of a form that this version can read{NamesIn(odd)}");
        foreach (JsonProperty endpoint in endpoints.Members())
        {
            JsonElement body = endpoint.Value;
            string? container = body.Text("containerName");
            string? connection = body.Text("connectionString");
            string? uri = body.Text("endpointUri");
            if (body.ValueKind == JsonValueKind.Object)
                UnknownProperties.AddMembers(locations, $"storageEndpoints.{endpoint.Name}", body, UnknownProperties.UploadMembers);
            bool isConfigured =
                body.ValueKind != JsonValueKind.Object
                || (container is not null && (connection ?? uri) is not null)
                || Array.Exists(UploadAddress, name => body.Prop(name) is { ValueKind: not JsonValueKind.String });
            if (!isConfigured)
                continue;

            IReadOnlyDictionary<string, string> parts = ServiceAddress.Parts(connection);
            ContainerAddress? address =
                endpoint.Name != "$default"
                    ? null
                    : await accounts.FindAsync(
                        uri ?? parts.GetValueOrDefault("BlobEndpoint"),
                        parts.GetValueOrDefault("AccountName"),
                        container,
                        null,
                        null,
                        cancellationToken
                    );
            if (address is null)
            {
                locations.AddUnknown(
                    $"file upload ({endpoint.Name})",
                    $"storageEndpoints '{endpoint.Name}' is not of a form that this version can read{NamesIn(body)}"
                );
                continue;
            }

            locations.Add(
                new DataLocation
                {
                    Id = "",
                    Kind = LocationKinds.FileUploadContainer,
                    Place = address.Place,
                    ResourceId = address.AccountId,
                    Provenance = [$"file upload: devices of the hub store files in container '{address.Container}'"],
                    // A device that was given access to its blob just before can still write it.
                    FlushTime = Duration(body.Text("sasTtlAsIso8601")) ?? DefaultUploadAccess,
                    Settings = address.Settings,
                }
            );
        }
    }

    internal static string NamesIn(JsonElement element) =>
        RoutingTable.NamesIn(element) is { Count: > 0 } names
            ? $"; names in it: {string.Join(", ", names.Select(static name => $"'{name}'"))}"
            : "";

    private static void Add(
        LocationSet locations,
        string kind,
        string place,
        string? resourceId,
        string why,
        TimeSpan? retention = null,
        bool recordsDeletion = false
    ) =>
        locations.Add(
            new DataLocation
            {
                Id = "",
                Kind = kind,
                Place = place,
                ResourceId = resourceId,
                Provenance = [why],
                Retention = retention,
                RecordsDeletion = recordsDeletion,
            }
        );

    internal static TimeSpan? Duration(string? iso8601)
    {
        try
        {
            return iso8601 is not null && XmlConvert.ToTimeSpan(iso8601) is var span && span > TimeSpan.Zero ? span : null;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return null;
        }
    }
}
