using System.Globalization;
using System.Text;

namespace IotHubDsr.Sandbox.Kusto.Syntax;

/// <summary>
/// Text literals: in quotes of either kind with escapes, verbatim after an at sign with doubled quotes, over several lines between three
/// backticks or tildes; each with an <c>h</c> before it to keep it out of traces.
/// </summary>
internal static class KustoStringLiteral
{
    private static readonly string[] s_fences = ["```", "~~~"];

    public static bool StartsAt(string query, int at)
    {
        if (at < query.Length && query[at] is 'h' or 'H')
            at++;

        if (at < query.Length && query[at] == '@')
            at++;

        return at < query.Length
            && (query[at] is '\'' or '"' || s_fences.Any(fence => query.AsSpan(at).StartsWith(fence, StringComparison.Ordinal)));
    }

    /// <summary>Reads a literal, and goes on behind it.</summary>
    public static string Read(string query, ref int at)
    {
        int start = at;
        if (query[at] is 'h' or 'H')
            at++;

        foreach (
            string fence in s_fences.Where(fence =>
                query.AsSpan(start, query.Length - start).TrimStart("hH").StartsWith(fence, StringComparison.Ordinal)
            )
        )
        {
            int end = query.IndexOf(fence, at + fence.Length, StringComparison.Ordinal);
            if (end < 0)
                throw KustoRefusal.Syntax(query, start, query[start..]);

            string lines = query[(at + fence.Length)..end];
            at = end + fence.Length;
            return lines;
        }

        bool isVerbatim = query[at] == '@';
        if (isVerbatim)
            at++;

        char quote = query[at++];
        var text = new StringBuilder();
        while (at < query.Length && (isVerbatim || query[at] is not ('\n' or '\r')))
        {
            char next = query[at++];
            if (next == quote)
            {
                if (!isVerbatim || at >= query.Length || query[at] != quote)
                    return text.ToString();

                at++;
                text.Append(quote);
                continue;
            }

            text.Append(next == '\\' && !isVerbatim ? Escape(query, start, ref at) : next);
        }

        throw KustoRefusal.Syntax(query, start, query[start..at]);
    }

    private static char Escape(string query, int start, ref int at)
    {
        char escaped = at < query.Length ? query[at++] : '\0';
        return escaped switch
        {
            '"' or '\'' or '\\' => escaped,
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'a' => '\a',
            'b' => '\b',
            'f' => '\f',
            'v' => '\v',
            'u' => Code(query, start, 4, ref at),
            'x' => Code(query, start, 2, ref at),
            _ => throw KustoRefusal.Syntax(query, start, query[start..at]),
        };
    }

    private static char Code(string query, int start, int digits, ref int at)
    {
        if (at + digits > query.Length || !ushort.TryParse(query.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, null, out ushort code))
            throw KustoRefusal.Syntax(query, start, query[start..at]);

        at += digits;
        return (char)code;
    }
}
