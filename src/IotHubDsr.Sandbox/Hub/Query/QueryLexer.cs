using System.Globalization;
using System.Text;

namespace IotHubDsr.Sandbox.Hub.Query;

internal enum TokenKind
{
    Word,
    Text,
    Number,
    Symbol,
    End,
}

internal sealed record Token(TokenKind Kind, string Value, double Number = 0);

/// <summary>Splits a query of the IoT Hub query language into its tokens.</summary>
internal static class QueryLexer
{
    private static readonly string[] Symbols = ["<>", "!=", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ",", "*"];

    public static IReadOnlyList<Token> Split(string query)
    {
        var tokens = new List<Token>();
        int at = 0;
        while (at < query.Length)
        {
            char next = query[at];
            if (char.IsWhiteSpace(next))
                at++;
            else if (next is '\'' or '"')
                tokens.Add(Literal(query, ref at));
            else if (IsWordStart(next))
                tokens.Add(new Token(TokenKind.Word, Take(query, ref at, IsWordPart)));
            else if (char.IsAsciiDigit(next) || (next == '-' && at + 1 < query.Length && char.IsAsciiDigit(query[at + 1])))
                tokens.Add(Number(query, ref at));
            else
                tokens.Add(Symbol(query, ref at));
        }

        tokens.Add(new Token(TokenKind.End, ""));
        return tokens;
    }

    public static HubRefusal Unknown(string what) =>
        new(HubError.NotSimulated, $"Not simulated: the sandbox does not know {what}. It knows a part of the service's query language.");

    public static HubRefusal Refuse(string text) => new(HubError.ArgumentInvalid, $"BadRequest: the query is not valid: {text}");

    private static bool IsWordStart(char letter) => char.IsAsciiLetter(letter) || letter is '_' or '$';

    private static bool IsWordPart(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '$' or '.' or '-';

    private static string Take(string query, ref int at, Func<char, bool> belongs)
    {
        int start = at++;
        while (at < query.Length && belongs(query[at]))
            at++;

        return query[start..at];
    }

    private static Token Literal(string query, ref int at)
    {
        char quote = query[at++];
        var text = new StringBuilder();
        while (at < query.Length)
        {
            char letter = query[at++];
            if (letter == '\\' && at < query.Length)
            {
                text.Append(query[at++] is var escaped and not 'u' ? escaped : Unicode(query, ref at));
            }
            else if (letter != quote)
            {
                text.Append(letter);
            }
            else if (at < query.Length && query[at] == quote)
            {
                text.Append(quote);
                at++;
            }
            else
            {
                return new Token(TokenKind.Text, text.ToString());
            }
        }

        throw Refuse("a string literal is not closed.");
    }

    private static char Unicode(string query, ref int at)
    {
        const int Digits = 4;
        return
            at + Digits <= query.Length
            && ushort.TryParse(query.AsSpan(at, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code)
            && (at += Digits) > 0
            ? (char)code
            : throw Refuse("an escape in a string literal has no four hexadecimal digits.");
    }

    private static Token Number(string query, ref int at)
    {
        string text = Take(query, ref at, letter => char.IsAsciiDigit(letter) || letter is '.' or 'e' or 'E' or '+' or '-');
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? new Token(TokenKind.Number, text, number)
            : throw Refuse($"'{text}' is not a number.");
    }

    private static Token Symbol(string query, ref int at)
    {
        ReadOnlySpan<char> rest = query.AsSpan(at);
        foreach (string symbol in Symbols)
        {
            if (rest.StartsWith(symbol, StringComparison.Ordinal))
            {
                at += symbol.Length;
                return new Token(TokenKind.Symbol, symbol);
            }
        }

        if (query[at] is '+' or '-' or '/' or '%')
            throw Unknown($"arithmetic in a query ('{query[at]}' at position {at})");

        throw Refuse($"unexpected character '{query[at]}' at position {at}.");
    }
}
