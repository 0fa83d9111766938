namespace IotHubDsr.Sandbox.Hub.Query;

/// <summary>
/// Reads the part of the IoT Hub query language that selects devices, modules and jobs. What it does not know it refuses, and says so:
/// a condition that is silently ignored would select the wrong devices.
/// </summary>
internal sealed class QueryParser
{
    private const int MaximumLength = 8192;
    private const string Count = "COUNT";

    private static readonly string[] OtherAggregates = ["AVG", "SUM", "MIN", "MAX"];

    private readonly IReadOnlyList<Token> _tokens;
    private int _at;
    private QueryCollection _collection;

    private QueryParser(string query) => _tokens = QueryLexer.Split(query);

    private Token Current => _tokens[_at];

    public static TwinQuery Parse(string query)
    {
        if (query.Length > MaximumLength)
            throw QueryLexer.Refuse($"it is longer than {MaximumLength} characters.");

        return new QueryParser(query).Query();
    }

    private TwinQuery Query()
    {
        RequireKeyword("SELECT");
        int top = TakeKeyword("TOP") ? Limit() : int.MaxValue;
        // What is selected can be read only when it is known from what.
        int selected = _at;
        SkipTo("FROM");
        _collection = Collection();
        int rest = _at;
        _at = selected;
        List<Projection> projections = Projections();
        RequireKeyword("FROM");
        _at = rest;
        var query = new TwinQuery(_collection, projections)
        {
            Top = top,
            Where = TakeKeyword("WHERE") ? Disjunction() : null,
            GroupBy = TakeGroup(),
        };
        return Current.Kind == TokenKind.End ? Legal(query) : throw QueryLexer.Refuse($"'{Current.Value}' is not expected here.");
    }

    private static TwinQuery Legal(TwinQuery query)
    {
        if (query.Collection == QueryCollection.Jobs && (query.Projections.Count > 0 || query.GroupBy is not null))
            throw QueryLexer.Refuse("of devices.jobs only SELECT * is possible.");

        IEnumerable<Projection> loose = query.Projections.Where(projection =>
            projection.Path is { } path && path.Text != query.GroupBy?.Text
        );
        return (query.Counts || query.GroupBy is not null) && (!query.Counts || loose.Any())
            ? throw QueryLexer.Refuse("a grouped query selects COUNT() and what it is grouped by, and nothing else.")
            : query;
    }

    private QueryCollection Collection() =>
        Word() switch
        {
            "devices" => QueryCollection.Devices,
            "devices.modules" => QueryCollection.Modules,
            "devices.jobs" => QueryCollection.Jobs,
            var other => throw QueryLexer.Refuse($"'{other}' is not a collection: there are devices, devices.modules and devices.jobs."),
        };

    private int Limit()
    {
        Token token = Next();
        return token.Kind == TokenKind.Number && token.Number is >= 1 and <= int.MaxValue && double.IsInteger(token.Number)
            ? (int)token.Number
            : throw QueryLexer.Refuse("TOP needs a number from 1.");
    }

    private PropertyPath? TakeGroup()
    {
        if (!TakeKeyword("GROUP"))
            return null;

        RequireKeyword("BY");
        return Path();
    }

    private void SkipTo(string keyword)
    {
        while (Current.Kind != TokenKind.End && !(Current.Kind == TokenKind.Word && Same(Current.Value, keyword)))
            _at++;

        RequireKeyword(keyword);
    }

    private List<Projection> Projections()
    {
        if (TakeSymbol("*"))
            return [];

        var projections = new List<Projection>();
        do projections.Add(Projection());
        while (TakeSymbol(","));
        return projections;
    }

    private Projection Projection()
    {
        string word = Word();
        if (!TakeSymbol("("))
        {
            var path = PropertyPath.Parse(word, _collection);
            return new Projection(path, TakeKeyword("AS") ? Word() : path.Name);
        }

        if (!Same(word, Count))
        {
            throw OtherAggregates.Contains(word, StringComparer.OrdinalIgnoreCase)
                ? QueryLexer.Unknown($"the aggregate {word}")
                : QueryLexer.Refuse($"'{word}' is not an aggregate.");
        }

        RequireSymbol(")");
        return new Projection(null, TakeKeyword("AS") ? Word() : "count");
    }

    private QueryExpression Disjunction()
    {
        QueryExpression left = Conjunction();
        while (TakeKeyword("OR"))
            left = new Either(left, Conjunction());

        return left;
    }

    private QueryExpression Conjunction()
    {
        QueryExpression left = Condition();
        while (TakeKeyword("AND"))
            left = new Both(left, Condition());

        return left;
    }

    private QueryExpression Condition()
    {
        if (TakeKeyword("NOT"))
            return new Negation(Condition());

        if (TakeSymbol("("))
        {
            QueryExpression inner = Disjunction();
            RequireSymbol(")");
            return inner;
        }

        string word = Word();
        if (TakeSymbol("("))
            return Call(word);

        var path = PropertyPath.Parse(word, _collection);
        if (TakeKeyword("IN"))
            return new OneOf(path, Values());

        if (TakeKeyword("NIN"))
            return new Negation(new OneOf(path, Values()));

        return Next() is { Kind: TokenKind.Symbol, Value: "=" or "!=" or "<>" or "<" or "<=" or ">" or ">=" } symbol
            ? new Comparison(path, symbol.Value, Value())
            : throw QueryLexer.Refuse($"an operator is expected after '{path.Text}'.");
    }

    private FunctionCall Call(string name)
    {
        QueryFunction function = QueryFunction.Find(name) ?? throw QueryLexer.Unknown($"the function {name}");
        PropertyPath path = Path();
        QueryValue? literal = null;
        if (function.TakesLiteral)
        {
            RequireSymbol(",");
            literal = Value();
        }

        RequireSymbol(")");
        return new FunctionCall(function, path, literal);
    }

    private PropertyPath Path() => PropertyPath.Parse(Word(), _collection);

    private List<QueryValue> Values()
    {
        RequireSymbol("[");
        var values = new List<QueryValue> { Value() };
        while (TakeSymbol(","))
            values.Add(Value());

        RequireSymbol("]");
        return values;
    }

    private QueryValue Value()
    {
        Token token = Next();
        return token.Kind switch
        {
            TokenKind.Text => new QueryValue(token.Value),
            TokenKind.Number => new QueryValue(token.Number),
            TokenKind.Word when bool.TryParse(token.Value, out bool truth) => new QueryValue(truth),
            TokenKind.Word when Same(token.Value, "null") => new QueryValue(null),
            TokenKind.Word => throw QueryLexer.Unknown($"a comparison with '{token.Value}': only literals are compared with"),
            _ => throw QueryLexer.Refuse($"a literal is expected, not '{token.Value}'."),
        };
    }

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    private Token Next() => Current.Kind == TokenKind.End ? Current : _tokens[_at++];

    private string Word() => Next() is { Kind: TokenKind.Word } token ? token.Value : throw QueryLexer.Refuse("a property is expected.");

    private bool TakeKeyword(string keyword) => Take(TokenKind.Word, keyword, StringComparison.OrdinalIgnoreCase);

    private bool TakeSymbol(string symbol) => Take(TokenKind.Symbol, symbol, StringComparison.Ordinal);

    private bool Take(TokenKind kind, string value, StringComparison comparison)
    {
        if (Current.Kind != kind || !Current.Value.Equals(value, comparison))
            return false;

        _at++;
        return true;
    }

    private void RequireKeyword(string keyword)
    {
        if (!TakeKeyword(keyword))
            throw QueryLexer.Refuse($"{keyword} is expected.");
    }

    private void RequireSymbol(string symbol)
    {
        if (!TakeSymbol(symbol))
            throw QueryLexer.Refuse($"'{symbol}' is expected.");
    }
}
