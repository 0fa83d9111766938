namespace IotHubDsr;

public static partial class FaultCatalogue
{
    /// <summary>A location could not be read before the erasure.</summary>
    public static FaultDefinition LocationUnreadable { get; } =
        new(
            "LocationUnreadable",
            FaultCategory.ResourceUnavailable,
            "{0} could not be read, so nothing was changed there: {1}",
            "Fix what prevents reading it, then run Resume-IotDataRequest."
        );

    /// <summary>Another writer kept changing something while it was being erased.</summary>
    public static FaultDefinition ConcurrentChange { get; } =
        new(
            "ConcurrentChange",
            FaultCategory.ResourceBusy,
            "{0} was changed by another writer during each of {1} attempts to change it; it was left as it is.",
            "Run the command again when the other writer has finished."
        );

    /// <summary>A configured location does not exist.</summary>
    public static FaultDefinition LocationMissing { get; } =
        new(
            "LocationMissing",
            FaultCategory.ObjectNotFound,
            "{0} does not exist: {1}",
            "Find out where its data went; if it was deleted, remove the endpoint from the hub's configuration. A location that comes "
                + "from a location file is known only to connections that use that file."
        );

    /// <summary>A blob cannot be parsed as a message archive.</summary>
    public static FaultDefinition ArchiveUnreadable { get; } =
        new(
            "ArchiveUnreadable",
            FaultCategory.InvalidData,
            "The blob {0} cannot be read as an archive of messages: {1}",
            "Inspect the blob; repair it, or exclude it with a ground in the location file if it holds no messages. Before deleting it, "
                + "find out whose messages it may hold. It was left untouched, and no device is reported absent from its location."
        );

    /// <summary>The sender of some records of a blob cannot be determined.</summary>
    public static FaultDefinition RecordsUnreadable { get; } =
        new(
            "RecordsUnreadable",
            FaultCategory.InvalidData,
            "The blob {0} holds {1} whose sender cannot be determined, the first at byte {2}.",
            "Inspect the blob; move records that no IoT hub wrote elsewhere. These records were kept, and no device is reported absent "
                + "from their location."
        );

    /// <summary>An event hub holds events whose device cannot be determined.</summary>
    public static FaultDefinition EventsUnreadable { get; } =
        new(
            "EventsUnreadable",
            FaultCategory.InvalidData,
            "{0} holds {1} whose device cannot be determined, the first in partition {2} under sequence number {3}.",
            "Find out what sends them. They leave by retention; until then, no device is reported absent from this location."
        );

    /// <summary>A queue or subscription holds messages whose device cannot be determined.</summary>
    public static FaultDefinition MessagesUnreadable { get; } =
        new(
            "MessagesUnreadable",
            FaultCategory.InvalidData,
            "{0} holds {1} whose device cannot be determined, the first in {2} under sequence number {3}.",
            "Find out what sends them, and have their receiver take them out. Until then, no device is reported absent from this location."
        );

    /// <summary>Messages of a device could not be taken out of a queue or subscription.</summary>
    public static FaultDefinition MessagesNotSettled { get; } =
        new(
            "MessagesNotSettled",
            FaultCategory.ResourceBusy,
            "{0} still has {1} of the device in {2}: {3}.",
            "Stop other receivers of the queue for a while, or have them take the messages that are in front; then run "
                + "Resume-IotDataRequest."
        );

    /// <summary>A container of Cosmos DB holds documents whose sender cannot be determined.</summary>
    public static FaultDefinition DocumentsUnreadable { get; } =
        new(
            "DocumentsUnreadable",
            FaultCategory.InvalidData,
            "{0} holds {1} whose sender cannot be determined, the first with the ID '{2}'.",
            "Inspect the documents, and find out what writes them. They were kept, and no device is reported absent from this location."
        );

    /// <summary>A document of Cosmos DB cannot be reached by its partition key and ID.</summary>
    public static FaultDefinition DocumentUnaddressable { get; } =
        new(
            "DocumentUnaddressable",
            FaultCategory.InvalidData,
            "The document {0} cannot be reached by its partition key and ID: {1}",
            "Inspect the document in the portal's Data Explorer and delete it there if it is the device's; report the problem with the "
                + "module's version."
        );

    /// <summary>Some documents of a device could not be deleted.</summary>
    public static FaultDefinition DocumentsLeft { get; } =
        new(
            "DocumentsLeft",
            FaultCategory.ResourceUnavailable,
            "{0} still holds {1} of the device that could not be deleted: {2}",
            "Remove what prevents it, then run Resume-IotDataRequest; Get-IotDeviceDataFootprint lists what is left in Items."
        );

    /// <summary>A consumer group has as many readers as the service allows.</summary>
    public static FaultDefinition ConsumerGroupFull { get; } =
        new(
            "ConsumerGroupFull",
            FaultCategory.LimitsExceeded,
            "{0} could not be read: the consumer group '{1}' has as many readers of a partition as the service allows.",
            "Create a consumer group for this module and name it in the location file as 'consumerGroup', or wait until a reader has left."
        );

    /// <summary>Another reader claims the partitions of a consumer group for itself.</summary>
    public static FaultDefinition ConsumerGroupClaimed { get; } =
        new(
            "ConsumerGroupClaimed",
            FaultCategory.ResourceBusy,
            "{0} could not be read: in the consumer group '{1}' another reader, as a Function has, claims a partition for itself.",
            "Create a consumer group for this module and name it in the location file as 'consumerGroup'."
        );

    /// <summary>Not every message of a storage queue could be received, so that not all of a device's are deleted.</summary>
    public static FaultDefinition QueueIncomplete { get; } =
        new(
            "QueueIncomplete",
            FaultCategory.ResourceBusy,
            "Not every message of {0} could be received: {1}.",
            "Stop the receivers of the queue, or wait until they have given back or deleted what they received, then run "
                + "Resume-IotDataRequest. What was received for other devices was given back."
        );

    /// <summary>A blob is in the archive tier.</summary>
    public static FaultDefinition BlobArchived { get; } =
        new(
            "BlobArchived",
            FaultCategory.ResourceUnavailable,
            "The blob {0} is in the archive tier and cannot be read.",
            "Rehydrate the blob (Set-AzStorageBlobTier or the Azure portal) and run the command again."
        );

    /// <summary>A blob is being rehydrated from the archive tier.</summary>
    public static FaultDefinition BlobRehydrating { get; } =
        new(
            "BlobRehydrating",
            FaultCategory.ResourceUnavailable,
            "The blob {0} is being rehydrated from the archive tier and cannot be read yet.",
            "Wait until the blob has no archive status (rehydrate-pending-to-hot, -cool or -cold) any more, which takes up to 15 hours, "
                + "then run the command again."
        );

    /// <summary>A container kept changing while it was read.</summary>
    public static FaultDefinition ContainerChanging { get; } =
        new(
            "ContainerChanging",
            FaultCategory.ResourceBusy,
            "{0} kept changing while it was read: in each of {1} listings, some blobs had disappeared and others had appeared.",
            "Wait until the process that moves the blobs has finished, then run the command again. Until then, no device is reported "
                + "absent from this location."
        );

    /// <summary>A blob is immutable.</summary>
    public static FaultDefinition BlobHeld { get; } =
        new(
            "BlobHeld",
            FaultCategory.PermissionDenied,
            "The blob {0} is immutable: {1}",
            "Find out who set the immutability policy or legal hold and until when it applies; it can be a ground to refuse the erasure."
        );

    /// <summary>Another client holds a lease on a blob.</summary>
    public static FaultDefinition BlobLeased { get; } =
        new(
            "BlobLeased",
            FaultCategory.ResourceBusy,
            "Another client holds a lease on the blob {0}.",
            "Find out who holds the lease and have it released; this module does not break leases."
        );

    /// <summary>Somebody copies over a blob.</summary>
    public static FaultDefinition BlobCopying { get; } =
        new(
            "BlobCopying",
            FaultCategory.ResourceBusy,
            "The blob {0} was left alone: a copy over it is still under way after {1} minutes.",
            "Resume the request when the copy has ended; Get-AzStorageBlobCopyState shows how far it is."
        );

    /// <summary>A blob's blocks have IDs that are too short to stage others beside them.</summary>
    public static FaultDefinition BlockIdsTooShort { get; } =
        new(
            "BlockIdsTooShort",
            FaultCategory.InvalidOperation,
            "The blob {0} was left alone: the IDs of its blocks have {1}, and new ones would need the same length, in which two writers "
                + "could choose the same.",
            "Upload its content again under its name with another tool, with metadata and tags; then resume the request."
        );

    /// <summary>A blob has a name that no request can address.</summary>
    public static FaultDefinition BlobNameUnsafe { get; } =
        new(
            "BlobNameUnsafe",
            FaultCategory.InvalidData,
            "The blob {0} was left alone: its name has '.' or '..' as a segment, so a request for it would reach another blob.",
            "Inspect the blob with a tool that lists the container; its owner must copy or delete it by hand."
        );

    /// <summary>A blob's type cannot be rewritten.</summary>
    public static FaultDefinition BlobTypeUnsupported { get; } =
        new(
            "BlobTypeUnsupported",
            FaultCategory.InvalidOperation,
            "The blob {0} is of type {1}, which is not rewritten.",
            "IoT Hub writes block blobs; find out what wrote this one and erase from it with the tools of its writer."
        );

    /// <summary>An old copy of a blob holds records that its current form does not.</summary>
    public static FaultDefinition OldCopyDiffers { get; } =
        new(
            "OldCopyDiffers",
            FaultCategory.InvalidOperation,
            "{1}: it holds records of other devices that the current blob does not hold.",
            "Decide whether those records are still needed; if they are not, delete the version or snapshot by hand. "
                + "Get-IotDeviceDataFootprint lists all of them in Items."
        );

    /// <summary>A check before or after a rewrite failed.</summary>
    public static FaultDefinition RewriteMismatch { get; } =
        new(
            "RewriteMismatch",
            FaultCategory.InvalidData,
            "The rewritten form of {0} does not hold exactly the records that must stay: {1}",
            "Nothing is certified for this blob. Compare it with its previous version or a backup, and report the problem with the "
                + "module's version."
        );
}
