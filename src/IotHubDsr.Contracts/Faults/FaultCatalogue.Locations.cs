namespace IotHubDsr;

public static partial class FaultCatalogue
{
    /// <summary>A location could not be read before it was to be erased from.</summary>
    public static FaultDefinition LocationUnreadable { get; } =
        new(
            "LocationUnreadable",
            FaultCategory.ResourceUnavailable,
            "{0} could not be read, and nothing was changed there: {1}",
            "Mend what keeps it from being read, then run Resume-IotDataRequest."
        );

    /// <summary>Something changed while it was being erased, again and again.</summary>
    public static FaultDefinition ConcurrentChange { get; } =
        new(
            "ConcurrentChange",
            FaultCategory.ResourceBusy,
            "{0} was changed by somebody else during each of {1} attempts to change it; it was left as it is.",
            "Run the command again when the other writer is done."
        );

    /// <summary>A configured location does not exist.</summary>
    public static FaultDefinition LocationMissing { get; } =
        new(
            "LocationMissing",
            FaultCategory.ObjectNotFound,
            "{0} does not exist: {1}",
            "Find out where its data went; if it was deleted, take the endpoint out of the hub's configuration. A location that came "
                + "from a location file is known only to a connection with that file."
        );

    /// <summary>A blob cannot be read as an archive.</summary>
    public static FaultDefinition ArchiveUnreadable { get; } =
        new(
            "ArchiveUnreadable",
            FaultCategory.InvalidData,
            "The blob {0} cannot be read as an archive of messages: {1}",
            "Look at the blob; repair it, or exclude it with a ground in the location file if it holds no messages. Before it is "
                + "deleted, see whose messages it may hold. It was left untouched, and no device is reported absent from its location."
        );

    /// <summary>Records of a blob do not tell their sender.</summary>
    public static FaultDefinition RecordsUnreadable { get; } =
        new(
            "RecordsUnreadable",
            FaultCategory.InvalidData,
            "The blob {0} holds {1} from which no sender can be read, the first at byte {2}.",
            "Look at the blob; move records that no IoT hub wrote elsewhere. These records were kept, and no device is reported absent "
                + "from their location."
        );

    /// <summary>A blob is in the archive tier.</summary>
    public static FaultDefinition BlobArchived { get; } =
        new(
            "BlobArchived",
            FaultCategory.ResourceUnavailable,
            "The blob {0} is in the archive tier and cannot be read.",
            "Rehydrate the blob (Set-AzStorageBlobTier or the portal) and run the command again."
        );

    /// <summary>A blob is on its way out of the archive tier.</summary>
    public static FaultDefinition BlobRehydrating { get; } =
        new(
            "BlobRehydrating",
            FaultCategory.ResourceUnavailable,
            "The blob {0} is being rehydrated from the archive tier and cannot be read yet.",
            "Wait until the blob no longer has an archive status (rehydrate-pending-to-hot, -cool or -cold), which takes up to 15 hours, "
                + "then run the command again."
        );

    /// <summary>A container does not hold still while it is read.</summary>
    public static FaultDefinition ContainerChanging { get; } =
        new(
            "ContainerChanging",
            FaultCategory.ResourceBusy,
            "{0} kept changing while it was read: in each of {1} listings blobs had gone and others had come.",
            "Wait until whatever moves the blobs is done, then run the command again. No device is reported absent from this location "
                + "until then."
        );

    /// <summary>A blob may not be changed.</summary>
    public static FaultDefinition BlobHeld { get; } =
        new(
            "BlobHeld",
            FaultCategory.PermissionDenied,
            "The blob {0} is immutable: {1}",
            "Find out who set the policy or the legal hold and until when it stands; it can be a reason to refuse the erasure."
        );

    /// <summary>A blob is leased by somebody.</summary>
    public static FaultDefinition BlobLeased { get; } =
        new(
            "BlobLeased",
            FaultCategory.ResourceBusy,
            "The blob {0} is leased by somebody else.",
            "Find out who holds the lease and have it released; leases are not broken by this module."
        );

    /// <summary>A blob has a name with which no request can reach it.</summary>
    public static FaultDefinition BlobNameUnsafe { get; } =
        new(
            "BlobNameUnsafe",
            FaultCategory.InvalidData,
            "The blob {0} was left alone: its name has '.' or '..' as a segment, so that a request for it would reach another blob.",
            "Look at the blob with a tool that shows the container as a list; its owner copies or deletes it by hand."
        );

    /// <summary>A blob is of a type that is not rewritten.</summary>
    public static FaultDefinition BlobTypeUnsupported { get; } =
        new(
            "BlobTypeUnsupported",
            FaultCategory.InvalidOperation,
            "The blob {0} is of the type {1}; only block blobs are rewritten.",
            "IoT Hub writes block blobs; find out what wrote this one and erase from it by its own means."
        );

    /// <summary>An old copy of a blob holds what its current form does not.</summary>
    public static FaultDefinition OldCopyDiffers { get; } =
        new(
            "OldCopyDiffers",
            FaultCategory.InvalidOperation,
            "{1}, and holds records of other devices that the current blob does not hold.",
            "Decide whether those records are still needed; delete the version or snapshot by hand if they are not. "
                + "Get-IotDeviceDataFootprint lists all of them in Items."
        );

    /// <summary>A check before or after a rewrite failed.</summary>
    public static FaultDefinition RewriteMismatch { get; } =
        new(
            "RewriteMismatch",
            FaultCategory.InvalidData,
            "The rewritten form of {0} does not hold exactly the records that must stay: {1}",
            "Nothing is certified for this blob. Compare it with its previous version or a backup, and report the case with the tool's "
                + "version."
        );
}
