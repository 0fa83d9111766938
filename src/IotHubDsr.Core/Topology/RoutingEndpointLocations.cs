using System.Globalization;
using System.Text.Json;

namespace IotHubDsr.Core.Topology;

/// <summary>From a routing endpoint to its place. What cannot be placed gives null and is reported by its name.</summary>
internal sealed class RoutingEndpointLocations(StorageAccounts accounts, string hubName)
{
    private const int DefaultBatchSeconds = 300;
    public const string DefaultFileNameFormat = "{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}";

    private static readonly string[] Encodings = ["Avro", "AvroDeflate", "JSON"];

    public async Task<DataLocation?> FindAsync(RoutingEndpoint endpoint, CancellationToken cancellationToken) =>
        endpoint.Kind.ToLowerInvariant() switch
        {
            "storagecontainers" => await BlobContainerAsync(endpoint, cancellationToken),
            "eventhubs" => Entity(endpoint, LocationKinds.EventHub, "Microsoft.EventHub", "eventhubs"),
            "servicebusqueues" => Entity(endpoint, LocationKinds.ServiceBusQueue, "Microsoft.ServiceBus", "queues"),
            "servicebustopics" => Entity(endpoint, LocationKinds.ServiceBusTopic, "Microsoft.ServiceBus", "topics"),
            // Previews before the present name called containers collections.
            "cosmosdbsqlcontainers" or "cosmosdbsqlcollections" => CosmosContainer(endpoint),
            "eventstreams" => Eventstream(endpoint),
            _ => null,
        };

    /// <summary>How long messages gather before they are written as a blob.</summary>
    public static TimeSpan BatchOf(RoutingEndpoint endpoint) =>
        TimeSpan.FromSeconds(Math.Clamp(((JsonElement?)endpoint.Body).Number("batchFrequencyInSeconds") ?? DefaultBatchSeconds, 0, 86_400));

    private async Task<DataLocation?> BlobContainerAsync(RoutingEndpoint endpoint, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> parts = ServiceAddress.Parts(endpoint.Body.Text("connectionString"));
        ContainerAddress? address = await accounts.FindAsync(
            endpoint.Body.Text("endpointUri") ?? parts.GetValueOrDefault("BlobEndpoint"),
            parts.GetValueOrDefault("AccountName"),
            endpoint.Body.Text("containerName"),
            endpoint.Body.Text("subscriptionId"),
            endpoint.Body.Text("resourceGroup"),
            cancellationToken
        );
        if (address is null)
            return null;

        Dictionary<string, string> settings = address.Settings;
        string encoding = endpoint.Body.Text("encoding") ?? Encodings[0];
        settings[LocationSettings.EndpointName] = endpoint.Name;
        settings[LocationSettings.HubName] = hubName;
        settings[LocationSettings.FileNameFormat] = endpoint.Body.Text("fileNameFormat") ?? DefaultFileNameFormat;
        settings[LocationSettings.Encoding] = Array.Find(Encodings, known => known.Equals(encoding, StringComparison.OrdinalIgnoreCase))
            ?? encoding;
        settings[LocationSettings.BatchFrequencySeconds] = BatchOf(endpoint).TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return Location(endpoint, LocationKinds.RoutedBlobContainer, address.Place, address.AccountId, settings);
    }

    private static DataLocation? Entity(RoutingEndpoint endpoint, string kind, string provider, string type)
    {
        IReadOnlyDictionary<string, string> parts = ServiceAddress.Parts(endpoint.Body.Text("connectionString"));
        string? ns = ServiceAddress.FirstLabel(endpoint.Body.Text("endpointUri") ?? parts.GetValueOrDefault("Endpoint"));
        string? entity = endpoint.Body.Text("entityPath") ?? parts.GetValueOrDefault("EntityPath");
        return ns is null || entity is null
            ? null
            : Location(
                endpoint,
                kind,
                $"{ns}/{entity}",
                ServiceAddress.ResourceId(endpoint, $"{provider}/namespaces/{ns}/{type}/{entity}")
            );
    }

    private static DataLocation? CosmosContainer(RoutingEndpoint endpoint)
    {
        IReadOnlyDictionary<string, string> parts = ServiceAddress.Parts(endpoint.Body.Text("connectionString"));
        string? account = ServiceAddress.FirstLabel(endpoint.Body.Text("endpointUri") ?? parts.GetValueOrDefault("AccountEndpoint"));
        string? database = endpoint.Body.Text("databaseName");
        string? container = endpoint.Body.Text("containerName") ?? endpoint.Body.Text("collectionName");
        return account is null || database is null || container is null
            ? null
            : Location(
                endpoint,
                LocationKinds.CosmosContainer,
                $"{account}/{database}/{container}",
                ServiceAddress.ResourceId(endpoint, $"Microsoft.DocumentDB/databaseAccounts/{account}")
            );
    }

    private static DataLocation? Eventstream(RoutingEndpoint endpoint)
    {
        string? outer = endpoint.Body.Text("workspaceId") ?? ServiceAddress.FirstLabel(endpoint.Body.Text("endpointUri"));
        string? inner = endpoint.Body.Text("eventStreamId") ?? endpoint.Body.Text("entityPath");
        return outer is null || inner is null
            ? null
            : Location(endpoint, LocationKinds.FabricEventstream, $"{outer}/{inner}", resourceId: null);
    }

    private static DataLocation Location(
        RoutingEndpoint endpoint,
        string kind,
        string place,
        string? resourceId,
        Dictionary<string, string>? settings = null
    ) =>
        new()
        {
            Id = "",
            Kind = kind,
            Place = place,
            ResourceId = resourceId,
            Provenance = [],
            Settings = settings
                ?? new Dictionary<string, string>(StringComparer.Ordinal) { [LocationSettings.EndpointName] = endpoint.Name },
        };
}
