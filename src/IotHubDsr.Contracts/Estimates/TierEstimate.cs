namespace IotHubDsr;

/// <summary>Blobs to read in one access tier.</summary>
public sealed record TierEstimate
{
    /// <summary>Name of the tier, as Azure Storage gives it. What is in <c>Archive</c> cannot be read before it is rehydrated.</summary>
    public required string Tier { get; init; }

    /// <summary>Blobs to read.</summary>
    public long Blobs { get; init; }

    /// <summary>Bytes to read.</summary>
    public long Bytes { get; init; }

    /// <summary>Read operations.</summary>
    public long Operations { get; init; }

    /// <summary>Gigabytes (10^9 bytes) whose retrieval is charged; 0 in a tier where it is not.</summary>
    public double RetrievalGigabytes { get; init; }

    /// <summary>See <see cref="ReadingEstimate.EarlyDeletionGigabyteDays"/>.</summary>
    public double EarlyDeletionGigabyteDays { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"{Tier}: {Counted.Of(Blobs, "blob")}, {ByteSize.Format(Bytes)}";
}
