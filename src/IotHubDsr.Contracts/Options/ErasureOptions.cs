namespace IotHubDsr;

/// <summary>
/// What an operation takes of its devices' data, from the cmdlet to the sink; a plan binds an approval to it. By default it is what is the
/// devices' own and current, and nothing of others.
/// </summary>
public sealed record ErasureOptions
{
    /// <summary>The default.</summary>
    public static ErasureOptions OwnAndCurrent { get; } = new();

    /// <summary>Which records of the devices.</summary>
    public RecordScope Scope { get; init; } = RecordScope.All;

    /// <summary>Also messages that a gateway relayed for other devices.</summary>
    public bool IncludeRelayed { get; init; }

    /// <summary>Also old versions, snapshots and soft-deleted copies, where the service allows it.</summary>
    public bool IncludeOldVersions { get; init; }

    /// <summary>
    /// Also messages that wait for their receiver: they are taken out in the order of the queue, and messages of other devices, in Service Bus
    /// those before them and in a storage queue all, are delivered once more.
    /// </summary>
    public bool SettleMessages { get; init; }

    /// <summary>
    /// Also has rows of a Log Analytics workspace hidden from queries as soon as they are ordered to be purged. That is no erasure, and
    /// that they are gone can then only be known when the time is over that the service promises.
    /// </summary>
    public bool HideNow { get; init; }

    /// <summary>What is done with enrollments in Device Provisioning Services.</summary>
    public Reprovisioning Reprovisioning { get; init; }

    /// <summary>
    /// Also takes a device out of the target conditions of configurations and deployments that do nothing but list devices; other
    /// devices in the list stay targeted. A configuration whose condition lists no other device is deleted.
    /// </summary>
    public bool RewriteConfigurations { get; init; }

    /// <summary>
    /// Deletes a shared blob that keeps no record, instead of leaving it without any; null in plans of earlier versions, which leave it
    /// without any.
    /// </summary>
    public bool? DeleteEmptied { get; init; }

    /// <summary>Whether anything in an item is taken, regardless of whether the item is an old copy.</summary>
    /// <param name="item">An item of a finding.</param>
    public bool Takes(SeenItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.Records > 0 || IncludeRelayed;
    }

    /// <summary>Whether an item is one of those that can be taken: an old copy only where they are asked for.</summary>
    /// <param name="item">An item of a finding.</param>
    public bool Reaches(SeenItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return IncludeOldVersions || !item.IsOldCopy;
    }

    /// <summary>How many records of a finding are taken.</summary>
    /// <param name="finding">What a location holds of a device.</param>
    public long Expected(DeviceDataFinding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return finding.RecordCount
            - finding.LeftCount
            - (IncludeOldVersions ? 0 : finding.OldCopyCount)
            + (IncludeRelayed ? finding.RelayedCount : 0);
    }
}
