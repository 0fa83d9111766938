using System.Text;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks;

/// <summary>Whether a text names a device.</summary>
internal enum IdMention
{
    None,

    /// <summary>It has the ID, which may be a part of another one there.</summary>
    Possible,

    /// <summary>The ID stands alone.</summary>
    Certain,
}

/// <summary>
/// Looks for device IDs in texts of which nobody knows the form. Most punctuation can be a part of an ID, so that only what no ID can have,
/// or the quotes of a literal, tell for certain where one ends.
/// </summary>
internal static class IdTexts
{
    private const string Query = "SELECT ";

    /// <summary>Whether a text names a device, or may.</summary>
    public static bool Holds(string text, string deviceId, StringComparison comparison) =>
        ReadingsOf(text).Any(reading => MentionIn(reading.Text, deviceId, comparison) is not IdMention.None);

    /// <summary>
    /// A text as it is, and as it is once its escapes are decoded, with what each can tell at most: an ID can have a percent sign, and a
    /// path a backslash, so that what was decoded need not be what was meant. What begins as JSON does has the escapes of JSON.
    /// </summary>
    public static IEnumerable<(string Text, IdMention Most)> ReadingsOf(string text)
    {
        yield return (text, IdMention.Certain);
        bool isJson = text.AsSpan().TrimStart() is ['{' or '[' or '"', ..];
        string plain = text;
        foreach (string unescaped in TextReadings.Unescaped(text))
            yield return (plain = unescaped, isJson ? IdMention.Certain : IdMention.Possible);
        foreach (string decoded in TextReadings.OfUri(plain))
            yield return (decoded, IdMention.Possible);
    }

    /// <summary>What one reading of a text says.</summary>
    public static IdMention MentionIn(string text, string deviceId, StringComparison comparison)
    {
        if (text.Equals(deviceId, comparison))
            return IdMention.Certain;
        return text.IndexOfAny(['\'', '"']) >= 0 && TrySplit(text, out List<(char Quote, string Text)> literals, out string rest)
            ? InLiterals(literals, rest, deviceId, comparison)
            : InWords(text, deviceId, comparison);
    }

    /// <summary>
    /// A literal in quotes is an ID or is not. What stands outside of literals is words of a language that an ID can be one of as well.
    /// </summary>
    private static IdMention InLiterals(List<(char Quote, string Text)> literals, string rest, string deviceId, StringComparison comparison)
    {
        IdMention most = AtMost(InWords(rest, deviceId, comparison), IdMention.Possible);
        foreach ((char quote, string literal) in literals)
        {
            bool isOther = quote == '\'' && !literal.Equals(deviceId, comparison) && literal.All(TextReadings.CanBeInId);
            IdMention found = isOther ? IdMention.None : MentionIn(literal, deviceId, comparison);
            most = found > most ? found : most;
        }

        return most;
    }

    /// <summary>The literals of a text, decoded, and what is outside of them; false where its quotes are no such thing.</summary>
    private static bool TrySplit(string text, out List<(char Quote, string Text)> literals, out string rest)
    {
        literals = [];
        var outside = new StringBuilder(text.Length);
        rest = string.Empty;
        for (int at = 0; at < text.Length; )
        {
            char one = text[at];
            if (one is not ('\'' or '"'))
            {
                outside.Append(text[at++]);
                continue;
            }

            // An apostrophe stands behind a letter, and what begins a literal does not.
            if ((one == '\'' && at > 0 && char.IsLetterOrDigit(text[at - 1])) || HubSql.TryRead(text, ref at) is not { } literal)
                return false;
            literals.Add((one, literal));
            outside.Append(' ');
        }

        rest = outside.ToString();
        return true;
    }

    private static IdMention InWords(string text, string deviceId, StringComparison comparison)
    {
        if (!text.Contains(deviceId, comparison))
            return IdMention.None;
        bool isOneId = text.All(TextReadings.CanBeInId);

        // Words of a query are none of its literals.
        IdMention alone = text.AsSpan().TrimStart().StartsWith(Query, StringComparison.OrdinalIgnoreCase)
            ? IdMention.Possible
            : IdMention.Certain;
        IdMention most = IdMention.None;
        for (int at = 0; most < alone && (at = text.IndexOf(deviceId, at, comparison)) >= 0; at++)
        {
            IdMention before = Before(text, at, isOneId);
            IdMention behind = Behind(text, at + deviceId.Length, isOneId);
            IdMention found = before < behind ? before : behind;
            most = found > most ? found : most;
        }

        return AtMost(most, alone);
    }

    /// <summary>Whether an ID can begin at a place of a text.</summary>
    private static IdMention Before(string text, int start, bool isOneId)
    {
        if (start == 0 || !TextReadings.CanBeInId(text[start - 1]))
            return IdMention.Certain;
        char one = text[start - 1];
        bool isPart = char.IsLetterOrDigit(one) || one is '-' or '_' or '.' || (one == ':' && start > 1 && char.IsDigit(text[start - 2]));
        return isPart ? (EndsEscape(text, start) ? IdMention.Possible : IdMention.None) : Beside(one, isOneId);
    }

    /// <summary>Whether an ID can end at a place of a text.</summary>
    private static IdMention Behind(string text, int end, bool isOneId)
    {
        if (end == text.Length || !TextReadings.CanBeInId(text[end]))
            return IdMention.Certain;
        char one = text[end];

        // Punctuation ends a word where a text goes on in words.
        bool isEnd = end + 1 == text.Length || !char.IsLetterOrDigit(text[end + 1]);
        return char.IsLetterOrDigit(one) || one is '-' or '_' ? IdMention.None
            : one is '.' or ':' or '!' or '?' && isEnd ? IdMention.Possible
            : one is '.' or ':' ? IdMention.None
            : Beside(one, isOneId);
    }

    /// <summary>Other punctuation: a text that could be one ID as a whole is one, unless it looks like a list or a pair.</summary>
    private static IdMention Beside(char one, bool isOneId) =>
        isOneId && one is not (',' or '=' or '(' or ')' or ':') ? IdMention.None : IdMention.Possible;

    /// <summary>Whether what stands before a place can be the escape of a character that no ID has, in whatever language.</summary>
    private static bool EndsEscape(string text, int end)
    {
        for (int at = end - 1; at >= 0 && at >= end - TextReadings.LongestEscape; at--)
        {
            if (text[at] is '\\' or '%')
                return true;
            if (!char.IsAsciiLetterOrDigit(text[at]))
                return false;
        }

        return false;
    }

    private static IdMention AtMost(IdMention mention, IdMention most) => mention < most ? mention : most;
}
