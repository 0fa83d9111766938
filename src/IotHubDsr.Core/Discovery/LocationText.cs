using System.Text.RegularExpressions;

namespace IotHubDsr.Discovery;

/// <summary>
/// Makes the texts of a location safe to show: they quote names, conditions and error messages of other services, any of which can hold
/// a key, or characters that a terminal acts upon.
/// </summary>
internal static partial class LocationText
{
    private const int MaxQuote = 300;

    public static DataLocation Clean(DataLocation location) => location with
    {
        Place = Clean(location.Place),
        ResourceId = location.ResourceId is { } id ? Clean(id) : null,
        Provenance = [.. location.Provenance.Select(Clean).Distinct(StringComparer.Ordinal)],
        Advice = location.Advice is { } advice ? Clean(advice) : null,
        Settings = location.Settings.ToDictionary(static pair => pair.Key, static pair => CleanLines(pair.Value), StringComparer.Ordinal),
    };

    /// <summary>A text of somebody else's, cut to a length that can be read.</summary>
    public static string Quote(string text) => text.Length <= MaxQuote ? text : text[..MaxQuote] + "…";

    /// <summary>A ground that the operator gives, on one line and well-formed: it becomes part of plans and certificates.</summary>
    public static string Ground(string text) => Quote(Clean(text).Trim());

    /// <summary>A setting with several values has one a line.</summary>
    private static string CleanLines(string text) => string.Join('\n', text.Split('\n').Select(Clean));

    private static string Clean(string text) => Secret().Replace(Invisible().Replace(text, " "), "(secret removed)");

    [GeneratedRegex(@"\b(?:SharedAccessKey|AccountKey|SharedAccessSignature|sig)\s*=\s*(?:[^;&\s""'\)]*)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Secret();

    [GeneratedRegex(@"[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+", RegexOptions.CultureInvariant)]
    private static partial Regex Invisible();
}
