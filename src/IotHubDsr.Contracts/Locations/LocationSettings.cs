namespace IotHubDsr;

/// <summary>Keys of <see cref="DataLocation.Settings"/>.</summary>
public static class LocationSettings
{
    /// <summary>Absolute URI of a blob container.</summary>
    public const string ContainerUri = "containerUri";

    /// <summary>Name of the hub as it stands in blob names; one per line if it has had several.</summary>
    public const string HubName = "hubName";

    /// <summary>
    /// Format of blob names, with the tokens {iothub}, {partition}, {YYYY}, {MM}, {DD}, {HH}, {mm}; one per line if there are several.
    /// </summary>
    public const string FileNameFormat = "fileNameFormat";

    /// <summary>Days since its creation for which the container's retention policy keeps a blob, 1 to 146,000.</summary>
    public const string ImmutabilityDays = "immutabilityPeriodSinceCreationInDays";

    /// <summary>Days for which point-in-time restore of the account brings back what was changed or deleted, 1 to 365.</summary>
    public const string RestorableDays = "restorableDays";

    /// <summary>
    /// Of a container that object replication writes to: the container that it copies. As long as the rule stands nobody else can write to it.
    /// </summary>
    public const string ReplicatedFrom = "replicatedFrom";

    /// <summary>
    /// Other hubs that write to the place, one per line: the name, and for a routing endpoint of a blob container a space and its format
    /// of blob names.
    /// </summary>
    public const string OtherHubs = "otherHubs";

    /// <summary>Why it is unknown whether other hubs write to the place; absent if it is known.</summary>
    public const string SharingUnknown = "sharingUnknown";

    /// <summary>
    /// Of a container that devices upload files to and that takes archives of many devices as well: the names that the hub has in those,
    /// one per line.
    /// </summary>
    public const string ArchiveHubNames = "archiveHubNames";

    /// <summary>Names of the blobs of a container that the hub's exports and imports of devices wrote or read, one per line.</summary>
    public const string ExportBlobs = "exportBlobs";

    /// <summary>
    /// "true" for a container of exports that takes other things as well: only <see cref="ExportBlobs"/> are read as exports there.
    /// </summary>
    public const string IsBesideOthers = "isBesideOthers";

    /// <summary>Host names of the hubs that a provisioning service is linked to, one per line; absent if they are not known.</summary>
    public const string LinkedHubs = "linkedHubs";

    /// <summary>Of a table: the column that holds the device ID, where the operator names it.</summary>
    public const string DeviceIdColumn = "deviceIdColumn";

    /// <summary>Of a table of Data Explorer: the properties that come with each event, one per line, in their order.</summary>
    public const string EventSystemProperties = "eventSystemProperties";

    /// <summary>Of a Log Analytics workspace: resources beside the hub whose logs it receives, one resource ID per line.</summary>
    public const string LoggedResources = "loggedResources";

    /// <summary>The consumer group in which an event hub is read.</summary>
    public const string ConsumerGroup = "consumerGroup";
}
