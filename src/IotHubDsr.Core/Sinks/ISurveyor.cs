namespace IotHubDsr.Core.Sinks;

/// <summary>Says what reading places of one kind would take, without reading them. See <see cref="IFinder"/> for what holds of all roles.</summary>
internal interface ISurveyor
{
    /// <param name="call">The call; by its options goes whether the index of devices is used.</param>
    /// <param name="deviceIds">The devices that would be looked for; none for what holds of any.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<PlaceSurvey> SurveyAsync(SinkCall call, IReadOnlyList<string> deviceIds, CancellationToken cancellationToken);
}

/// <summary>What a listing of a place shows.</summary>
internal sealed record PlaceSurvey
{
    /// <summary>What there is to read.</summary>
    public BlobQuantity All { get; init; }

    /// <summary>Of that, what the index of devices spares.</summary>
    public BlobQuantity Spared { get; init; }

    /// <summary>What is left to read, by access tier.</summary>
    public IReadOnlyList<TierSurvey> Tiers { get; init; } = [];

    /// <summary>Requests that listing it took.</summary>
    public long Listings { get; init; }

    /// <summary>Size in bytes of what the index knows of the place.</summary>
    public long IndexSize { get; init; }

    /// <summary>When the oldest reading began that the index spares one by; null where it spares none.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>Some blobs.</summary>
/// <param name="Blobs">How many.</param>
/// <param name="Bytes">Their bytes.</param>
internal readonly record struct BlobQuantity(long Blobs, long Bytes)
{
    public BlobQuantity With(long bytes) => new(Blobs + 1, Bytes + bytes);
}

/// <summary>Blobs of one access tier.</summary>
/// <param name="Tier">Name of the tier, as the service gives it; <c>Hot</c> where it gives none.</param>
/// <param name="Quantity">The blobs.</param>
/// <param name="Requests">Requests that reading them takes.</param>
/// <param name="EarlyByteDays">
/// Bytes times the days by which they are younger than the tier's least time of storage: what replacing all of them now is charged for.
/// </param>
internal sealed record TierSurvey(string Tier, BlobQuantity Quantity, long Requests, double EarlyByteDays);
