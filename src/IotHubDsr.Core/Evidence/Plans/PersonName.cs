using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>
/// Names of people as a reader sees them: two names that look alike are the same here. That is a rule for refusing, never one for trusting:
/// letters of other alphabets that look like Latin ones, marks, case, order, punctuation and what has no width do not make another person.
/// </summary>
internal static partial class PersonName
{
    /// <summary>Letters that are drawn like a Latin one (a part of Unicode's confusables, UTS #39), and that one.</summary>
    private static readonly Dictionary<char, char> LookAlikes = Pairs(
        // Cyrillic
        "АаВЕеЁёѕЅІіЇїЈјКкМНОоРрСсТтУуХхԁһԛԜԝҮүӀӏвмнгпиЬьЗзҺԌԍѵѴ",
        "AaBEeEesSIiIiJjKkMHOoPpCcTtYyXxdhqWwYylIbmhrnubb33HGgvV",
        // Greek
        "ΑαΒΕεΖΗΙιΚκΜΝνΟοΡρΤτΥυΧχϲϳωηγμ",
        "AaBEeZHIiKkMNvOoPpTtYuXxcjwnyu",
        // Armenian, Cherokee, Lisu
        "օՕսոհգՏԼᎪᏴᏟᎬᎻᎫᏦᎷᎢᏢᏒᏚᎢᏙᏔᏃꓮꓐꓚꓓꓰꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ",
        "oOunhqSLABCEHJKMTPRSTVWZABCDEGHIJKLMNOPRSTUVWXYZ",
        // Latin letters and digits that are drawn like others
        "øØđĐħĦłŁıȷɑɡɩƖ0135|",
        "oOdDhHlLijagilolesl"
    );

    private static readonly (int From, int To, string Script)[] Alphabets =
    [
        (0x41, 0x5A, "Latin"),
        (0x61, 0x7A, "Latin"),
        (0xC0, 0x24F, "Latin"),
        (0x1E00, 0x1EFF, "Latin"),
        (0x370, 0x3FF, "Greek"),
        (0x1F00, 0x1FFF, "Greek"),
        (0x400, 0x52F, "Cyrillic"),
        (0x1C80, 0x1C8F, "Cyrillic"),
        (0x2DE0, 0x2DFF, "Cyrillic"),
        (0xA640, 0xA69F, "Cyrillic"),
        (0x530, 0x58F, "Armenian"),
        (0x10A0, 0x10FF, "Georgian"),
        (0x1C90, 0x1CBF, "Georgian"),
        (0x13A0, 0x13FF, "Cherokee"),
        (0xAB70, 0xABBF, "Cherokee"),
        (0x2C80, 0x2CFF, "Coptic"),
        (0xA4D0, 0xA4FF, "Lisu"),
        (0x10400, 0x1044F, "Deseret"),
    ];

    /// <summary>Whether a reader could take one name for the other.</summary>
    public static bool IsAlike(string one, string other) => Forms(one).Intersect(Forms(other), StringComparer.Ordinal).Any();

    /// <summary>The letter that shows that a word of a name mixes alphabets, as no name of a person does; null when none does.</summary>
    public static string? MixedLetter(string name)
    {
        string? script = null;
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (!Rune.IsLetter(rune))
            {
                // What has no width does not end a word.
                script = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.NonSpacingMark ? script : null;
                continue;
            }

            if (AlphabetOf(rune) is not { } alphabet)
                continue;
            if (script is not null && script != alphabet)
                return string.Create(CultureInfo.InvariantCulture, $"{rune} (U+{rune.Value:X4}, {alphabet})");
            script = alphabet;
        }

        return null;
    }

    /// <summary>
    /// The name as it is read, the same with its words in order, the account in an address of it, and the person in a distinguished name.
    /// </summary>
    private static IEnumerable<string> Forms(string name)
    {
        foreach (string part in Parts(name))
        {
            string[] words = Words(part);
            if (words.Length == 0)
                continue;
            yield return string.Concat(words);
            yield return string.Join(' ', words.Order(StringComparer.Ordinal));
        }
    }

    private static IEnumerable<string> Parts(string name)
    {
        yield return name;
        if (name.LastIndexOf('@') is > 0 and int at)
            yield return name[..at];
        if (name.LastIndexOf('\\') is >= 0 and int slash)
            yield return name[(slash + 1)..];
        if (CommonName().Match(name) is { Success: true } common)
            yield return common.Groups[1].Value;
    }

    [GeneratedRegex(@"(?:^|[,;+/\s])CN\s*=\s*""?([^,;+/""]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CommonName();

    private static string[] Words(string name)
    {
        var skeleton = new StringBuilder();
        foreach (Rune rune in name.EnumerateRunes())
        {
            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            if (
                category
                    is UnicodeCategory.NonSpacingMark
                        or UnicodeCategory.Format
                        or UnicodeCategory.Control
                        or UnicodeCategory.EnclosingMark
                || rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0
            )
            {
                continue;
            }

            if (rune.IsBmp && LookAlikes.TryGetValue((char)rune.Value, out char alike))
                skeleton.Append(char.ToLowerInvariant(alike));
            else if (PlainLetters.Of(rune) is { } plain)
                skeleton.Append(LookAlikes.GetValueOrDefault(plain, plain));
            else if (Rune.IsLetterOrDigit(rune))
                skeleton.Append(Rune.ToLowerInvariant(rune));
            else
                skeleton.Append(' ');
        }

        // After the case is gone: i, l, I, 1 and | are one stroke.
        return skeleton
            .Replace('l', 'i')
            .Replace("rn", "m")
            .Replace("vv", "w")
            .ToString()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string? AlphabetOf(Rune rune)
    {
        foreach ((int from, int to, string script) in Alphabets)
        {
            if (rune.Value >= from && rune.Value <= to)
                return script;
        }

        return null;
    }

    private static Dictionary<char, char> Pairs(params string[] lists)
    {
        var pairs = new Dictionary<char, char>();
        for (int list = 0; list < lists.Length; list += 2)
        {
            foreach ((char from, char to) in lists[list].Zip(lists[list + 1]))
                pairs[from] = to;
        }

        return pairs;
    }
}
