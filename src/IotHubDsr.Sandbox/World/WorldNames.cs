using System.Globalization;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.World;

/// <summary>The identifiers of the world. Those that Azure would draw at random follow from the seed.</summary>
internal sealed class WorldNames
{
    public const string HubName = "contoso-hub";
    public const string HubHostName = "contoso-hub.azure-devices.net";
    public const string NeighbourName = "fabrikam-hub";
    public const string NeighbourHostName = "fabrikam-hub.azure-devices.net";

    /// <summary>The Device Provisioning Service that is linked to the hub.</summary>
    public const string ProvisioningName = "contoso-dps";
    public const string NeighbourProvisioningName = "fabrikam-dps";

    public const string HubGroup = "rg-iot";
    public const string DataGroup = "rg-data";
    public const string Location = "westeurope";

    /// <summary>Keeps nothing it is not told to keep.</summary>
    public const string PlainAccount = "contosorouted";

    /// <summary>Keeps versions and, for 14 days, what was deleted.</summary>
    public const string VersionedAccount = "contosoarchive";

    public const string UploadAccount = "contosouploads";

    /// <summary>For how long the change feed of <see cref="UploadAccount"/> is kept.</summary>
    public const int ChangeFeedDays = 30;

    public const string UploadContainer = "device-uploads";

    /// <summary>Where the operator had the hub export its devices.</summary>
    public const string ExportContainer = "exports";

    /// <summary>For rehearsals with a request store in a blob container.</summary>
    public const string EvidenceAccount = "contosoevidence";
    public const string EvidenceContainer = "data-requests";
    public const string DeadLetterContainer = "dead-letters";

    /// <summary>
    /// The namespace of the hub's built-in endpoint, which belongs to Azure; the endpoint's entity is called like the hub.
    /// </summary>
    public const string BuiltInNamespace = "iothub-ns-contoso-1";

    /// <summary>Event hubs of routes, of Event Grid, and of resource logs.</summary>
    public const string EventsNamespace = "contoso-events";
    public const string AnalyticsHub = "analytics";
    public const string DeviceEventsHub = "device-events";

    /// <summary>Service Bus.</summary>
    public const string BusNamespace = "contoso-bus";
    public const string AlertsQueue = "alerts";
    public const string AlertsTopic = "alerts-topic";
    public const string AuditQueue = "alerts-audit";

    /// <summary>A queue with sessions, which no route can lead to: it is the operator's own, and empty.</summary>
    public const string CommandsQueue = "commands";
    public const string DeviceEventsQueue = "device-events";
    public const string DeviceEventsTopic = "device-events-topic";

    /// <summary>The queue of <see cref="UploadAccount"/> that a subscription to the hub's events delivers to.</summary>
    public const string EventQueue = "device-events";

    public const string CosmosAccount = "contoso-cosmos";
    public const string CosmosDatabase = "iot";
    public const string CosmosContainer = "telemetry";

    /// <summary>Where the resource logs of the hub go.</summary>
    public const string Workspace = "contoso-logs";

    /// <summary>A cluster of Data Explorer that reads from the hub.</summary>
    public const string Cluster = "contosoadx";
    public const string ClusterDatabase = "iot";

    /// <summary>Device Update for IoT Hub.</summary>
    public const string UpdateAccount = "contoso-updates";

    public WorldNames(Random random)
    {
        SubscriptionId = NextGuid(random);
        TenantId = NextGuid(random);
        ClientId = NextGuid(random);
        SystemTopic = $"{HubName}-{NextGuid(random)}";
        WorkspaceCustomerId = NextGuid(random);
    }

    public string SubscriptionId { get; }

    public string TenantId { get; }

    public string ClientId { get; }

    public string SystemTopic { get; }

    public string WorkspaceCustomerId { get; }

    public string Subscription => $"/subscriptions/{SubscriptionId}";

    public string HubId => Resource(HubGroup, "Microsoft.Devices/IotHubs", HubName);

    /// <summary>Another hub of the subscription.</summary>
    public string NeighbourId => Resource(DataGroup, "Microsoft.Devices/IotHubs", NeighbourName);

    public string Resource(string group, string type, string name) => $"{Subscription}/resourceGroups/{group}/providers/{type}/{name}";

    public string StorageId(string account) => Resource(DataGroup, "Microsoft.Storage/storageAccounts", account);

    public string EventHubsId => Resource(DataGroup, "Microsoft.EventHub/namespaces", EventsNamespace);

    public string ServiceBusId => Resource(DataGroup, "Microsoft.ServiceBus/namespaces", BusNamespace);

    public string ProvisioningId(string service) => Resource(DataGroup, "Microsoft.Devices/provisioningServices", service);

    public string CosmosId(string account) => Resource(DataGroup, "Microsoft.DocumentDB/databaseAccounts", account);

    public string ClusterId(string name) => Resource(DataGroup, "Microsoft.Kusto/clusters", name);

    public string UpdateAccountId(string account) => Resource(DataGroup, "Microsoft.DeviceUpdate/accounts", account);

    public string WorkspaceId(string name) => Resource(DataGroup, "Microsoft.OperationalInsights/workspaces", name);

    /// <summary>Reads a template in which {sub}, {hub}, {iot} and {data} stand for resource ID prefixes of this world.</summary>
    public JsonObject Expand(string template) =>
        JsonNode
            .Parse(
                template
                    .Replace("{hub}", HubId, StringComparison.Ordinal)
                    .Replace("{iot}", $"{Subscription}/resourceGroups/{HubGroup}/providers", StringComparison.Ordinal)
                    .Replace("{data}", $"{Subscription}/resourceGroups/{DataGroup}/providers", StringComparison.Ordinal)
                    .Replace("{subscriptionId}", SubscriptionId, StringComparison.Ordinal)
                    .Replace("{sub}", Subscription, StringComparison.Ordinal)
            )!
            .AsObject();

    public static string NextGuid(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        // The version and variant bits of a random UUID.
        bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes).ToString("D", CultureInfo.InvariantCulture);
    }
}
