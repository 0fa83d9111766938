namespace IotHubDsr.Core.Topology;

/// <summary>
/// A place that data gets to, as one part of a hub's configuration tells of it. Drafts of one place are joined; what they make is a
/// <see cref="DataLocation"/>, which alone has an ID.
/// </summary>
internal sealed record LocationDraft
{
    /// <inheritdoc cref="DataLocation.Kind" />
    public required string Kind { get; init; }

    /// <inheritdoc cref="DataLocation.Place" />
    public required string Place { get; init; }

    /// <inheritdoc cref="DataLocation.ResourceId" />
    public string? ResourceId { get; init; }

    /// <inheritdoc cref="DataLocation.Ways" />
    public required IReadOnlyList<DataWay> Ways { get; init; }

    /// <inheritdoc cref="DataLocation.Verdict" />
    public Verdict? Verdict { get; init; }

    /// <summary>What is to be said of this place beside what holds for all of its kind.</summary>
    public string? Advice { get; init; }

    /// <inheritdoc cref="DataLocation.FlushTime" />
    public TimeSpan? FlushTime { get; init; }

    /// <inheritdoc cref="DataLocation.Inflow" />
    public LocationInflow Inflow { get; init; }

    /// <inheritdoc cref="DataLocation.RecordsDeletion" />
    public bool RecordsDeletion { get; init; }

    /// <inheritdoc cref="DataLocation.Retention" />
    public TimeSpan? Retention { get; init; }

    /// <inheritdoc cref="DataLocation.Statements" />
    public IReadOnlyList<OperatorStatement> Statements { get; init; } = [];

    /// <inheritdoc cref="DataLocation.Settings" />
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// The places whose content it copies, where other hubs reach it only through these; null for a place that they can write to themselves.
    /// </summary>
    public IReadOnlyList<LocationDraft>? Sources { get; init; }

    /// <summary>A place of which the ways are not known yet.</summary>
    /// <param name="kind">Kind of the place.</param>
    /// <param name="place">The place in the words of its service.</param>
    /// <param name="resourceId">The resource, if known.</param>
    /// <param name="settings">What is needed to reach it.</param>
    public static LocationDraft Of(string kind, string place, string? resourceId, Dictionary<string, string>? settings = null) =>
        new()
        {
            Kind = kind,
            Place = place,
            ResourceId = resourceId,
            Ways = [],
            Settings = settings ?? new Dictionary<string, string>(StringComparer.Ordinal),
        };

    /// <summary>The location that it turned out to be.</summary>
    /// <param name="id">Its ID among those of the hub.</param>
    public DataLocation ToLocation(string id) =>
        new()
        {
            Id = id,
            Kind = Kind,
            Place = Place,
            ResourceId = ResourceId,
            Ways = Ways,
            Verdict = Verdict,
            Advice = Advice,
            FlushTime = FlushTime,
            Inflow = Inflow,
            RecordsDeletion = RecordsDeletion,
            Retention = Retention,
            Statements = Statements,
            Settings = Settings,
        };
}
