using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Syntax;

/// <summary>Reads expressions.</summary>
internal sealed class KustoExpressionParser(KustoTokens tokens)
{
    private const int MostNested = 200;

    private static readonly HashSet<string> s_comparisons =
    [
        "==",
        "!=",
        "<>",
        "=~",
        "!~",
        "<",
        ">",
        "<=",
        ">=",
        "has",
        "!has",
        "has_cs",
        "!has_cs",
        "hasprefix",
        "!hasprefix",
        "hasprefix_cs",
        "!hasprefix_cs",
        "hassuffix",
        "!hassuffix",
        "hassuffix_cs",
        "!hassuffix_cs",
        "contains",
        "!contains",
        "contains_cs",
        "!contains_cs",
        "startswith",
        "!startswith",
        "startswith_cs",
        "!startswith_cs",
        "endswith",
        "!endswith",
        "endswith_cs",
        "!endswith_cs",
    ];

    private static readonly HashSet<string> s_lists = ["in", "!in", "in~", "!in~", "has_any", "has_all"];

    private int _depth;

    public KustoExpression Read() => Deeper(Or);

    /// <summary>An expression that may have a name for its column before it.</summary>
    public NamedExpression ReadNamed()
    {
        int start = tokens.Position;
        if (tokens.Current.Kind is KustoTokenKind.Word or KustoTokenKind.QuotedName)
        {
            string name = tokens.Take().Text;
            if (tokens.TryTake("="))
                return new(name, Read());

            tokens.Position = start;
        }

        return new(null, tokens.TryTake("*") ? new StarExpression() : Read());
    }

    private KustoExpression Deeper(Func<KustoExpression> read)
    {
        if (++_depth > MostNested)
            throw KustoRefusal.Semantic("The query is nested too deeply.");

        KustoExpression expression = read();
        _depth--;
        return expression;
    }

    private KustoExpression Or()
    {
        KustoExpression left = And();
        while (tokens.TryTake("or"))
            left = new BinaryExpression("or", left, And());

        return left;
    }

    private KustoExpression And()
    {
        KustoExpression left = Comparison();
        while (tokens.TryTake("and"))
            left = new BinaryExpression("and", left, Comparison());

        return left;
    }

    private KustoExpression Comparison()
    {
        KustoExpression left = Sum();
        KustoToken next = tokens.Current;
        if (next.Kind is not (KustoTokenKind.Word or KustoTokenKind.Symbol))
            return left;

        if (s_comparisons.Contains(next.Text))
        {
            string written = tokens.Take().Text;
            return new BinaryExpression(written == "<>" ? "!=" : written, left, Sum());
        }

        if (s_lists.Contains(next.Text))
            return new ListExpression(tokens.Take().Text, left, Items());

        if (next.Text is "between" or "!between")
        {
            tokens.Take();
            tokens.Expect("(");
            KustoExpression low = Read();
            tokens.Expect("..");
            KustoExpression high = Read();
            tokens.Expect(")");
            return new BetweenExpression(next.Text[0] == '!', left, low, high);
        }

        if (next.Text == "matches" && tokens.Following.Is("regex"))
        {
            tokens.Take();
            tokens.Take();
            return new BinaryExpression("matches regex", left, Sum());
        }

        // Only a search has this form.
        if (next.Text == ":" && left is NameExpression column)
        {
            tokens.Take();
            return new ColumnSearchExpression(column.Name, Sum());
        }

        return left;
    }

    private IReadOnlyList<KustoExpression> Items()
    {
        tokens.Expect("(");
        IReadOnlyList<KustoExpression> items = tokens.List(Read);
        tokens.Expect(")");
        return items;
    }

    private KustoExpression Sum()
    {
        KustoExpression left = Product();
        while (tokens.Current.Is("+") || tokens.Current.Is("-"))
            left = new BinaryExpression(tokens.Take().Text, left, Product());

        return left;
    }

    private KustoExpression Product()
    {
        KustoExpression left = Unary();
        while (tokens.Current.Is("*") || tokens.Current.Is("/") || tokens.Current.Is("%"))
            left = new BinaryExpression(tokens.Take().Text, left, Unary());

        return left;
    }

    private KustoExpression Unary()
    {
        if (tokens.TryTake("-"))
            return new NegationExpression(Deeper(Unary));

        return tokens.TryTake("+") ? Deeper(Unary) : Postfix();
    }

    private KustoExpression Postfix()
    {
        KustoExpression target = Primary();
        while (true)
        {
            if (tokens.TryTake("."))
            {
                target = new MemberExpression(target, tokens.Name());
            }
            else if (tokens.TryTake("["))
            {
                target = new IndexExpression(target, Read());
                tokens.Expect("]");
            }
            else
            {
                return target;
            }
        }
    }

    private KustoExpression Primary()
    {
        KustoToken token = tokens.Current;
        switch (token.Kind)
        {
            case KustoTokenKind.Literal when token.IsText:
                return Text();
            case KustoTokenKind.Literal:
                tokens.Take();
                return new LiteralExpression(token.Value, token.Type);
            case KustoTokenKind.QuotedName:
                return new NameExpression(tokens.Take().Text);
            case KustoTokenKind.Word when !token.Text.StartsWith('!') && !IsReserved(token.Text):
                return Word();
            // Any column, where one is compared with a text.
            case KustoTokenKind.Symbol when token.Text == "*" && s_comparisons.Contains(tokens.Following.Text):
                tokens.Take();
                return new StarExpression();
            case KustoTokenKind.Symbol when token.Text == "(":
                tokens.Take();
                KustoExpression inner = Read();
                tokens.Expect(")");
                return inner;
            default:
                throw tokens.Unexpected();
        }
    }

    private static bool IsReserved(string word) => word is "and" or "or" or "by" or "on" or "matches" || s_comparisons.Contains(word);

    /// <summary>Literals that stand beside each other are one.</summary>
    private LiteralExpression Text()
    {
        string text = (string)tokens.Take().Value!;
        while (tokens.Current.IsText)
            text += (string)tokens.Take().Value!;

        return new(text, KustoType.String);
    }

    private KustoExpression Word()
    {
        string name = tokens.Take().Text;
        if (!tokens.TryTake("("))
            return new NameExpression(name);

        if (tokens.TryTake(")"))
            return new CallExpression(name, []);

        IReadOnlyList<KustoExpression> arguments = tokens.List(() => tokens.TryTake("*") ? new StarExpression() : Read());
        tokens.Expect(")");
        return new CallExpression(name, arguments);
    }
}
