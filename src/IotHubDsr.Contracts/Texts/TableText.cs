using static System.FormattableString;

namespace IotHubDsr;

/// <summary>
/// Texts for columns of tables. A column that PowerShell cuts loses the end of its text, which is what tells places and IDs apart: these
/// lose their middle instead.
/// </summary>
public static class TableText
{
    private const string Ellipsis = "…";

    /// <summary>Characters of a kind's name that are kept regardless of the length of its place.</summary>
    private const int LeastKind = 6;

    /// <summary>A kind and a place. The name of the kind is shortened first, then the place is cut in its middle.</summary>
    /// <param name="kind">Kind of the location.</param>
    /// <param name="place">Its place.</param>
    /// <param name="width">Width of the column in characters, 16 or more.</param>
    public static string Location(string? kind, string? place, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 16);
        string name = VisibleText.OfLine(kind);
        string where = VisibleText.OfLine(place);
        int room = Math.Max(width - where.Length - 1, Math.Min(LeastKind, name.Length));
        if (name.Length > room)
            name = name[..(room - 1)] + Ellipsis;
        return $"{name} {Cut(where, width - name.Length - 1)}";
    }

    /// <summary>How long something takes, in words: <c>&lt; 1 min</c>, <c>12 min</c>, <c>3 h 20 min</c>.</summary>
    /// <param name="time">The time; null when it is not known.</param>
    public static string Duration(TimeSpan? time) =>
        time switch
        {
            null => "?",
            { TotalMinutes: < 1 } => "< 1 min",
            { TotalHours: < 1 } known => Invariant($"{Math.Ceiling(known.TotalMinutes):0} min"),
            { } known => Invariant($"{Math.Floor(known.TotalHours):0} h {known.Minutes} min"),
        };

    /// <summary>A text that keeps its beginning and its end.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="width">Width of the column in characters, 3 or more.</param>
    public static string Middle(string? text, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 3);
        return Cut(VisibleText.OfLine(text), width);
    }

    private static string Cut(string text, int width)
    {
        if (text.Length <= width)
            return text;
        int head = (width - 1) / 2;
        int tail = width - 1 - head;

        // Half a surrogate pair is not a character.
        if (char.IsHighSurrogate(text[head - 1]))
            head--;
        if (char.IsLowSurrogate(text[^tail]))
            tail--;
        return string.Concat(text.AsSpan(0, head), Ellipsis, text.AsSpan(text.Length - tail));
    }
}
