namespace IotHubDsr.Sandbox.Storage;

/// <summary>What the owner of a storage account chooses; every option can change while the account is in use.</summary>
/// <param name="VersioningEnabled">Keep the former content of a blob as a version. Ignored with a hierarchical namespace.</param>
/// <param name="SoftDeleteDays">Days a deleted blob, snapshot or version stays restorable: 1 to 365, or 0 for off.</param>
/// <param name="HierarchicalNamespace">Directories exist by themselves and outlive the blobs in them.</param>
/// <param name="AllowPermanentDelete">Soft-deleted snapshots and versions may be removed before their time.</param>
/// <param name="ContainerSoftDeleteDays">Days a deleted container stays restorable: 1 to 365, or 0 for off.</param>
/// <param name="RestoreDays">Days for which the owner can restore the account to an earlier time, or 0 for off.</param>
/// <param name="HasChangeFeed">Record each change with the name of its blob; the sandbox says that it is on, and writes none.</param>
/// <param name="ChangeFeedDays">Days for which it is kept, or 0 for ever.</param>
/// <param name="AllowsSharedKey">Requests may be signed with the account's keys, and with what was signed with them.</param>
internal sealed record BlobAccountOptions(
    bool VersioningEnabled = false,
    int SoftDeleteDays = 0,
    bool HierarchicalNamespace = false,
    bool AllowPermanentDelete = false,
    int ContainerSoftDeleteDays = 0,
    int RestoreDays = 0,
    bool HasChangeFeed = false,
    int ChangeFeedDays = 0,
    bool AllowsSharedKey = true
)
{
    public bool KeepsVersions => VersioningEnabled && !HierarchicalNamespace;

    public bool KeepsDeleted => SoftDeleteDays > 0;
}
