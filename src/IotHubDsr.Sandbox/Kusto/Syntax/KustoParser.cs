namespace IotHubDsr.Sandbox.Kusto.Syntax;

/// <summary>Reads statements and pipelines.</summary>
internal sealed class KustoParser
{
    private readonly KustoTokens _tokens;
    private readonly KustoExpressionParser _expressions;
    private readonly KustoOperatorParser _operators;

    private KustoParser(string query)
    {
        _tokens = new(query);
        _expressions = new(_tokens);
        _operators = new(_tokens, _expressions, Query);
    }

    public static KustoProgram Parse(string query)
    {
        var parser = new KustoParser(query);
        var lets = new List<LetStatement>();
        while (true)
        {
            while (parser._tokens.TryTake(";"))
            {
                // An empty statement.
            }

            if (!parser._tokens.Current.Is("let"))
                break;

            lets.Add(parser.Let());
            if (!parser._tokens.IsAtEnd)
                parser._tokens.Expect(";");
        }

        KustoQuery asked = parser.Query();
        parser._tokens.TryTake(";");
        return parser._tokens.IsAtEnd ? new(lets, asked) : throw parser._tokens.Unexpected();
    }

    private LetStatement Let()
    {
        _tokens.Expect("let");
        string name = _tokens.Name();
        _tokens.Expect("=");
        int start = _tokens.Position;
        if (!_operators.IsAtSource && TryExpression() is { } scalar)
            return new(name, null, scalar);

        _tokens.Position = start;
        return new(name, Query(), null);
    }

    /// <summary>An expression that is the whole statement; a pipeline is none.</summary>
    private KustoExpression? TryExpression()
    {
        try
        {
            KustoExpression expression = _expressions.Read();
            return _tokens.IsAtEnd || _tokens.Current.Is(";") ? expression : null;
        }
        catch (KustoRefusal refusal) when (refusal.IsSyntax)
        {
            return null;
        }
    }

    private KustoQuery Query()
    {
        string? source = null;
        KustoQuery? inner = null;
        var operators = new List<KustoOperator>();
        if (_operators.IsAtSource)
        {
            operators.Add(_operators.Source());
        }
        else if (_tokens.TryTake("("))
        {
            inner = Query();
            _tokens.Expect(")");
        }
        else
        {
            source = Table();
        }

        while (_tokens.TryTake("|"))
            operators.Add(_operators.Read());

        return new(source, inner, operators);
    }

    /// <summary>A table by its name, or by the function of that name.</summary>
    private string Table()
    {
        if (_tokens.Current.Is("table") && _tokens.Following.Is("("))
        {
            _tokens.Take();
            _tokens.Take();
            KustoToken name = _tokens.Take();
            if (!name.IsText)
                throw _tokens.Unexpected();

            _tokens.Expect(")");
            return (string)name.Value!;
        }

        string first = _tokens.Name();
        if (_tokens.Current.Is("("))
            throw KustoRefusal.NotSimulated($"the function '{first}' as a source");

        return _tokens.Current is { Kind: KustoTokenKind.Symbol, Text: "." }
            ? throw KustoRefusal.NotSimulated("tables of other places")
            : first;
    }
}
