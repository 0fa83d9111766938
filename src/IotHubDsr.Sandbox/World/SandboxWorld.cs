using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Messaging;
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
    JsonArray Configurations,
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

    public required CosmosStore Cosmos { get; init; }

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
