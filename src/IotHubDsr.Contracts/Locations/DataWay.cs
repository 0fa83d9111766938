namespace IotHubDsr;

/// <summary>One way in which data of a hub's devices gets to a place. Its text form is the sentence about it.</summary>
/// <remarks>After <c>Export-Clixml</c>, whose default depth ends at the ways, each of them is its sentence.</remarks>
public sealed record DataWay
{
    private readonly IReadOnlyList<string> _carries = TextList.Of<string>([]);
    private readonly string? _sentence;

    /// <summary>What kind of way it is.</summary>
    public required DataWayKind Kind { get; init; }

    /// <summary>Name of the route, endpoint, subscription, setting, service or hub; null where the way has none.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// What it lets through, as its service names it: the source of a route, the event types of a subscription, the log categories of a
    /// setting. Empty where that is everything, nothing, or not told.
    /// </summary>
    public IReadOnlyList<string> Carries
    {
        get => _carries;
        init => _carries = TextList.Of(value);
    }

    /// <summary>Condition of a route; null without one.</summary>
    public string? Condition { get; init; }

    /// <summary>What it leads to, in words: <c>endpoint 'raw'</c>, <c>event hub</c>.</summary>
    public string? Target { get; init; }

    /// <summary>False for a route that is disabled.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>What else is to be said of it; all of it for a remark, and for what the hub itself keeps.</summary>
    public string? Note { get; init; }

    /// <summary>The way in a sentence. One that stands in a document is kept as it stands there.</summary>
    public string Sentence
    {
        get => _sentence ?? DataWaySentences.Of(this);
        init => _sentence = value;
    }

    /// <summary>The way in a few words, as a picture names it.</summary>
    public string Title => DataWaySentences.TitleOf(this);

    /// <summary>A sentence that is about a place or its ways.</summary>
    /// <param name="sentence">The sentence.</param>
    public static DataWay Remark(string sentence) => new() { Kind = DataWayKind.Remark, Note = sentence };

    /// <inheritdoc cref="Sentence" />
    public override string ToString() => VisibleText.OfLine(Sentence);
}
