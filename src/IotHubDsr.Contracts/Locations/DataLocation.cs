namespace IotHubDsr;

/// <summary>One place where data about a device of the hub can be.</summary>
public sealed record DataLocation
{
    private readonly IReadOnlyDictionary<string, string> _settings = TextDictionary.Of(
        new Dictionary<string, string>(StringComparer.Ordinal)
    );
    private readonly IReadOnlyList<OperatorStatement> _statements = TextList.Of<OperatorStatement>([]);
    private readonly IReadOnlyList<DataWay> _ways = TextList.Of<DataWay>([]);
    private readonly IReadOnlyList<string> _provenance = TextList.Of<string>([]);

    /// <summary>
    /// Stable name of the location within its hub; lower-case letters, digits, dots and hyphens, so that it can name a folder.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>
    /// The kind of location. Kinds are names, not an enumeration: <c>DeviceRegistry</c>, <c>RoutedBlobContainer</c>; a version that knows
    /// more has more of them.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>The place in the words of its service: <c>stcontoso/telemetry</c>, <c>contoso-hub</c>.</summary>
    public required string Place { get; init; }

    /// <summary>Azure Resource Manager ID of the resource that holds the data, when known.</summary>
    public string? ResourceId { get; init; }

    /// <summary>
    /// Why the location is included, in words: the sentences of <see cref="Ways"/>. Sentences alone, as documents of earlier versions have
    /// them, become remarks.
    /// </summary>
    public IReadOnlyList<string> Provenance
    {
        get => _provenance;
        init
        {
            _provenance = TextList.Of(value);
            _ways = TextList.Of<DataWay>([.. _provenance.Select(DataWay.Remark)]);
        }
    }

    /// <summary>The ways in which data gets there, and remarks on them, in the order in which they were found.</summary>
    public IReadOnlyList<DataWay> Ways
    {
        get => _ways;
        init
        {
            _ways = TextList.Of(value);
            _provenance = TextList.Of<string>([.. _ways.Select(way => way.Sentence)]);
        }
    }

    /// <summary>What the module can do there.</summary>
    public LocationCapabilities Capabilities { get; init; }

    /// <summary>The verdict that holds for every device as long as no sink reads this kind of location; null when a sink does.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>What someone has to do about a location that no sink reads, or what is special about it.</summary>
    public string? Advice { get; init; }

    /// <summary>
    /// How long after its acceptance by the hub a message can still arrive here; null when it arrives at once, or the service does not say.
    /// </summary>
    public TimeSpan? FlushTime { get; init; }

    /// <summary>
    /// Whether messages come in now, by the hub's configuration. A way that was closed a moment ago still delivers within
    /// <see cref="FlushTime"/>.
    /// </summary>
    public LocationInflow Inflow { get; init; }

    /// <summary>True when deleting a device makes the hub write a record about that device here.</summary>
    public bool RecordsDeletion { get; init; }

    /// <summary>How long the service keeps a record here before it expires; null when unknown or without limit.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>What the operator vouches for about the location; a run uses the statements of its plan.</summary>
    public IReadOnlyList<OperatorStatement> Statements
    {
        get => _statements;
        init => _statements = TextList.Of(value);
    }

    /// <summary>
    /// What a sink needs to reach the location (names, URIs, formats; never a secret). Keys are in <see cref="LocationSettings"/>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings
    {
        get => _settings;
        init => _settings = TextDictionary.Of(value);
    }

    /// <summary>Whether the operator says that the container is this hub's alone.</summary>
    public bool IsDedicated => Statements.Any(statement => statement.Kind == OperatorStatementKind.DedicatedContainer);

    /// <summary>Kind and place.</summary>
    public override string ToString() => VisibleText.OfLine($"{Kind} {Place}");
}
