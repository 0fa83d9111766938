using System.Globalization;
using System.Text;

namespace IotHubDsr.Core.Records;

/// <summary>
/// Texts of which nobody knows the form, as they can be read: their escapes can be those of JSON or of a URI, also in several layers.
/// </summary>
internal static class TextReadings
{
    /// <summary>What is an escape where a text is decoded, and a part of an ID where it is not, does so more than once at most rarely.</summary>
    private const int MostDecodings = 4;

    /// <summary>The longest escape of one character: <c>\u0027</c>.</summary>
    public const int LongestEscape = 6;

    /// <summary>A text with its escapes of JSON decoded, layer by layer; none where it has none.</summary>
    public static IEnumerable<string> Unescaped(string text) => Decoded(text, Unescape);

    /// <summary>A text with its escapes of a URI decoded, layer by layer; none where it has none.</summary>
    public static IEnumerable<string> OfUri(string text) => Decoded(text, Uri.UnescapeDataString);

    /// <summary>The characters that IoT Hub takes in an ID.</summary>
    public static bool CanBeInId(char one) =>
        char.IsLetterOrDigit(one)
        || one is '-' or '_' or '.' or ':' or '+' or '%' or '#' or '*' or '?' or '!' or '(' or ')' or ',' or '=' or '@' or '$' or '\'';

    private static IEnumerable<string> Decoded(string text, Func<string, string> decode)
    {
        for (int decoded = 0; decoded < MostDecodings && decode(text) is var next && next != text; decoded++)
            yield return text = next;
    }

    /// <summary>A text whose escapes are those of JSON; others stay as they are.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;
        var plain = new StringBuilder(text.Length);
        for (int at = 0; at < text.Length; at++)
        {
            char? decoded = text[at] == '\\' && at + 1 < text.Length ? Decode(text.AsSpan(at + 1)) : null;
            plain.Append(decoded ?? text[at]);
            at +=
                decoded is null ? 0
                : text[at + 1] == 'u' ? LongestEscape - 1
                : 1;
        }

        return plain.ToString();
    }

    /// <summary>What a backslash and what follows it stand for; null where that is no escape of JSON.</summary>
    private static char? Decode(ReadOnlySpan<char> escape) =>
        escape[0] switch
        {
            'n' or 'r' or 't' or 'b' or 'f' => ' ',
            '"' or '\\' or '/' => escape[0],
            'u'
                when escape.Length >= LongestEscape - 1
                    && ushort.TryParse(
                        escape[1..(LongestEscape - 1)],
                        NumberStyles.AllowHexSpecifier,
                        CultureInfo.InvariantCulture,
                        out ushort code
                    ) => (char)code,
            _ => null,
        };
}
