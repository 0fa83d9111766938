using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Hub.Query;

/// <summary>A column of a result: a path and the name it appears under.</summary>
internal sealed record Projection(PropertyPath Path, string Name);

/// <summary>A parsed query. Without projections it selects whole twins.</summary>
internal sealed record TwinQuery(IReadOnlyList<Projection> Projections, QueryExpression? Where)
{
    public JsonObject Project(JsonObject twin)
    {
        if (Projections.Count == 0)
        {
            return twin;
        }

        var row = new JsonObject();
        foreach (var projection in Projections)
        {
            if (projection.Path.TryRead(twin, out var value))
            {
                row[projection.Name] = value?.DeepClone();
            }
        }

        return row;
    }
}

/// <summary>
/// Reads the part of the IoT Hub query language that selects devices. What it does not know it refuses, as the service refuses
/// what is not in the language: a condition that is silently ignored would select the wrong devices.
/// </summary>
internal sealed class QueryParser
{
    private const int MaximumLength = 8192;

    private readonly IReadOnlyList<Token> _tokens;
    private int _at;

    private QueryParser(string query) => _tokens = QueryLexer.Split(query);

    private Token Current => _tokens[_at];

    public static TwinQuery Parse(string query)
    {
        if (query.Length > MaximumLength)
        {
            throw QueryLexer.Refuse($"it is longer than {MaximumLength} characters.");
        }

        return new QueryParser(query).Query();
    }

    private TwinQuery Query()
    {
        RequireKeyword("SELECT");
        var projections = Projections();
        RequireKeyword("FROM");
        if (Next() is not { Kind: TokenKind.Word, Value: "devices" })
        {
            throw QueryLexer.Refuse("only the collection 'devices' can be queried.");
        }

        var where = TakeKeyword("WHERE") ? Disjunction() : null;
        return Current.Kind == TokenKind.End
            ? new TwinQuery(projections, where)
            : throw QueryLexer.Refuse($"'{Current.Value}' is not expected here.");
    }

    private List<Projection> Projections()
    {
        if (TakeSymbol("*"))
        {
            return [];
        }

        var projections = new List<Projection>();
        do
        {
            var path = PropertyPath.Parse(Word());
            projections.Add(new Projection(path, TakeKeyword("AS") ? Word() : path.Name));
        }
        while (TakeSymbol(","));
        return projections;
    }

    private QueryExpression Disjunction()
    {
        var left = Conjunction();
        while (TakeKeyword("OR"))
        {
            left = new Either(left, Conjunction());
        }

        return left;
    }

    private QueryExpression Conjunction()
    {
        var left = Condition();
        while (TakeKeyword("AND"))
        {
            left = new Both(left, Condition());
        }

        return left;
    }

    private QueryExpression Condition()
    {
        if (TakeKeyword("NOT"))
        {
            return new Negation(Condition());
        }

        if (TakeSymbol("("))
        {
            var inner = Disjunction();
            RequireSymbol(")");
            return inner;
        }

        if (TakeKeyword("IS_DEFINED"))
        {
            RequireSymbol("(");
            var defined = new IsDefined(PropertyPath.Parse(Word()));
            RequireSymbol(")");
            return defined;
        }

        var path = PropertyPath.Parse(Word());
        if (TakeKeyword("IN"))
        {
            return new OneOf(path, Values());
        }

        if (TakeKeyword("NIN"))
        {
            return new Negation(new OneOf(path, Values()));
        }

        return Next() is { Kind: TokenKind.Symbol, Value: "=" or "!=" or "<>" or "<" or "<=" or ">" or ">=" } symbol
            ? new Comparison(path, symbol.Value, Value())
            : throw QueryLexer.Refuse($"an operator is expected after '{path.Text}'.");
    }

    private List<QueryValue> Values()
    {
        RequireSymbol("[");
        var values = new List<QueryValue> { Value() };
        while (TakeSymbol(","))
        {
            values.Add(Value());
        }

        RequireSymbol("]");
        return values;
    }

    private QueryValue Value()
    {
        var token = Next();
        return token.Kind switch
        {
            TokenKind.Text => new QueryValue(token.Value),
            TokenKind.Number => new QueryValue(token.Number),
            TokenKind.Word when token.Value is "true" or "false" => new QueryValue(token.Value == "true"),
            TokenKind.Word when token.Value == "null" => new QueryValue(null),
            _ => throw QueryLexer.Refuse($"a literal is expected, not '{token.Value}'."),
        };
    }

    private Token Next() => Current.Kind == TokenKind.End ? Current : _tokens[_at++];

    private string Word() => Next() is { Kind: TokenKind.Word } token ? token.Value : throw QueryLexer.Refuse("a property is expected.");

    private bool TakeKeyword(string keyword) => Take(TokenKind.Word, keyword, StringComparison.OrdinalIgnoreCase);

    private bool TakeSymbol(string symbol) => Take(TokenKind.Symbol, symbol, StringComparison.Ordinal);

    private bool Take(TokenKind kind, string value, StringComparison comparison)
    {
        if (Current.Kind != kind || !Current.Value.Equals(value, comparison))
        {
            return false;
        }

        _at++;
        return true;
    }

    private void RequireKeyword(string keyword)
    {
        if (!TakeKeyword(keyword))
        {
            throw QueryLexer.Refuse($"{keyword} is expected.");
        }
    }

    private void RequireSymbol(string symbol)
    {
        if (!TakeSymbol(symbol))
        {
            throw QueryLexer.Refuse($"'{symbol}' is expected.");
        }
    }
}
