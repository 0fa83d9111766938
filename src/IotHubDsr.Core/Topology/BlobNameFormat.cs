using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Topology;

/// <summary>A format of blob names of a routing endpoint, as a hub fills it in.</summary>
internal sealed class BlobNameFormat
{
    /// <summary>The format of an endpoint that has none of its own.</summary>
    public const string Default = "{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}";

    private const string HubToken = "{iothub}";
    private const string PartitionToken = "{partition}";
    private const string HubLetter = @"\-A-Za-z0-9";

    /// <summary>How many expressions are kept that are dear to build; a command asks for those of its containers again and again.</summary>
    private const int MostKept = 8;

    private static readonly ConcurrentDictionary<string, Regex> Kept = new(StringComparer.Ordinal);

    private readonly Regex _ofHub;
    private readonly Regex _ofAnother;

    // Few folders are asked about, and mostly those of one depth.
    private readonly Lazy<Regex>[] _folders;

    /// <param name="format">The format, with the token {iothub} in it.</param>
    /// <param name="hubNames">The names that the hub has or had.</param>
    public BlobNameFormat(string format, params string[] hubNames)
    {
        string thisHub = $"(?i:{string.Join('|', hubNames.Select(Regex.Escape))})";
        string[] segments = format.Split('/');
        _ofHub = ToRegex(format, thisHub);
        _ofAnother = ToRegex(format, AnyBut([.. hubNames.Select(static name => name.ToLowerInvariant()).Distinct()]), isHubOpen: true);
        _folders =
        [
            .. Enumerable
                .Range(1, segments.Length - 1)
                .Select(depth => new Lazy<Regex>(() => ToRegex(string.Join('/', segments[..depth]) + "/", thisHub))),
        ];
    }

    /// <summary>Whether a text is a format that tells hubs apart.</summary>
    public static bool IsOne(string text) => text.Contains(HubToken, StringComparison.Ordinal);

    /// <summary>Whether a name holds a hub's whole name: what stands before and after it cannot be part of a hub's name.</summary>
    public static bool Holds(string name, string hubName)
    {
        for (int at = 0; (at = name.IndexOf(hubName, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            int end = at + hubName.Length;
            if ((at == 0 || !IsHubLetter(name[at - 1])) && (end == name.Length || !IsHubLetter(name[end])))
                return true;
        }

        return false;
    }

    /// <summary>Whether the name can be one that the hub gave.</summary>
    public bool IsOfHub(string name) => _ofHub.IsMatch(name);

    /// <summary>Whether the name can be one that another hub gave.</summary>
    public bool IsOfAnother(string name) => _ofAnother.IsMatch(name);

    /// <summary>
    /// The match of a blob of the hub, or of a folder of it, whichever the name is; null for a folder that lies too deep.
    /// </summary>
    public Match? MatchOf(string name)
    {
        int depth = name.EndsWith('/') ? name.AsSpan().Count('/') : 0;
        return depth == 0 ? _ofHub.Match(name)
            : depth <= _folders.Length ? _folders[depth - 1].Value.Match(name)
            : null;
    }

    private static bool IsHubLetter(char character) => char.IsAsciiLetterOrDigit(character) || character == '-';

    /// <summary>
    /// Every name of a hub but some: it goes on with a letter that none of them has there, ends within one, or goes on after one.
    /// </summary>
    private static string AnyBut(string[] names, bool isWhole = true)
    {
        IGrouping<char, string>[] next =
        [
            .. names.Where(static name => name.Length > 0).GroupBy(static name => name[0], static name => name[1..]),
        ];
        string letters = string.Concat(next.Select(static letter => ClassOf(letter.Key)));
        string others = letters.Length == 0 ? $"[{HubLetter}][{HubLetter}]*" : $"[{HubLetter}-[{letters}]][{HubLetter}]*";
        string[] ways = [others, .. next.Select(static letter => $"[{ClassOf(letter.Key)}]{AnyBut([.. letter], isWhole: false)}")];
        bool mayEnd = !isWhole && !names.Contains(string.Empty);
        return $"(?:{string.Join('|', ways)}){(mayEnd ? "?" : "")}";
    }

    private static string ClassOf(char letter) =>
        letter is '-' or '\\' or ']' or '[' or '^' ? $@"\{letter}" : $"{letter}{char.ToUpperInvariant(letter)}";

    /// <remarks>
    /// Operators choose formats, and anyone can choose names: the time to match them must not grow faster than their length. With one part
    /// of any length it does not; with more of them only an engine that never goes back guarantees it, which takes 400 KB for an expression.
    /// </remarks>
    private static Regex ToRegex(string format, string hub, bool isHubOpen = false)
    {
        int open = format.AsSpan().Count(PartitionToken) + (isHubOpen ? format.AsSpan().Count(HubToken) : 0);
        var pattern = new StringBuilder(Regex.Escape(format).Replace(@"\}", "}", StringComparison.Ordinal));
        (string Token, string Pattern)[] tokens =
        [
            (HubToken, hub),
            (PartitionToken, "[0-9]+"),
            ("{YYYY}", "(?<y>[0-9]{4})"),
            ("{MM}", "(?<M>[0-9]{2})"),
            ("{DD}", "(?<d>[0-9]{2})"),
            ("{HH}", "(?<h>[0-9]{2})"),
            ("{mm}", "(?<m>[0-9]{2})"),
        ];
        foreach ((string token, string replacement) in tokens)
            pattern.Replace($@"\{token}", replacement);
        string whole = $@"\A{pattern}\z";
        if (open <= 1)
            return new Regex(whole, RegexOptions.CultureInvariant);
        if (Kept.Count >= MostKept)
            Kept.Clear();
        return Kept.GetOrAdd(whole, static text => new Regex(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking));
    }
}
