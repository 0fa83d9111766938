using System.Text.RegularExpressions;

namespace IotHubDsr.Sandbox.Storage.Rest;

/// <summary>A condition on index tags: comparisons such as <c>"owner" = 'x'</c>, joined by AND. OR is refused, not misread.</summary>
internal sealed partial class TagCondition
{
    private readonly List<(string Name, string Operator, string Value)> _comparisons = [];

    public static TagCondition Parse(string header, string text)
    {
        var condition = new TagCondition();
        int at = 0;
        while (true)
        {
            Match match = Comparison().Match(text, at);
            if (!match.Success)
                throw StorageErrors.InvalidHeader(header, text);

            condition._comparisons.Add((match.Groups["name"].Value, match.Groups["op"].Value, match.Groups["value"].Value));
            at = match.Index + match.Length;
            if (at == text.Length)
                return condition;

            Match and = And().Match(text, at);
            at = and.Success ? and.Index + and.Length : throw StorageErrors.InvalidHeader(header, text);
        }
    }

    public bool IsMetBy(IReadOnlyDictionary<string, string> tags) =>
        _comparisons.TrueForAll(comparison =>
        {
            if (!tags.TryGetValue(comparison.Name, out string? actual))
                return comparison.Operator == "<>";

            int order = string.CompareOrdinal(actual, comparison.Value);
            return comparison.Operator switch
            {
                "=" => order == 0,
                "<>" => order != 0,
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order > 0,
                _ => order >= 0,
            };
        });

    [GeneratedRegex("""\G\s*(?:"(?<name>[^"]+)"|(?<name>[A-Za-z0-9_]+))\s*(?<op><>|<=|>=|=|<|>)\s*'(?<value>[^']*)'\s*""")]
    private static partial Regex Comparison();

    [GeneratedRegex(@"\GAND\s+", RegexOptions.IgnoreCase)]
    private static partial Regex And();
}
