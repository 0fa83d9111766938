using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace IotHubDsr.Core.Topology;

/// <summary>
/// Makes the texts of a location safe to show: they quote names, conditions and error messages of other services, any of which can hold
/// a key, or characters that a terminal acts upon.
/// </summary>
internal static partial class LocationText
{
    private const int MaxQuote = 300;
    private const int DigestLength = 12;

    public static LocationDraft Clean(LocationDraft location) =>
        location with
        {
            Place = Clean(WithoutPaths(WithoutPath(location.Place))),
            ResourceId = CleanIfAny(location.ResourceId),
            Ways = [.. location.Ways.Select(Clean).DistinctBy(static way => way.Sentence, StringComparer.Ordinal)],
            Advice = CleanIfAny(location.Advice),
            Settings = location.Settings.ToDictionary(
                static pair => pair.Key,
                static pair => CleanLines(pair.Value),
                StringComparer.Ordinal
            ),
        };

    private static DataWay Clean(DataWay way) =>
        way with
        {
            Name = ShownIfAny(way.Name),
            Carries = [.. way.Carries.Select(Clean)],
            Condition = ShownIfAny(way.Condition),
            Target = ShownIfAny(way.Target),
            Note = ShownIfAny(way.Note),
        };

    /// <summary>Foreign text, cut to a readable length.</summary>
    public static string Quote(string text) => text.Length <= MaxQuote ? text : text[..MaxQuote] + "…";

    /// <summary>
    /// An address as it may be shown: keys of functions, signatures of logic apps and tokens of chat webhooks stand in path, query or user
    /// name. A digest tells two addresses of one host apart.
    /// </summary>
    public static string WithoutPath(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || !text.Contains("://", StringComparison.Ordinal) || uri.Host.Length == 0)
            return text;
        string rest = uri.UserInfo + uri.GetComponents(UriComponents.PathAndQuery | UriComponents.Fragment, UriFormat.UriEscaped);
        string shown = $"{uri.Scheme}://{uri.Authority}";
        return rest is "/"
            ? shown
            : $"{shown} (rest of the address: "
                + $"{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(rest)))[..DigestLength].ToLowerInvariant()})";
    }

    /// <summary>A text in which addresses are shown as <see cref="WithoutPath"/> shows them.</summary>
    private static string WithoutPaths(string text) =>
        Address()
            .Replace(text, static found =>
            {
                string address = found.Value.TrimEnd('.', ',', ';', ':', '!', '?', ')');
                return WithoutPath(address) + found.Value[address.Length..];
            });

    /// <summary>A ground that the operator gives, on one line and well-formed: it becomes part of plans and certificates.</summary>
    public static string Ground(string text) => Quote(Clean(text).Trim());

    /// <summary>A setting with several values has one a line.</summary>
    private static string CleanLines(string text) => string.Join('\n', text.Split('\n').Select(Clean));

    private static string? ShownIfAny(string? text) => text is null ? null : Clean(WithoutPaths(text));

    private static string? CleanIfAny(string? text) => text is null ? null : Clean(text);

    private static string Clean(string text) => WithoutSecrets(Invisible().Replace(text, " "));

    /// <summary>What stands where a secret stood.</summary>
    public const string SecretRemoved = "(secret removed)";

    /// <summary>The text without the keys and signatures in it, in connection strings, addresses and JSON.</summary>
    public static string WithoutSecrets(string text) => Secret().Replace(text, SecretRemoved);

    [GeneratedRegex(
        @"\b(?:SharedAccessKey|AccountKey|SharedAccessSignature|sig|(?:primary|secondary)Key|(?<=[?&])(?:code|token))"
            + @"\\?[""']?\s*[=:]\s*\\?[""']?[^;&\s""'\\\)]*",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Secret();

    [GeneratedRegex(@"\bhttps?://[^\s""'<>]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex(@"[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+", RegexOptions.CultureInvariant)]
    private static partial Regex Invisible();
}
