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

    /// <summary>The consumer group in which an event hub is read.</summary>
    public const string ConsumerGroup = "consumerGroup";
}
