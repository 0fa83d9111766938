using System.Text.RegularExpressions;

namespace IotHubDsr.Core.Sinks.StreamAnalyticsOutputs;

/// <summary>
/// The query of a job. What it makes of messages only the service knows; where it hands on the hub's own word of the sender, that can be read.
/// </summary>
/// <param name="query">The query.</param>
/// <param name="hubInputs">The names of the inputs that are the hub.</param>
internal sealed partial class JobQuery(string query, IEnumerable<string> hubInputs)
{
    private const string Name = @"(?:\[[^\]]+\]|[A-Za-z_][A-Za-z0-9_]*)";
    private const int Longest = 1000;

    private readonly HashSet<string> _inputs = new(hubInputs, StringComparer.OrdinalIgnoreCase);

    /// <summary>The column of an output that holds the device ID; null when the query does not tell one and the same for all its rows.</summary>
    /// <param name="output">The name of the output.</param>
    public string? ColumnOf(string output) =>
        Tried(output, statements => statements.Select(OfList).Distinct(StringComparer.Ordinal).ToArray() is [{ } only] ? only : null);

    /// <summary>Whether all rows of an output have the record that the hub adds to a message.</summary>
    /// <param name="output">The name of the output.</param>
    public bool KeepsHubRecord(string output) =>
        Tried(output, statements => statements.Length > 0 && Array.TrueForAll(statements, HandsOn) ? "" : null) is not null;

    private string? Tried(string output, Func<Match[], string?> read)
    {
        try
        {
            string text = Comment().Replace(query, " ");

            // One SELECT has the output, and the others of a union write to it as well.
            if (Union().IsMatch(text))
                return null;
            return read([
                .. Statement()
                    .Matches(text)
                    .Where(statement => Unquoted(statement.Groups["output"].Value).Equals(output, StringComparison.OrdinalIgnoreCase)),
            ]);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private string? OfList(Match statement) =>
        IsOfHubAlone(statement)
        && Items(statement.Groups["list"].Value).Select(static item => Sender().Match(item)).Where(static match => match.Success).ToArray()
            is [var only]
            ? only.Groups["alias"] is { Success: true } alias
                ? Unquoted(alias.Value)
                : only.Groups["call"].Success
                    ? null
                    : "ConnectionDeviceId"
            : null;

    /// <summary>The items of a list, without what commas in parentheses and literals divide.</summary>
    private static List<string> Items(string list)
    {
        List<string> items = [];
        (int start, int depth, bool isText) = (0, 0, false);
        for (int index = 0; index < list.Length; index++)
        {
            char one = list[index];
            if (one == '\'')
                isText = !isText;
            if (isText)
                continue;
            depth +=
                one == '(' ? 1
                : one == ')' ? -1
                : 0;
            if (one != ',' || depth != 0)
                continue;
            items.Add(list[start..index].Trim());
            start = index + 1;
        }

        items.Add(list[start..].Trim());
        return items;
    }

    /// <summary>It reads one input, the hub: elsewhere a sender can have put what looks like the hub's word into a message.</summary>
    private bool IsOfHubAlone(Match statement) =>
        _inputs.Contains(Unquoted(statement.Groups["from"].Value)) && !Join().IsMatch(statement.Groups["rest"].Value);

    /// <summary>It takes all of a message of the hub, or the record.</summary>
    private bool HandsOn(Match statement) =>
        IsOfHubAlone(statement) && Items(statement.Groups["list"].Value).Exists(static item => Record().IsMatch(item));

    private static string Unquoted(string name) => name.StartsWith('[') ? name[1..^1] : name;

    [GeneratedRegex(@"--[^\n]*|/\*.*?\*/", RegexOptions.Singleline | RegexOptions.CultureInvariant, Longest)]
    private static partial Regex Comment();

    // The innermost list before INTO: what comes before another SELECT is of another one.
    [GeneratedRegex(
        @"\bSELECT\b(?<list>(?:(?!\bSELECT\b|\bINTO\b).)*)\bINTO\s+(?<output>"
            + Name
            + @")(?:\s+FROM\s+(?<from>"
            + Name
            + @")(?<rest>(?:(?!\bSELECT\b).)*))?",
        RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        Longest
    )]
    private static partial Regex Statement();

    [GeneratedRegex(@"\bJOIN\b|\bAPPLY\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Longest)]
    private static partial Regex Join();

    [GeneratedRegex(@"\bUNION\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Longest)]
    private static partial Regex Union();

    // All of it, or the record under its own name, as an item of the list by itself.
    [GeneratedRegex(
        @"\A(?:" + Name + @"\.)?(?:\*|\[?IoTHub\]?(?:\s+AS\s+\[?IoTHub\]?)?)\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        Longest
    )]
    private static partial Regex Record();

    [GeneratedRegex(
        @"\A(?:(?<call>GetMetadataPropertyValue\s*\(\s*"
            + Name
            + @"\s*,\s*'\[?IoTHub\]?\.\[?ConnectionDeviceId\]?'\s*\))|(?:"
            + Name
            + @"\.)?\[?IoTHub\]?\.\[?ConnectionDeviceId\]?)(?:\s+AS\s+(?<alias>"
            + Name
            + @"))?\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        Longest
    )]
    private static partial Regex Sender();
}
