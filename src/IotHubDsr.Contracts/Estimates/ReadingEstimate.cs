namespace IotHubDsr;

/// <summary>What reading every location for some devices would take, by listings alone. Quantities, not prices.</summary>
public sealed record ReadingEstimate
{
    private readonly IReadOnlyList<LocationEstimate> _locations = TextList.Of<LocationEstimate>([]);

    /// <summary>Host name of the hub.</summary>
    public required string HubHostName { get; init; }

    /// <summary>How many devices were named.</summary>
    public int Devices { get; init; }

    /// <summary>How many workers are assumed.</summary>
    public int Workers { get; init; }

    /// <summary>How many megabytes (10^6 bytes) one worker is assumed to read in a second.</summary>
    public double MegabytesPerSecond { get; init; }

    /// <summary>Each location, also those of which nothing can be told beforehand.</summary>
    public IReadOnlyList<LocationEstimate> Locations
    {
        get => _locations;
        init => _locations = TextList.Of(value);
    }

    /// <summary>Blobs to read, old versions and snapshots included.</summary>
    public long Blobs => Locations.Sum(static location => location.Blobs);

    /// <summary>Bytes to read.</summary>
    public long Bytes => Locations.Sum(static location => location.Bytes);

    /// <summary>Blobs that the device index spares.</summary>
    public long IndexedBlobs => Locations.Sum(static location => location.IndexedBlobs);

    /// <summary>Requests to list and to read.</summary>
    public long Requests => Locations.Sum(static location => location.ListRequests + location.ReadRequests);

    /// <summary>How long reading takes at the assumed rate, with all workers busy.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds(Bytes / (MegabytesPerSecond * 1_000_000 * Workers));

    /// <summary>Gigabytes (10^9 bytes) whose retrieval is charged, because they are in a cooler tier than Hot.</summary>
    public double RetrievalGigabytes => Locations.SelectMany(static location => location.Tiers).Sum(static tier => tier.RetrievalGigabytes);

    /// <summary>
    /// Gigabytes times days that early deletion is charged for at most: as if each blob that is read had to be replaced. 0 where no erasure
    /// is to follow.
    /// </summary>
    public double EarlyDeletionGigabyteDays =>
        Locations.SelectMany(static location => location.Tiers).Sum(static tier => tier.EarlyDeletionGigabyteDays);

    /// <summary>Locations of which nothing can be told before they are read.</summary>
    public int Unestimated => Locations.Count(static location => !location.IsEstimated);

    /// <inheritdoc />
    public override string ToString() => $"{Counted.Of(Blobs, "blob")}, {ByteSize.Format(Bytes)}, {TableText.Duration(Duration)}";
}
