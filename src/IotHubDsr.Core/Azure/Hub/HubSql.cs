using System.Globalization;
using System.Text;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>Texts in the hub's query language.</summary>
internal static class HubSql
{
    /// <summary>A text as a literal, with the escapes that the grammar of the hub's queries names.</summary>
    public static string Text(string value) =>
        $"'{value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";

    /// <summary>
    /// The string literals of a query or condition, decoded; null if one is not closed. A quote is doubled in a literal, or follows a
    /// backslash.
    /// </summary>
    public static IReadOnlyList<string>? Literals(string sql)
    {
        List<string> literals = [];
        for (int at = 0; at < sql.Length; )
        {
            if (sql[at] is not ('\'' or '"'))
                at++;
            else if (TryRead(sql, ref at) is { } literal)
                literals.Add(literal);
            else
                return null;
        }

        return literals;
    }

    /// <summary>A query or condition with a blank for each literal, up to one that is not closed.</summary>
    public static string WithoutLiterals(string sql)
    {
        var outside = new StringBuilder(sql.Length);
        for (int at = 0; at < sql.Length; )
        {
            if (sql[at] is not ('\'' or '"'))
                outside.Append(sql[at++]);
            else if (TryRead(sql, ref at) is not null)
                outside.Append(' ');
            else
                break;
        }

        return outside.ToString();
    }

    /// <summary>
    /// A query or condition as it may be shown to somebody whom the literals in it do not concern: each but a given one is an ellipsis, and
    /// so is all from one that is not closed.
    /// </summary>
    public static string Masked(string sql, string kept)
    {
        var shown = new StringBuilder();
        for (int at = 0; at < sql.Length; )
        {
            int start = at;
            if (sql[at] is not ('\'' or '"'))
            {
                shown.Append(sql[at++]);
                continue;
            }

            string? literal = TryRead(sql, ref at);
            shown.Append(literal == kept ? sql[start..at] : $"{sql[start]}…{sql[start]}");
            if (literal is null)
                break;
        }

        return shown.ToString();
    }

    /// <summary>Reads the literal that begins at a quote, and moves behind it; null if it is not closed.</summary>
    public static string? TryRead(string sql, ref int at)
    {
        char quote = sql[at++];
        var text = new StringBuilder();
        while (at < sql.Length)
        {
            char letter = sql[at++];
            if (letter == '\\' && at < sql.Length)
            {
                if (!TryUnescape(sql, ref at, text))
                    return null;
            }
            else if (letter != quote)
            {
                text.Append(letter);
            }
            else if (at < sql.Length && sql[at] == quote)
            {
                text.Append(sql[at++]);
            }
            else
            {
                return text.ToString();
            }
        }

        return null;
    }

    private static bool TryUnescape(string sql, ref int at, StringBuilder text)
    {
        const int digits = 4;
        char escaped = sql[at++];
        if (escaped != 'u')
        {
            text.Append(escaped);
            return true;
        }

        if (
            at + digits > sql.Length
            || !ushort.TryParse(sql.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code)
        )
        {
            return false;
        }

        at += digits;
        text.Append((char)code);
        return true;
    }
}
