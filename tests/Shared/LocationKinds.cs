namespace IotHubDsr;

/// <summary>The names of the kinds of location, as users see them: they stay.</summary>
internal static class LocationKinds
{
    /// <summary>Identity, twin, module identities and module twins in the hub's registry.</summary>
    public const string DeviceRegistry = "DeviceRegistry";

    /// <summary>Cloud-to-device messages that wait in the hub for the device.</summary>
    public const string CloudToDeviceQueue = "CloudToDeviceQueue";

    /// <summary>Feedback about cloud-to-device messages, a queue shared by the whole hub.</summary>
    public const string FeedbackQueue = "FeedbackQueue";

    /// <summary>File upload notifications, a queue shared by the whole hub.</summary>
    public const string FileNotificationQueue = "FileNotificationQueue";

    /// <summary>History of the hub's scheduled jobs.</summary>
    public const string JobHistory = "JobHistory";

    /// <summary>Device configurations and IoT Edge deployments, which can name a device in conditions and labels.</summary>
    public const string Configurations = "Configurations";

    /// <summary>The hub's built-in, Event Hubs compatible endpoint.</summary>
    public const string BuiltInEndpoint = "BuiltInEndpoint";

    /// <summary>Blob container that a routing endpoint writes messages to.</summary>
    public const string RoutedBlobContainer = "RoutedBlobContainer";

    /// <summary>Blob container that devices upload files to.</summary>
    public const string FileUploadContainer = "FileUploadContainer";

    /// <summary>Change feed of a storage account that devices upload files to.</summary>
    public const string BlobChangeFeed = "BlobChangeFeed";

    /// <summary>Event hub.</summary>
    public const string EventHub = "EventHub";

    /// <summary>Service Bus queue.</summary>
    public const string ServiceBusQueue = "ServiceBusQueue";

    /// <summary>Service Bus topic.</summary>
    public const string ServiceBusTopic = "ServiceBusTopic";

    /// <summary>Cosmos DB container.</summary>
    public const string CosmosContainer = "CosmosContainer";

    /// <summary>Microsoft Fabric eventstream.</summary>
    public const string FabricEventstream = "FabricEventstream";

    /// <summary>The device index of the request store.</summary>
    public const string DeviceIndex = "DeviceIndex";

    /// <summary>Storage queue.</summary>
    public const string StorageQueue = "StorageQueue";

    /// <summary>Webhook of an Event Grid subscription.</summary>
    public const string Webhook = "Webhook";

    /// <summary>Azure Function that handles an Event Grid subscription.</summary>
    public const string AzureFunction = "AzureFunction";

    /// <summary>Relay hybrid connection of an Event Grid subscription.</summary>
    public const string HybridConnection = "HybridConnection";

    /// <summary>Any other handler of an Event Grid subscription.</summary>
    public const string EventHandler = "EventHandler";

    /// <summary>Blob container that Event Grid writes undeliverable events to.</summary>
    public const string DeadLetterContainer = "DeadLetterContainer";

    /// <summary>Blob container that jobs of the hub export devices to, or import them from.</summary>
    public const string BulkExportContainer = "BulkExportContainer";

    /// <summary>Instance of Device Update that is linked to the hub.</summary>
    public const string DeviceUpdateInstance = "DeviceUpdateInstance";

    /// <summary>Log Analytics workspace that receives the hub's resource logs.</summary>
    public const string LogAnalyticsWorkspace = "LogAnalyticsWorkspace";

    /// <summary>Table of Data Explorer that a data connection fills.</summary>
    public const string DataExplorerTable = "DataExplorerTable";

    /// <summary>Output of a Stream Analytics job that reads from the hub.</summary>
    public const string StreamAnalyticsOutput = "StreamAnalyticsOutput";

    /// <summary>Blob container that the hub's resource logs of one category are archived to.</summary>
    public const string LogArchive = "LogArchive";

    /// <summary>Replica of a Log Analytics workspace in another region.</summary>
    public const string WorkspaceReplica = "WorkspaceReplica";

    /// <summary>Data lake of Microsoft Sentinel that mirrors tables of a workspace.</summary>
    public const string SentinelDataLake = "SentinelDataLake";

    /// <summary>Archived logs of resources that the hub's data goes through.</summary>
    public const string ResourceLogArchive = "ResourceLogArchive";

    /// <summary>Partner solution that receives the hub's resource logs.</summary>
    public const string PartnerSolution = "PartnerSolution";

    /// <summary>Device Provisioning Service that is linked to the hub.</summary>
    public const string ProvisioningService = "ProvisioningService";

    /// <summary>Devices whose scopes name another device as their gateway.</summary>
    public const string GatewayChildren = "GatewayChildren";

    /// <summary>Logs that Microsoft generates while it runs the hub.</summary>
    public const string SystemGeneratedLogs = "SystemGeneratedLogs";

    /// <summary>Azure Device Registry namespace that is linked to the hub.</summary>
    public const string DeviceRegistryNamespace = "DeviceRegistryNamespace";

    /// <summary>Something in the hub's configuration that receives device data and that this version does not know.</summary>
    public const string UnknownSink = "UnknownSink";

    /// <summary>A part of the hub's configuration that could not be read, so its locations are unknown.</summary>
    public const string UnreadConfiguration = "UnreadConfiguration";
}
