using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.DataExplorer;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Hub.Configurations;
using IotHubDsr.Sandbox.Hub.Jobs;
using IotHubDsr.Sandbox.Logs;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.Provisioning;
using IotHubDsr.Sandbox.Storage;

namespace IotHubDsr.Sandbox.World;

/// <summary>Everything that exists in the simulated Azure.</summary>
internal sealed record SandboxWorld(
    SandboxClock Clock,
    WorldNames Names,
    RoutingConfiguration Routing,
    HubRegistry Registry,
    IReadOnlyList<HubPolicy> Policies,
    HubThrottle Throttle,
    BlobStore Blobs,
    HubEvents Events,
    HubJobs Jobs,
    HubConfigurations Configurations,
    WorldTruth Truth
)
{
    /// <summary>Event Hubs and Service Bus.</summary>
    public required MessagingWorld Messaging { get; init; }

    /// <summary>As <see cref="SandboxOptions.StorageOnly"/>.</summary>
    public bool StorageOnly { get; init; }

    /// <summary>As <see cref="SandboxOptions.EventsToServiceBus"/>.</summary>
    public bool EventsToServiceBus { get; init; }

    /// <summary>Whether the other hub of the subscription routes to the event hubs, queues and databases of this one.</summary>
    public bool NeighbourSharesEntities { get; set; }

    /// <summary>As <see cref="SandboxOptions.NeighbourSharesContainers"/>.</summary>
    public bool NeighbourSharesContainers { get; init; }

    /// <summary>The hub's queues for its back end.</summary>
    public required ServiceBoundQueues ServiceBound { get; init; }

    public required CosmosStore Cosmos { get; init; }

    public required ProvisioningWorld Provisioning { get; init; }

    /// <summary>Workspaces of Log Analytics.</summary>
    public required LogStore Logs { get; init; }

    /// <summary>Clusters of Data Explorer.</summary>
    public required ExplorerStore Explorer { get; init; }

    /// <summary>Jobs of Stream Analytics, as Resource Manager shows them.</summary>
    public List<JsonObject> StreamJobs { get; } = [];

    /// <summary>Instances of Device Update, as Resource Manager shows them; their accounts follow from their IDs.</summary>
    public List<JsonObject> UpdateInstances { get; init; } = [];

    /// <summary>Names of diagnostic settings of the hub that were deleted.</summary>
    public HashSet<string> DeletedSettings { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Diagnostic settings of resources other than the hub, by resource ID.</summary>
    public Dictionary<string, List<JsonObject>> AttachedSettings { get; } = new(StringComparer.OrdinalIgnoreCase);

    public string HubConnectionString =>
        $"HostName={WorldNames.HubHostName};SharedAccessKeyName={Policies[0].Name};SharedAccessKey={Policies[0].PrimaryKey}";
}

/// <summary>
/// What the world held when it was made: the answer that a test compares a footprint with. It does not follow later changes.
/// </summary>
internal sealed record WorldTruth(
    int Seed,
    DateTimeOffset BaseTime,
    IReadOnlyList<string> Devices,
    IReadOnlyList<ContainerTruth> Containers,
    IReadOnlyList<string> Uploads,
    IReadOnlyList<TraceTruth> Logs,
    IReadOnlyList<TraceTruth> DeadLetters
)
{
    /// <summary>Event hubs, queues and subscriptions that hold something, with their sub-queues.</summary>
    public IReadOnlyList<MessagingTruth> Messaging { get; init; } = [];

    public IReadOnlyList<DocumentTruth> Documents { get; init; } = [];

    public IReadOnlyList<QueueTruth> Queues { get; init; } = [];

    public IReadOnlyList<ProvisioningTruth> Provisioning { get; init; } = [];

    /// <summary>By device, what jobs did to it, and the jobs beside these that name it.</summary>
    public IReadOnlyDictionary<string, JobTruth> Jobs { get; init; } = new Dictionary<string, JobTruth>();

    /// <summary>Tables of Log Analytics that hold something of a device.</summary>
    public IReadOnlyList<TableTruth> Tables { get; init; } = [];

    /// <summary>Tables of Data Explorer.</summary>
    public IReadOnlyList<ExplorerTruth> Explorer { get; init; } = [];
}

/// <summary>An event hub or a queue, subscription or sub-queue with what it holds of each device.</summary>
/// <param name="Namespace">The name of the namespace, without the suffix of its host name.</param>
/// <param name="Entity">The path in it, as a client attaches to it.</param>
/// <param name="Content">routed, eventGrid or logs: which shape its messages have.</param>
/// <param name="Messages">All messages; a message can hold several records.</param>
/// <param name="Devices">A device of which it has nothing is not in the list.</param>
internal sealed record MessagingTruth(
    string Namespace,
    string Entity,
    string Content,
    int Messages,
    IReadOnlyDictionary<string, DeviceMessages> Devices
);

/// <summary>
/// Counts of records: of the device itself, and sent by a gateway in its name; and how many of the device's own are deferred, and
/// scheduled.
/// </summary>
internal sealed record DeviceMessages(int Direct, int Attributed, int Deferred, int Scheduled);

/// <summary>A routed container and the records of each device in it. A device without records is not in the list.</summary>
internal sealed record ContainerTruth(
    string Endpoint,
    string Account,
    string Container,
    string Encoding,
    int Blobs,
    IReadOnlyDictionary<string, DeviceRecords> Records
);

/// <summary>
/// Counts of records: sent by the device itself, sent by a gateway in its name, and (of either kind) in copies that are no longer
/// current, which are previous versions and soft-deleted blobs.
/// </summary>
internal sealed record DeviceRecords(int Direct, int Attributed, int Retained);

/// <summary>
/// A container of archived logs or of dead letters: what it holds of each device of this hub, and the records of each device of another
/// hub, which are none of a request's business.
/// </summary>
internal sealed record TraceTruth(
    string Account,
    string Container,
    int Blobs,
    IReadOnlyDictionary<string, DeviceTraces> Traces,
    IReadOnlyDictionary<string, int> OtherHub
);

/// <summary>
/// Counts of records: that name the device where a device is named, that mention it in the text of a query, and (of those that name it)
/// in blobs that are still being written.
/// </summary>
internal sealed record DeviceTraces(int Named, int Mentioned, int Growing);

/// <summary>A container of Cosmos DB that the hub routes to, and the documents of each device in it.</summary>
internal sealed record DocumentTruth(
    string Endpoint,
    string Account,
    string Database,
    string Container,
    int Documents,
    IReadOnlyDictionary<string, DeviceRecords> Records
);

/// <summary>
/// A storage queue with the events of the hub's devices and those of another hub. The counts of messages are those of a world without
/// anything that happened since.
/// </summary>
internal sealed record QueueTruth(
    string Account,
    string Queue,
    int Messages,
    IReadOnlyDictionary<string, DeviceRecords> Events,
    IReadOnlyDictionary<string, int> OtherHub
);

/// <summary>
/// A table of Log Analytics, and its rows of each device of this hub; of devices of another hub; and by registration ID those of the
/// provisioning service. The counts are those of a world without anything that happened since. The plan is Analytics, Basic or Auxiliary.
/// </summary>
internal sealed record TableTruth(
    string Workspace,
    string Table,
    string Plan,
    int Rows,
    IReadOnlyDictionary<string, DeviceRows> Devices,
    IReadOnlyDictionary<string, int> OtherHub,
    IReadOnlyDictionary<string, int> Registrations
);

/// <summary>
/// Counts of rows: that name the device where a device is named; that mention it in the text of a query or a filter; and, of either kind,
/// those that hold it in a column for what has found no other. Those that belong to a trace of the device, and do not name it, come on top.
/// </summary>
internal sealed record DeviceRows(int Named, int Mentioned, int InAdditionalFields, int Traced);
