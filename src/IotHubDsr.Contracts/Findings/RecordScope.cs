using System.Globalization;

namespace IotHubDsr;

/// <summary>
/// Which records of its devices a request is about. A record is excluded only by what it says itself: one without a generation ID or time
/// is in every scope of its device.
/// </summary>
public sealed record RecordScope
{
    /// <summary>Everything that is the devices' own or attributed to them.</summary>
    public static RecordScope All { get; } = new();

    /// <summary>
    /// Only what belongs to this incarnation of the device ID, case-sensitive; null for all. Requires a request about one device.
    /// </summary>
    public string? GenerationId { get; init; }

    /// <summary>Only what the hub accepted at this time or after it; null for no limit.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>Only what the hub accepted before this time, which is after <see cref="StartTime"/>; null for no limit.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>Also records of other senders that name a device in their body. They can be other people's.</summary>
    public bool IncludeMentioned { get; init; }

    /// <summary>The same as <see cref="ToString"/> without the generation ID, which stands for one device.</summary>
    public string Anonymous => InWords(GenerationId is null ? null : "one incarnation of the device ID");

    /// <summary>The scope in words, on one line.</summary>
    public override string ToString() =>
        InWords(GenerationId is null ? null : VisibleText.OfLine($"generation '{GenerationId}' of the device ID"));

    private string InWords(string? generation)
    {
        List<string> limits = [];
        if (generation is not null)
            limits.Add($"of {generation}");
        if (StartTime is { } start)
            limits.Add($"accepted from {Time(start)} on");
        if (EndTime is { } end)
            limits.Add($"accepted before {Time(end)}");
        string own = limits.Count == 0 ? "all records" : $"only records {string.Join(", ", limits)}";
        return IncludeMentioned ? $"{own}; also records of other senders that name the device in their body" : own;
    }

    private static string Time(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
