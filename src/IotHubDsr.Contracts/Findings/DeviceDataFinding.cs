namespace IotHubDsr;

/// <summary>
/// What one location holds about one device. Every location of a footprint has one, even if nothing was found or could be read.
/// </summary>
public sealed record DeviceDataFinding
{
    private readonly IReadOnlyList<SeenItem> _items = TextList.Of<SeenItem>([]);
    private readonly bool? _isCounted;

    /// <summary>ID of the device, case-sensitive.</summary>
    public required string DeviceId { get; init; }

    /// <summary>The hub's name for this incarnation of the device ID: it changes when the ID is deleted and created again.</summary>
    public string? GenerationId { get; init; }

    /// <summary>Host name of the hub; null in output of earlier versions.</summary>
    public string? HubHostName { get; init; }

    /// <summary>Azure Resource Manager ID of the hub; null when only a connection string is known.</summary>
    public string? HubResourceId { get; init; }

    /// <summary>The location that was searched.</summary>
    public required DataLocation Location { get; init; }

    /// <summary>Kind of <see cref="Location"/>.</summary>
    public string Kind => Location.Kind;

    /// <summary>Place of <see cref="Location"/>.</summary>
    public string Place => Location.Place;

    /// <summary>What is known of the device in this location.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Records (documents, messages) that are the device's own or attributed to it; null if not counted.</summary>
    public long? Records => IsCounted ? RecordCount : null;

    /// <summary>
    /// Records that the device, as a gateway, relayed for other devices; null if not counted. They count as the other devices' data.
    /// </summary>
    public long? RelayedRecords => IsCounted ? RelayedCount : null;

    /// <summary>Those of <see cref="Records"/> that are in old versions, snapshots or soft-deleted copies; null if not counted.</summary>
    public long? OldCopyRecords => IsCounted ? OldCopyCount : null;

    /// <summary>Size of <see cref="Records"/> as stored, in bytes; uncompressed where the store compresses. Null if unknown.</summary>
    public long? Bytes => IsCounted && (ByteCount > 0 || RecordCount == 0) ? ByteCount : null;

    /// <summary>As <see cref="Records"/>; also 0 if not counted.</summary>
    internal long RecordCount { get; init; }

    /// <summary>As <see cref="RelayedRecords"/>; also 0 if not counted.</summary>
    internal long RelayedCount { get; init; }

    /// <summary>As <see cref="OldCopyRecords"/>; also 0 if not counted.</summary>
    internal long OldCopyCount { get; init; }

    /// <summary>
    /// Records of those asked for that an erasure with the options of the reading leaves where they are; a plan does not keep it.
    /// </summary>
    internal long LeftCount { get; init; }

    /// <summary>
    /// Those of <see cref="Records"/> that were sent under another generation ID than the registered device's (where none is registered,
    /// than the newest record's): the device ID was deleted and created again, and they can be another person's. 0 where records do not
    /// tell it.
    /// </summary>
    public long OtherGenerationRecords { get; init; }

    /// <summary>Whether records show that another device had the ID after the plan that is run.</summary>
    internal bool HasLaterDevice { get; init; }

    /// <summary>Whether nothing here tells the generation of a device, although other locations of the kind can.</summary>
    internal bool TellsNoGeneration { get; init; }

    /// <summary>Whether there can be more than was found: the service shows only a part of the location without changing it.</summary>
    internal bool MayHoldMore { get; init; }

    /// <summary>Whether something that is there may not have been shown: what is not among the items need not be gone.</summary>
    internal bool HidesSome { get; init; }

    /// <summary>As <see cref="Bytes"/>; also 0 if unknown.</summary>
    internal long ByteCount { get; init; }

    /// <summary>When the hub accepted the oldest of the records.</summary>
    public DateTimeOffset? FirstTime { get; init; }

    /// <summary>When the hub accepted the newest of the records.</summary>
    public DateTimeOffset? LastTime { get; init; }

    /// <summary>Until when the verdict holds, for verdicts that end at a time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>A sentence that explains the verdict; null when there is nothing to add.</summary>
    public string? Detail
    {
        get;
        init => field = VisibleText.OfLineOrNull(value);
    }

    /// <summary>The documents or blobs that hold the records, with the ETags that were seen.</summary>
    public IReadOnlyList<SeenItem> Items
    {
        get => _items;
        init => _items = TextList.Of(value);
    }

    /// <summary>Whether the records were counted. If not, numbers are null.</summary>
    public bool IsCounted
    {
        get =>
            _isCounted
            ?? (
                RecordCount + RelayedCount > 0
                || Verdict is not (Verdict.Expiring or Verdict.OwnerAction or Verdict.Unreachable or Verdict.Unknown)
            );
        init => _isCounted = value;
    }

    /// <summary>Device, verdict and place.</summary>
    public override string ToString() =>
        VisibleText.OfLine($"{DeviceId}: {Verdict} in {Location} ({(IsCounted ? Counted.Of(RecordCount, "record") : Counted.Unknown)})");
}
