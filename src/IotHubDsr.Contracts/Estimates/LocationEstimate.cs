namespace IotHubDsr;

/// <summary>What reading one location would take.</summary>
public sealed record LocationEstimate
{
    private readonly IReadOnlyList<TierEstimate> _tiers = TextList.Of<TierEstimate>([]);

    /// <summary>The location.</summary>
    public required DataLocation Location { get; init; }

    /// <summary>Kind of the location.</summary>
    public string Kind => Location.Kind;

    /// <summary>The place.</summary>
    public string Place => Location.Place;

    /// <summary>Whether a listing tells what there is to read; if not, all quantities are 0.</summary>
    public bool IsEstimated { get; init; }

    /// <summary>Why nothing can be told, or what else is to be said; null for nothing.</summary>
    public string? Detail { get; init; }

    /// <summary>Blobs to read, old versions and snapshots included.</summary>
    public long Blobs { get; init; }

    /// <summary>Bytes to read.</summary>
    public long Bytes { get; init; }

    /// <summary>Blobs that the device index spares.</summary>
    public long IndexedBlobs { get; init; }

    /// <summary>Bytes of these.</summary>
    public long IndexedBytes { get; init; }

    /// <summary>Requests to list.</summary>
    public long ListRequests { get; init; }

    /// <summary>Requests to read.</summary>
    public long ReadRequests => Tiers.Sum(static tier => tier.Operations);

    /// <summary>What there is to read, by access tier.</summary>
    public IReadOnlyList<TierEstimate> Tiers
    {
        get => _tiers;
        init => _tiers = TextList.Of(value);
    }

    /// <inheritdoc />
    public override string ToString() =>
        VisibleText.OfLine(
            IsEstimated ? $"{Kind} {Place}: {Counted.Of(Blobs, "blob")}, {ByteSize.Format(Bytes)}" : $"{Kind} {Place}: {Detail}"
        );
}
