using System.Globalization;
using System.Text;

namespace IotHubDsr.Sandbox.Cosmos.Query;

/// <summary>Splits a query of Cosmos DB's SQL into its tokens.</summary>
internal static class SqlLexer
{
    private static readonly string[] s_symbols = ["!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ".", ",", "*", "-"];

    public static IReadOnlyList<SqlToken> Split(string query)
    {
        var tokens = new List<SqlToken>();
        int at = 0;
        while (at < query.Length)
        {
            char next = query[at];
            int start = at;
            if (char.IsWhiteSpace(next))
                at++;
            else if (next is '\'' or '"')
                tokens.Add(Literal(query, ref at));
            else if (char.IsAsciiDigit(next))
                tokens.Add(new(SqlTokenKind.Number, Number(query, ref at), start, at));
            else if (next == '@' || IsWordStart(next))
                tokens.Add(new(next == '@' ? SqlTokenKind.Parameter : SqlTokenKind.Word, Word(query, ref at), start, at));
            else
                tokens.Add(Symbol(query, ref at));
        }

        tokens.Add(new(SqlTokenKind.End, "", query.Length, query.Length));
        return tokens;
    }

    private static bool IsWordStart(char letter) => char.IsLetter(letter) || letter is '_' or '$';

    private static string Word(string query, ref int at)
    {
        int start = at++;
        while (at < query.Length && (char.IsLetterOrDigit(query[at]) || query[at] is '_' or '$'))
            at++;

        return query[start..at];
    }

    private static string Number(string query, ref int at)
    {
        int start = at;
        while (at < query.Length && (char.IsAsciiLetterOrDigit(query[at]) || query[at] == '.' || IsExponentSign(query, at)))
            at++;

        return
            double.TryParse(query[start..at], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? query[start..at]
            : throw Invalid(query, start, at);
    }

    private static bool IsExponentSign(string query, int at) => query[at] is '+' or '-' && query[at - 1] is 'e' or 'E';

    private static SqlToken Symbol(string query, ref int at)
    {
        int start = at;
        foreach (string symbol in s_symbols)
        {
            if (!query.AsSpan(start).StartsWith(symbol, StringComparison.Ordinal))
                continue;

            at += symbol.Length;
            return new(SqlTokenKind.Symbol, symbol, start, at);
        }

        throw Invalid(query, start, start + 1);
    }

    /// <summary>Quotes of either kind, with the escapes of JSON and one for each quote. To double a quote ends the text.</summary>
    private static SqlToken Literal(string query, ref int at)
    {
        int start = at;
        char quote = query[at++];
        var text = new StringBuilder();
        while (true)
        {
            if (at >= query.Length)
                throw Invalid(query, start, query.Length);

            char next = query[at++];
            if (next == quote)
                return new(SqlTokenKind.Text, text.ToString(), start, at);

            text.Append(next == '\\' ? Escape(query, start, ref at) : next);
        }
    }

    private static char Escape(string query, int start, ref int at)
    {
        char escaped = at < query.Length ? query[at++] : '\0';
        switch (escaped)
        {
            case '"' or '\'' or '\\' or '/':
                return escaped;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u'
                when at + 4 <= query.Length && ushort.TryParse(query.AsSpan(at, 4), NumberStyles.AllowHexSpecifier, null, out ushort code):
                at += 4;
                return (char)code;
            default:
                throw Invalid(query, start, at);
        }
    }

    private static SqlRefusal Invalid(string query, int start, int end) =>
        new(SqlRefusal.Syntax, $"Syntax error, invalid token '{query[start..end]}'.", start, end);
}
