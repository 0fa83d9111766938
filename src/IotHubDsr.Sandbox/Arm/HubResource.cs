using System.Text.Json.Nodes;
using System.Xml;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>Microsoft.Devices/IotHubs: the hub with everything it is configured to do with messages. Keys are masked.</summary>
internal sealed class HubResource(SandboxWorld world)
{
    private const string MaskedStorageKey = "AccountKey=****";
    private const string MaskedBus = "Endpoint=sb://contoso-bus.servicebus.windows.net:5671/;SharedAccessKeyName=send;SharedAccessKey=****";

    private readonly WorldNames _names = world.Names;

    public JsonObject Read(string apiVersion) =>
        new()
        {
            ["id"] = _names.HubId,
            ["name"] = WorldNames.HubName,
            ["type"] = "Microsoft.Devices/IotHubs",
            ["location"] = WorldNames.Location,
            ["tags"] = new JsonObject { ["environment"] = "sandbox" },
            ["etag"] = "AAAADPAhWAY=",
            ["subscriptionid"] = _names.SubscriptionId,
            ["resourcegroup"] = WorldNames.HubGroup,
            ["sku"] = new JsonObject
            {
                ["name"] = world.Throttle.Sku,
                ["tier"] =
                    world.Throttle.Sku.StartsWith('F') ? "Free"
                    : world.Throttle.Sku.StartsWith('B') ? "Basic"
                    : "Standard",
                ["capacity"] = world.Throttle.Units,
            },
            ["identity"] = new JsonObject
            {
                ["type"] = "SystemAssigned",
                ["tenantId"] = _names.TenantId,
                ["principalId"] = _names.ClientId,
            },
            ["properties"] = Properties(apiVersion),
        };

    /// <summary>Another hub of the subscription. It is there to be distinguished from the first, and has no data plane.</summary>
    public JsonObject Neighbour()
    {
        JsonObject neighbour = NeighbourAlone();
        if (world.NeighbourSharesEntities)
            neighbour["properties"]!["routing"]!["endpoints"] = OtherEndpoints();
        if (world.NeighbourSharesContainers)
        {
            JsonObject properties = neighbour["properties"]!.AsObject();
            properties["storageEndpoints"] = Uploads();
            properties["routing"]!["endpoints"]!["storageContainers"] = new JsonArray([.. world.Routing.Storage.Select(Storage)]);
        }

        return neighbour;
    }

    private JsonObject NeighbourAlone() =>
        _names.Expand(
            """
            {
              "id": "{data}/Microsoft.Devices/IotHubs/fabrikam-hub", "name": "fabrikam-hub", "type": "Microsoft.Devices/IotHubs",
              "location": "northeurope", "sku": { "name": "S1", "tier": "Standard", "capacity": 1 },
              "properties": { "hostName": "fabrikam-hub.azure-devices.net", "state": "Active", "provisioningState": "Succeeded",
                "routing": { "endpoints": {}, "routes": [],
                  "fallbackRoute": { "name": "$fallback", "source": "DeviceMessages", "condition": "true",
                    "endpointNames": ["events"], "isEnabled": true } },
                "eventHubEndpoints": { "events": { "retentionTimeInDays": 1, "partitionCount": 2, "partitionIds": ["0", "1"],
                  "path": "fabrikam-hub",
                  "endpoint": "sb://iothub-ns-fabrikam-1.servicebus.windows.net/" } } }
            }
            """
        );

    public JsonObject Keys()
    {
        IEnumerable<JsonNode> keys = world.Policies.Select(policy =>
            (JsonNode)
                new JsonObject
                {
                    ["keyName"] = policy.Name,
                    ["primaryKey"] = policy.PrimaryKey,
                    ["secondaryKey"] = policy.SecondaryKey,
                    ["rights"] = policy.Rights.ToString(),
                }
        );
        return new JsonObject { ["value"] = new JsonArray([.. keys]) };
    }

    /// <summary>The topic cannot deliver: what was routed to it still waits in the hub.</summary>
    public IReadOnlyList<JsonObject> Health()
    {
        JsonObject[] storage = [.. world.Routing.Storage.Select(endpoint => Health(endpoint.Name, "healthy", null))];
        if (world.StorageOnly)
            return storage;
        string[] others = ["analytics-eventhub", "alerts-queue", "telemetry-cosmos"];
        return
        [
            .. storage,
            .. others.Select(name => Health(name, "healthy", null)),
            Health("alerts-topic", "unhealthy", "Unauthorized: the topic refuses the hub's key."),
        ];
    }

    private JsonObject Health(string name, string status, string? error)
    {
        DateTime time = world.Truth.BaseTime.UtcDateTime;
        return new JsonObject
        {
            ["endpointId"] = name,
            ["healthStatus"] = status,
            ["lastKnownError"] = error,
            ["lastKnownErrorTime"] = error is null ? null : time.AddMinutes(-10).ToString("R"),
            ["lastSuccessfulSendAttemptTime"] = time.AddHours(error is null ? -1 : -26).ToString("R"),
            ["lastSendAttemptTime"] = time.AddMinutes(-10).ToString("R"),
        };
    }

    private JsonObject Properties(string apiVersion)
    {
        JsonObject properties = _names.Expand(
            """
            {
              "state": "Active", "provisioningState": "Succeeded", "disableLocalAuth": false, "publicNetworkAccess": "Enabled",
              "enableDataResidency": false, "features": "None", "enableFileUploadNotifications": true, "minTlsVersion": "1.2",
              "locations": [ { "location": "West Europe", "role": "primary" }, { "location": "North Europe", "role": "secondary" } ],
              "eventHubEndpoints": { "events": { "retentionTimeInDays": 2, "partitionCount": 4, "partitionIds": ["0", "1", "2", "3"],
                "path": "contoso-hub", "endpoint": "sb://iothub-ns-contoso-1.servicebus.windows.net/" } },
              "messagingEndpoints": { "fileNotifications": {
                "lockDurationAsIso8601": "PT1M", "ttlAsIso8601": "PT1H", "maxDeliveryCount": 10 } },
              "cloudToDevice": { "maxDeliveryCount": 10, "defaultTtlAsIso8601": "PT1H",
                "feedback": { "lockDurationAsIso8601": "PT1M", "ttlAsIso8601": "PT1H", "maxDeliveryCount": 10 } }
            }
            """
        );
        properties["hostName"] = WorldNames.HubHostName;
        properties["storageEndpoints"] = Uploads();
        properties["routing"] = Routing(apiVersion);
        return properties;
    }

    private static JsonObject Uploads() =>
        new()
        {
            ["$default"] = new JsonObject
            {
                ["sasTtlAsIso8601"] = XmlConvert.ToString(TimeSpan.FromHours(1)),
                ["connectionString"] = ConnectionString(WorldNames.UploadAccount),
                ["containerName"] = WorldNames.UploadContainer,
                ["authenticationType"] = "keyBased",
            },
        };

    private static string ConnectionString(string account) =>
        $"DefaultEndpointsProtocol=https;AccountName={account};{MaskedStorageKey};EndpointSuffix=core.windows.net";

    private JsonObject Routing(string apiVersion)
    {
        JsonObject endpoints = world.StorageOnly ? [] : OtherEndpoints();
        endpoints["storageContainers"] = new JsonArray([.. world.Routing.Storage.Select(Storage)]);
        if (!ArmApiVersions.IsAtLeast(apiVersion, ArmApiVersions.FabricEndpoints))
            endpoints.Remove("eventStreams");

        return new JsonObject
        {
            ["endpoints"] = endpoints,
            ["routes"] = new JsonArray([.. world.Routing.Routes.Select(Route)]),
            ["fallbackRoute"] = new JsonObject
            {
                ["name"] = "$fallback",
                ["source"] = "DeviceMessages",
                ["condition"] = "true",
                ["endpointNames"] = new JsonArray("events"),
                ["isEnabled"] = true,
            },
            ["enrichments"] = new JsonArray(
                new JsonObject
                {
                    ["key"] = "owner",
                    ["value"] = "$twin.tags.owner",
                    ["endpointNames"] = new JsonArray("raw-json"),
                }
            ),
        };
    }

    private static JsonNode Route(HubRoute route) =>
        new JsonObject
        {
            ["name"] = route.Name,
            ["source"] = route.Source,
            ["condition"] = route.Condition,
            ["endpointNames"] = new JsonArray(route.Endpoint),
            ["isEnabled"] = route.IsEnabled,
        };

    private JsonNode Storage(StorageEndpoint endpoint, int index)
    {
        var storage = new JsonObject
        {
            ["id"] = $"{_names.SubscriptionId[..8]}-storage-{index}",
            ["name"] = endpoint.Name,
            ["containerName"] = endpoint.Container,
            ["fileNameFormat"] = endpoint.FileNameFormat,
            ["batchFrequencyInSeconds"] = (int)endpoint.BatchFrequency.TotalSeconds,
            ["maxChunkSizeInBytes"] = 314572800,
            // The service keeps the case in which an operator's tool has written it.
            ["encoding"] = endpoint.IsIdentityBased ? endpoint.Encoding.ToString() : endpoint.Encoding.ToString().ToUpperInvariant(),
            ["authenticationType"] = endpoint.IsIdentityBased ? "identityBased" : "keyBased",
            ["subscriptionId"] = _names.SubscriptionId,
            ["resourceGroup"] = WorldNames.DataGroup,
        };
        if (endpoint.IsIdentityBased)
            storage["endpointUri"] = $"https://{endpoint.Account}.blob.core.windows.net/";
        else
            storage["connectionString"] = ConnectionString(endpoint.Account);

        return storage;
    }

    private JsonObject OtherEndpoints() =>
        _names.Expand(
            """
            {
              "eventHubs": [ { "id": "eh-1", "name": "analytics-eventhub", "authenticationType": "identityBased",
                "endpointUri": "sb://contoso-events.servicebus.windows.net", "entityPath": "analytics",
                "subscriptionId": "{subscriptionId}", "resourceGroup": "rg-data" } ],
              "serviceBusQueues": [ { "id": "sbq-1", "name": "alerts-queue", "authenticationType": "keyBased",
                "connectionString": "{bus};EntityPath=alerts",
                "subscriptionId": "{subscriptionId}", "resourceGroup": "rg-data" } ],
              "serviceBusTopics": [ { "id": "sbt-1", "name": "alerts-topic", "authenticationType": "keyBased",
                "connectionString": "{bus};EntityPath=alerts-topic",
                "subscriptionId": "{subscriptionId}", "resourceGroup": "rg-data" } ],
              "cosmosDBSqlContainers": [ { "id": "cosmos-1", "name": "telemetry-cosmos", "authenticationType": "identityBased",
                "endpointUri": "https://contoso-cosmos.documents.azure.com:443/", "databaseName": "iot", "containerName": "telemetry",
                "partitionKeyName": "pk", "partitionKeyTemplate": "{deviceid}-{YYYY}-{MM}",
                "subscriptionId": "{subscriptionId}", "resourceGroup": "rg-data" } ],
              "eventStreams": [ { "id": "fabric-1", "name": "fabric-stream", "authenticationType": "identityBased",
                "endpointUri": "sb://eventstream-contoso.servicebus.windows.net", "entityPath": "es-contoso",
                "workspaceId": "7e6f0c3a-1111-4222-8333-944455566677", "eventStreamId": "a1b2c3d4-0000-4000-8000-111122223333" } ],
              "quantumSinks": [ { "id": "quantum-1", "name": "quantum-1", "endpointUri": "https://contoso.quantum.example/",
                "subscriptionId": "{subscriptionId}", "resourceGroup": "rg-data" } ]
            }
            """.Replace("{bus}", MaskedBus, StringComparison.Ordinal)
        );
}
