namespace IotHubDsr;

public static partial class FaultCatalogue
{
    /// <summary>A journal was altered.</summary>
    public static FaultDefinition JournalBroken { get; } =
        new(
            "JournalBroken",
            FaultCategory.InvalidData,
            "The journal of {0} cannot be trusted from line {1} on: {2}.",
            "Nothing is done on the basis of this journal. Compare it with a copy; find out who can write to the store."
        );

    /// <summary>A request has files but no journal.</summary>
    public static FaultDefinition JournalMissing { get; } =
        new(
            "JournalMissing",
            FaultCategory.InvalidData,
            "The request '{0}' in {1} has no journal: it was deleted or emptied, while other files of the request still exist.",
            "Nothing can be done with the request without its journal. Restore the journal from a copy and find out who can write to the "
                + "store; if there is no copy, register a new request for the devices."
        );

    /// <summary>A journal is older than a certificate that was issued over it.</summary>
    public static FaultDefinition JournalRolledBack { get; } =
        new(
            "JournalRolledBack",
            FaultCategory.InvalidData,
            "The journal of {0}, which ends at line {1}, does not match the certificate {2}: the journal was truncated or replaced by an "
                + "older one, or the certificate was changed.",
            "Nothing was done, and neither was changed. Restore the journal from a copy that has the line that the certificate names; "
                + "find out who can write to the store."
        );

    /// <summary>Evidence cannot be written.</summary>
    public static FaultDefinition EvidenceFailed { get; } =
        new(
            "EvidenceFailed",
            FaultCategory.WriteError,
            "Cannot write the evidence of the request '{0}': {1}",
            "Nothing more was destroyed. Check the permissions and the free space of the request store, then continue with "
                + "Resume-IotDataRequest."
        );

    /// <summary>The temporary folder, which holds what was found while a command runs, cannot be used.</summary>
    public static FaultDefinition TemporaryFileFailed { get; } =
        new(
            "TemporaryFileFailed",
            FaultCategory.ResourceUnavailable,
            "Cannot use the temporary folder {0}: {1}",
            "Free space there, or set TMPDIR (TEMP on Windows) to another folder, and run the command again; a request that was begun "
                + "continues with Resume-IotDataRequest."
        );

    /// <summary>The request store cannot be read.</summary>
    public static FaultDefinition RequestStoreUnreadable { get; } =
        new(
            "RequestStoreUnreadable",
            FaultCategory.ResourceUnavailable,
            "Cannot read the request store {0}: {1}",
            "Check that it exists and that the account can read and write it (Storage Blob Data Contributor for a blob container)."
        );

    /// <summary>The request store cannot be written to.</summary>
    public static FaultDefinition RequestStoreNotWritable { get; } =
        new(
            "RequestStoreNotWritable",
            FaultCategory.WriteError,
            "Cannot write to the request store {0}, and nothing is erased that cannot be recorded: {1}",
            "Check the account's permissions (Storage Blob Data Contributor for a blob container) and the free space, or name another "
                + "store with -RequestStore."
        );
}
