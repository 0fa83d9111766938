using System.Globalization;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Syntax;

/// <summary>Splits a query into its tokens.</summary>
internal sealed class KustoLexer(string query)
{
    private static readonly string[] s_symbols =
    [
        "==",
        "!=",
        "=~",
        "!~",
        "<>",
        "<=",
        ">=",
        "=>",
        "..",
        "=",
        "<",
        ">",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        ",",
        "*",
        "+",
        "-",
        "/",
        "%",
        "|",
        ":",
        ";",
    ];

    /// <summary>Words that a hyphen joins: everywhere else it is a minus.</summary>
    private static readonly string[] s_hyphenated =
    [
        "project-away",
        "project-keep",
        "project-rename",
        "project-reorder",
        "mv-expand",
        "mv-apply",
        "make-series",
        "parse-where",
        "parse-kv",
        "top-nested",
        "top-hitters",
        "graph-match",
    ];

    private readonly List<KustoToken> _tokens = [];
    private int _at;

    public static IReadOnlyList<KustoToken> Split(string query)
    {
        var lexer = new KustoLexer(query);
        while (lexer.Next())
        {
            // Each call adds a token.
        }

        return lexer._tokens;
    }

    private bool Next()
    {
        SkipSpace();
        int start = _at;
        if (_at == query.Length)
        {
            _tokens.Add(new(KustoTokenKind.End, "", start));
            return false;
        }

        char next = query[_at];
        if (KustoStringLiteral.StartsAt(query, _at))
            _tokens.Add(Literal(KustoStringLiteral.Read(query, ref _at), KustoType.String, start));
        else if (char.IsAsciiDigit(next))
            _tokens.Add(Number(start));
        else if (char.IsAsciiLetter(next) || next is '_' or '$')
            _tokens.Add(Word(start));
        else if (next == '!' && _at + 1 < query.Length && char.IsAsciiLetter(query[_at + 1]))
            _tokens.Add(Negated(start));
        else
            _tokens.Add(Symbol(start));

        return true;
    }

    private void SkipSpace()
    {
        while (_at < query.Length)
        {
            if (char.IsWhiteSpace(query[_at]))
                _at++;
            else if (query.AsSpan(_at).StartsWith("//", StringComparison.Ordinal))
                _at = query.IndexOf('\n', _at) is var end && end < 0 ? query.Length : end;
            else
                return;
        }
    }

    private KustoToken Literal(object? value, KustoType type, int start) =>
        new(KustoTokenKind.Literal, query[start.._at], start) { Value = value, Type = type };

    private void ReadWord()
    {
        while (_at < query.Length && (char.IsAsciiLetterOrDigit(query[_at]) || query[_at] == '_'))
            _at++;
    }

    private KustoToken Word(int start)
    {
        _at++;
        ReadWord();
        if (
            s_hyphenated.FirstOrDefault(word => query.AsSpan(start).StartsWith(word, StringComparison.Ordinal)) is { } joined
            && _at < query.Length
            && query[_at] == '-'
        )
        {
            _at = start + joined.Length;
            return new(KustoTokenKind.Word, joined, start);
        }

        string text = query[start.._at];
        if (text == "in" && _at < query.Length && query[_at] == '~')
        {
            _at++;
            return new(KustoTokenKind.Word, "in~", start);
        }

        if (text is "true" or "false")
            return Literal(text == "true", KustoType.Bool, start);

        if (text != "string" && KustoTypes.Find(text) is { } type && IsAtParenthesis() && !IsAfterDot())
            return Typed(type, start);

        return new(KustoTokenKind.Word, text, start);
    }

    private bool IsAfterDot() => _tokens is [.., { Text: ".", Kind: KustoTokenKind.Symbol }];

    private bool IsAtParenthesis()
    {
        int at = _at;
        while (at < query.Length && char.IsWhiteSpace(query[at]))
            at++;

        return at < query.Length && query[at] == '(';
    }

    /// <summary>A literal with the name of its type before it: what stands in the parentheses is raw text.</summary>
    private KustoToken Typed(KustoType type, int start)
    {
        _at = query.IndexOf('(', _at) + 1;
        int open = _at;
        int depth = 1;
        while (_at < query.Length)
        {
            char next = query[_at];
            if (next is '\'' or '"' && type == KustoType.Dynamic)
            {
                _ = KustoStringLiteral.Read(query, ref _at);
                continue;
            }

            depth +=
                next is '(' ? 1
                : next is ')' ? -1
                : 0;
            if (depth == 0)
                break;

            _at++;
        }

        if (depth > 0)
            throw KustoRefusal.Syntax(query, query.Length, null);

        string content = query[open.._at].Trim();
        _at++;
        return content == "null"
            ? Literal(null, type, start)
            : Literal(KustoTypedLiteral.Read(type, content) ?? throw KustoRefusal.Syntax(query, start, query[start.._at]), type, start);
    }

    private KustoToken Number(int start)
    {
        while (_at < query.Length && char.IsAsciiDigit(query[_at]))
            _at++;

        bool isReal = false;
        if (_at + 1 < query.Length && query[_at] == '.' && char.IsAsciiDigit(query[_at + 1]))
        {
            isReal = true;
            _at++;
            while (_at < query.Length && char.IsAsciiDigit(query[_at]))
                _at++;
        }

        int digits = _at;
        ReadWord();
        string unit = query[digits.._at];
        string number = query[start..digits];
        if (unit.Length == 0)
        {
            return isReal ? Literal(double.Parse(number, CultureInfo.InvariantCulture), KustoType.Real, start)
                : long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long whole)
                    ? Literal(whole, KustoType.Long, start)
                : throw KustoRefusal.Syntax(query, start, number);
        }

        if (KustoText.TicksOf(unit) is { } ticks)
        {
            double count = double.Parse(number, CultureInfo.InvariantCulture);
            return Literal(TimeSpan.FromTicks((long)(count * ticks)), KustoType.TimeSpan, start);
        }

        throw KustoRefusal.Syntax(query, start, query[start.._at]);
    }

    private KustoToken Negated(int start)
    {
        _at++;
        ReadWord();
        if (_at < query.Length && query[_at] == '~' && query[start.._at] == "!in")
            _at++;

        return new(KustoTokenKind.Word, query[start.._at], start);
    }

    private KustoToken Symbol(int start)
    {
        if (query[_at] == '[' && QuotedName(start) is { } name)
            return name;

        foreach (string symbol in s_symbols)
        {
            if (!query.AsSpan(start).StartsWith(symbol, StringComparison.Ordinal))
                continue;

            _at += symbol.Length;
            return new(KustoTokenKind.Symbol, symbol, start);
        }

        throw KustoRefusal.Syntax(query, start, query[start..(start + 1)]);
    }

    /// <summary><c>['a name']</c> is a name where one can stand; after a value it is an index.</summary>
    private KustoToken? QuotedName(int start)
    {
        bool isAfterValue =
            _tokens is [.., { Kind: KustoTokenKind.QuotedName or KustoTokenKind.Literal }]
            || (_tokens is [.., { Kind: KustoTokenKind.Symbol, Text: ")" or "]" }])
            || (_tokens is [.., { Kind: KustoTokenKind.Word } word] && !IsBeforeName(word, start));
        if (isAfterValue)
            return null;

        int at = _at + 1;
        while (at < query.Length && char.IsWhiteSpace(query[at]))
            at++;

        if (at >= query.Length || !KustoStringLiteral.StartsAt(query, at))
            return null;

        string text = KustoStringLiteral.Read(query, ref at);
        while (at < query.Length && char.IsWhiteSpace(query[at]))
            at++;

        if (at >= query.Length || query[at] != ']')
            return null;

        _at = at + 1;
        return new(KustoTokenKind.QuotedName, text, start);
    }

    /// <summary>A keyword is followed by a space, a value by its index at once.</summary>
    private static bool IsBeforeName(KustoToken word, int start) => word.Start + word.Text.Length < start;
}
