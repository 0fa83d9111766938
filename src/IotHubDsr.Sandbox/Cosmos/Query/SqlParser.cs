using System.Globalization;
using System.Text.Json;

namespace IotHubDsr.Sandbox.Cosmos.Query;

/// <summary>
/// Reads queries of the form <c>SELECT … FROM c WHERE …</c>. What the service knows beyond that is refused as not simulated, and
/// what it does not know either as it would refuse it.
/// </summary>
internal sealed class SqlParser
{
    private const int DeepestNesting = 200;

    private static readonly string[] s_merging = ["TOP", "DISTINCT", "ORDER", "GROUP", "OFFSET", "LIMIT"];
    private static readonly string[] s_notSimulated = ["JOIN", "LIKE", "BETWEEN", "EXISTS", "ARRAY", "UDF"];
    private static readonly string[] s_comparisons = ["=", "!=", "<>", "<", ">", "<=", ">="];

    private readonly IReadOnlyList<SqlToken> _tokens;
    private readonly IReadOnlyDictionary<string, JsonElement> _parameters;
    private string _alias = "";
    private int _at;
    private int _depth;

    private SqlParser(string query, IReadOnlyDictionary<string, JsonElement> parameters) =>
        (_tokens, _parameters) = (SqlLexer.Split(query), parameters);

    private SqlToken Current => _tokens[_at];

    public static SqlQuery Parse(string query, IReadOnlyDictionary<string, JsonElement> parameters) =>
        new SqlParser(query, parameters).Query();

    private SqlQuery Query()
    {
        Expect("SELECT");
        RequireSimulated();
        int selection = _at;
        // What is selected is of the alias that comes after it.
        while (!Current.IsWord("FROM") || _tokens[_at - 1].IsSymbol("."))
        {
            RequireSimulated();
            if (Take().Kind == SqlTokenKind.End)
                throw SqlRefusal.Near(Current);
        }

        _at++;
        _alias = Alias();
        int rest = _at;
        _at = selection;
        (SqlExpression? value, IReadOnlyList<SqlSelected> selected) = Selection();
        if (!Current.IsWord("FROM"))
            throw SqlRefusal.Near(Current);

        _at = rest;
        SqlExpression? condition = TryTakeWord("WHERE") ? Or() : null;
        RequireSimulated();
        return Current.Kind == SqlTokenKind.End ? new(value, selected, condition) : throw SqlRefusal.Near(Current);
    }

    private string Alias()
    {
        string name = TakeName();
        RequireSimulated();
        if (Current.IsWord("IN") || Current.IsSymbol("."))
            throw new SqlNotSimulated("FROM with a path", needsMerge: false);

        bool isNamed = TryTakeWord("AS");
        return isNamed || (Current.Kind == SqlTokenKind.Word && !Current.IsWord("WHERE")) ? TakeName() : name;
    }

    private (SqlExpression? Value, IReadOnlyList<SqlSelected> Selected) Selection()
    {
        if (Current.IsSymbol("*"))
        {
            _at++;
            return (null, []);
        }

        if (TryTakeWord("VALUE"))
            return (Or(), []);

        var selected = new List<SqlSelected>();
        do
        {
            SqlExpression expression = Or();
            bool isNamed = TryTakeWord("AS");
            string name =
                isNamed || (Current.Kind == SqlTokenKind.Word && !Current.IsWord("FROM")) ? TakeName()
                : expression is SqlProperty property ? property.Name
                : expression is SqlRoot ? _alias
                : string.Create(CultureInfo.InvariantCulture, $"${selected.Count + 1}");
            selected.Add(new(name, expression));
        } while (TryTakeSymbol(","));

        return (null, selected);
    }

    private SqlExpression Or()
    {
        SqlExpression left = And();
        while (TryTakeWord("OR"))
            left = new SqlLogic(left, And(), IsAnd: false);

        return left;
    }

    private SqlExpression And()
    {
        SqlExpression left = Not();
        while (TryTakeWord("AND"))
            left = new SqlLogic(left, Not(), IsAnd: true);

        return left;
    }

    private SqlExpression Not()
    {
        if (++_depth > DeepestNesting)
            throw new SqlRefusal("SC3001", "The query is nested too deeply.", Current.Start, Current.End);

        SqlExpression expression = TryTakeWord("NOT") ? new SqlNot(Not()) : Comparison();
        _depth--;
        return expression;
    }

    private SqlExpression Comparison()
    {
        SqlExpression left = Operand();
        RequireSimulated();
        if (Current.Kind == SqlTokenKind.Symbol && s_comparisons.Contains(Current.Value))
            return new SqlComparison(left, Take().Value, Operand());

        bool isNegated = Current.IsWord("NOT") && _tokens[_at + 1].IsWord("IN");
        if (isNegated)
            _at++;

        if (!TryTakeWord("IN"))
            return left;

        ExpectSymbol("(");
        var isIn = new SqlIn(left, List(")"));
        return isNegated ? new SqlNot(isIn) : isIn;
    }

    private SqlExpression Operand()
    {
        RequireSimulated();
        SqlToken token = Take();
        switch (token.Kind)
        {
            case SqlTokenKind.Text:
                return Literal($"\"{JsonEncodedText.Encode(token.Value)}\"");
            case SqlTokenKind.Number:
                return Literal(Number(token, sign: 1));
            case SqlTokenKind.Parameter:
                return _parameters.TryGetValue(token.Value, out JsonElement value) ? Path(new SqlLiteral(value)) : throw Unknown(token);
            case SqlTokenKind.Symbol when token.Value == "-" && Current.Kind == SqlTokenKind.Number:
                return Literal(Number(Take(), sign: -1));
            case SqlTokenKind.Symbol when token.Value == "(":
                SqlExpression inner = Current.IsWord("SELECT") ? throw new SqlNotSimulated("a subquery", needsMerge: false) : Or();
                ExpectSymbol(")");
                return Path(inner);
            case SqlTokenKind.Symbol when token.Value == "[":
                return new SqlArray(List("]"));
            case SqlTokenKind.Word:
                return Word(token);
            default:
                throw SqlRefusal.Near(token);
        }
    }

    private SqlExpression Word(SqlToken token)
    {
        switch (token.Value.ToUpperInvariant())
        {
            case "TRUE" or "FALSE" or "NULL":
                return Literal(token.Value.ToLowerInvariant());
            case "UNDEFINED":
                return new SqlLiteral(default);
        }

        if (TryTakeSymbol("("))
        {
            // COUNT(*) is none of the language: it takes an expression.
            return SqlFunction.Of(token, List(")"));
        }

        return token.Value == _alias ? Path(new SqlRoot()) : throw Unknown(token);
    }

    private SqlExpression Path(SqlExpression root)
    {
        SqlExpression path = root;
        while (true)
        {
            if (TryTakeSymbol("."))
            {
                path = new SqlProperty(path, TakeName());
                continue;
            }

            if (!TryTakeSymbol("["))
                return path;

            SqlToken key = Take();
            path = key switch
            {
                { Kind: SqlTokenKind.Text } => new SqlProperty(path, key.Value),
                { Kind: SqlTokenKind.Number }
                    when int.TryParse(key.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int index) => new SqlItem(
                    path,
                    index
                ),
                { Kind: SqlTokenKind.Parameter } when _parameters.TryGetValue(key.Value, out JsonElement value) && IsText(value) =>
                    new SqlProperty(path, value.GetString()!),
                _ => throw SqlRefusal.Near(key),
            };
            ExpectSymbol("]");
        }
    }

    private List<SqlExpression> List(string end)
    {
        var items = new List<SqlExpression>();
        if (TryTakeSymbol(end))
            return items;

        do items.Add(Or());
        while (TryTakeSymbol(","));

        ExpectSymbol(end);
        return items;
    }

    private void RequireSimulated()
    {
        if (Current.Kind != SqlTokenKind.Word || (_at > 0 && _tokens[_at - 1].IsSymbol(".")))
            return;

        string word = Current.Value.ToUpperInvariant();
        if (s_merging.Contains(word))
            throw new SqlNotSimulated(word is "ORDER" or "GROUP" ? $"{word} BY" : word, needsMerge: true);

        if (s_notSimulated.Contains(word))
            throw new SqlNotSimulated(word, needsMerge: false);
    }

    private static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;

    private static SqlLiteral Literal(string json) => new(SqlValues.Parse(json));

    private static string Number(SqlToken token, int sign) =>
        (sign * double.Parse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture)).ToString("R", CultureInfo.InvariantCulture);

    private static SqlRefusal Unknown(SqlToken token) =>
        new(SqlRefusal.UnknownIdentifier, $"Identifier '{token.Value}' could not be resolved.", token.Start, token.End);

    private SqlToken Take() => Current.Kind == SqlTokenKind.End ? Current : _tokens[_at++];

    private string TakeName() => Current.Kind == SqlTokenKind.Word ? Take().Value : throw SqlRefusal.Near(Current);

    private void Expect(string word)
    {
        if (!TryTakeWord(word))
            throw SqlRefusal.Near(Current);
    }

    private void ExpectSymbol(string symbol)
    {
        if (!TryTakeSymbol(symbol))
            throw SqlRefusal.Near(Current);
    }

    private bool TryTakeWord(string word)
    {
        if (!Current.IsWord(word))
            return false;

        _at++;
        return true;
    }

    private bool TryTakeSymbol(string symbol)
    {
        if (!Current.IsSymbol(symbol))
            return false;

        _at++;
        return true;
    }
}
