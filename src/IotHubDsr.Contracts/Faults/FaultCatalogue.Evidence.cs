namespace IotHubDsr;

public static partial class FaultCatalogue
{
    /// <summary>A journal is not what was written.</summary>
    public static FaultDefinition JournalBroken { get; } =
        new(
            "JournalBroken",
            FaultCategory.InvalidData,
            "The journal of {0} cannot be relied on from line {1} on: {2}.",
            "Nothing is done on the strength of it. Compare it with a copy; find out who can write to the store."
        );

    /// <summary>What is left of a request has no journal.</summary>
    public static FaultDefinition JournalMissing { get; } =
        new(
            "JournalMissing",
            FaultCategory.InvalidData,
            "The request '{0}' in {1} has no journal: it was deleted or emptied, while other files of the request are still there.",
            "Nothing can be done with the request without it. Put the journal back from a copy; find out who can write to the store, and "
                + "register a new request for the devices if there is no copy."
        );

    /// <summary>A journal is older than a certificate that was issued over it.</summary>
    public static FaultDefinition JournalRolledBack { get; } =
        new(
            "JournalRolledBack",
            FaultCategory.InvalidData,
            "The journal of {0}, which ends at line {1}, and the certificate {2} do not fit: the journal was cut or replaced by an older "
                + "one, or the certificate was changed.",
            "Nothing was done, and neither was changed. Put the journal back from a copy that has the line that the certificate names; "
                + "find out who can write to the store."
        );

    /// <summary>Something cannot be put on record.</summary>
    public static FaultDefinition EvidenceFailed { get; } =
        new(
            "EvidenceFailed",
            FaultCategory.WriteError,
            "The evidence of the request '{0}' cannot be written: {1}",
            "Nothing more was destroyed. Check the rights and the space of the request store, then go on with Resume-IotDataRequest."
        );

    /// <summary>The request store cannot be read.</summary>
    public static FaultDefinition RequestStoreUnreadable { get; } =
        new(
            "RequestStoreUnreadable",
            FaultCategory.ResourceUnavailable,
            "The request store {0} cannot be read: {1}",
            "Check that it exists and that the account may read and write it (Storage Blob Data Contributor for a blob container)."
        );

    /// <summary>The request store cannot be written to.</summary>
    public static FaultDefinition RequestStoreNotWritable { get; } =
        new(
            "RequestStoreNotWritable",
            FaultCategory.WriteError,
            "The request store {0} cannot be written to, and nothing is erased that cannot be put on record: {1}",
            "Check the rights of the account (Storage Blob Data Contributor for a blob container) and the free space, or name another "
                + "store with -RequestStore."
        );
}
