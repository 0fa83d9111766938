namespace IotHubDsr;

/// <summary>What the device index knows of one location: of how many of its blobs, since when, and at what size.</summary>
public sealed record DeviceIndexCoverage
{
    /// <summary>The location.</summary>
    public required DataLocation Location { get; init; }

    /// <summary>Kind of the location.</summary>
    public string Kind => Location.Kind;

    /// <summary>The container.</summary>
    public string Place => Location.Place;

    /// <summary>Full path or URI of the request store that the index is in.</summary>
    public required string RequestStore { get; init; }

    /// <summary>Blobs that are read for a footprint, old versions and snapshots included.</summary>
    public long Blobs { get; init; }

    /// <summary>Bytes of these.</summary>
    public long Bytes { get; init; }

    /// <summary>Those of <see cref="Blobs"/> with an entry for their present content.</summary>
    public long IndexedBlobs { get; init; }

    /// <summary>Bytes of these.</summary>
    public long IndexedBytes { get; init; }

    /// <summary>Share of <see cref="Bytes"/> that is indexed, 0 to 1; 1 where there is nothing to read.</summary>
    public double Coverage => Bytes == 0 ? 1 : (double)IndexedBytes / Bytes;

    /// <summary>Size of the entries in the request store, those for contents that no longer exist included.</summary>
    public long IndexSize { get; init; }

    /// <summary>When the oldest reading began that an entry for a present content is from; null when there is none.</summary>
    public DateTimeOffset? OldestReading { get; init; }

    /// <inheritdoc />
    public override string ToString() =>
        VisibleText.OfLine($"{Kind} {Place}: {Counted.Of(IndexedBlobs, "blob")} of {Counted.Of(Blobs, "blob")} in the index");
}
