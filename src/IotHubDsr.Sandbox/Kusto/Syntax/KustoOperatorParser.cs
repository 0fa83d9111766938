using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Syntax;

/// <summary>Reads the operators of a pipeline.</summary>
internal sealed class KustoOperatorParser(KustoTokens tokens, KustoExpressionParser expressions, Func<KustoQuery> query)
{
    private static readonly string[] s_notSimulated =
    [
        "project-reorder",
        "mv-expand",
        "mv-apply",
        "make-series",
        "parse",
        "parse-where",
        "parse-kv",
        "top-nested",
        "top-hitters",
        "evaluate",
        "render",
        "sample",
        "sample-distinct",
        "serialize",
        "lookup",
        "facet",
        "fork",
        "invoke",
        "partition",
        "scan",
        "consume",
        "as",
        "reduce",
        "find",
        "range",
        "datatable",
        "externaldata",
        "graph-match",
    ];

    /// <summary>Whether an operator stands here that makes rows of its own.</summary>
    public bool IsAtSource =>
        tokens.Current.Kind == KustoTokenKind.Word
        && tokens.Current.Text is "union" or "search" or "print" or "find" or "range" or "datatable" or "externaldata"
        && !tokens.Following.Is("|")
        && !tokens.Following.Is("=");

    public KustoOperator Source() =>
        tokens.Current.Text switch
        {
            "union" => Union(),
            "search" => Search(),
            "print" => Print(),
            var name => throw KustoRefusal.NotSimulated($"the operator '{name}'"),
        };

    public KustoOperator Read()
    {
        string keyword = tokens.Current.Kind == KustoTokenKind.Word ? tokens.Current.Text : "";
        switch (keyword)
        {
            case "union":
                return Union();
            case "search":
                return Search();
            case "where" or "filter":
                tokens.Take();
                return new WhereOperator(expressions.Read());
            case "take" or "limit":
                tokens.Take();
                return new TakeOperator(expressions.Read());
            case "project":
                tokens.Take();
                return new ProjectOperator(tokens.List(expressions.ReadNamed));
            case "extend":
                tokens.Take();
                return new ExtendOperator(tokens.List(expressions.ReadNamed));
            case "project-away" or "project-keep":
                tokens.Take();
                return new ProjectPatternsOperator(keyword, tokens.List(Pattern));
            case "project-rename":
                tokens.Take();
                return new ProjectRenameOperator(tokens.List(expressions.ReadNamed));
            case "sort" or "order":
                tokens.Take();
                tokens.Expect("by");
                return new SortOperator(tokens.List(Key));
            case "top":
                tokens.Take();
                KustoExpression count = expressions.Read();
                tokens.Expect("by");
                return new TopOperator(count, Key());
            case "distinct":
                tokens.Take();
                return new DistinctOperator(tokens.List(expressions.ReadNamed));
            case "count":
                tokens.Take();
                return new CountOperator();
            case "getschema":
                tokens.Take();
                return new SchemaOperator();
            case "summarize":
                return Summarize();
            case "join":
                return Join();
            default:
                throw s_notSimulated.Contains(keyword) ? KustoRefusal.NotSimulated($"the operator '{keyword}'") : tokens.Unexpected();
        }
    }

    /// <summary>A name with wildcards. The tokens of one stand beside each other.</summary>
    private string Pattern()
    {
        string pattern = "";
        int end = tokens.Current.Start;
        while (tokens.Current.Start == end && (tokens.Current.Is("*") || IsPart(tokens.Current)))
        {
            KustoToken part = tokens.Take();
            pattern += part.Text;
            end = part.Kind == KustoTokenKind.QuotedName ? -1 : part.Start + part.Text.Length;
        }

        return pattern.Length > 0 ? pattern : throw tokens.Unexpected();
    }

    private static bool IsPart(KustoToken token) =>
        token.Kind is KustoTokenKind.Word or KustoTokenKind.QuotedName || token is { Kind: KustoTokenKind.Literal, Type: KustoType.Long };

    private SortKey Key()
    {
        KustoExpression value = expressions.Read();
        bool isDescending = !tokens.TryTake("asc");
        if (isDescending)
            tokens.TryTake("desc");

        bool nullsFirst = !isDescending;
        if (tokens.TryTake("nulls"))
        {
            nullsFirst = tokens.TryTake("first");
            if (!nullsFirst)
                tokens.Expect("last");
        }

        return new(value, isDescending, nullsFirst);
    }

    private SummarizeOperator Summarize()
    {
        tokens.Expect("summarize");
        IReadOnlyList<NamedExpression> aggregates = tokens.Current.Is("by") ? [] : tokens.List(expressions.ReadNamed);
        IReadOnlyList<NamedExpression> keys = tokens.TryTake("by") ? tokens.List(expressions.ReadNamed) : [];
        return aggregates.Count + keys.Count > 0 ? new(aggregates, keys) : throw tokens.Unexpected();
    }

    private Dictionary<string, string> Options(params string[] known)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        while (known.Contains(tokens.Current.Text) && tokens.Following.Is("="))
        {
            string name = tokens.Take().Text;
            tokens.Take();
            options[name] = tokens.Take().Text;
        }

        return options;
    }

    private UnionOperator Union()
    {
        tokens.Expect("union");
        Dictionary<string, string> options = Options("kind", "withsource", "isfuzzy");
        string kind = options.GetValueOrDefault("kind", "outer");
        if (kind is not ("inner" or "outer"))
            throw tokens.Unexpected();

        IReadOnlyList<KustoQuery> sources = tokens.List(Operand);
        return new(sources, kind == "inner", options.GetValueOrDefault("withsource"), options.GetValueOrDefault("isfuzzy") == "true");
    }

    private SearchOperator Search()
    {
        tokens.Expect("search");
        bool isCaseSensitive = Options("kind").GetValueOrDefault("kind") == "case_sensitive";
        IReadOnlyList<KustoQuery>? tables = null;
        if (tokens.Current.Is("in") && tokens.Following.Is("("))
        {
            tokens.Take();
            tokens.Take();
            tables = tokens.List(Operand);
            tokens.Expect(")");
        }

        return new(tokens.TryTake("*") ? new StarExpression() : expressions.Read(), isCaseSensitive, tables);
    }

    /// <summary>A table, whose name may have wildcards, or a pipeline in parentheses.</summary>
    private KustoQuery Operand()
    {
        if (tokens.TryTake("("))
        {
            KustoQuery inner = query();
            tokens.Expect(")");
            return inner;
        }

        return new(Pattern(), null, []);
    }

    private JoinOperator Join()
    {
        tokens.Expect("join");
        string kind = Options("kind").GetValueOrDefault("kind", "innerunique");
        KustoQuery right = Operand();
        tokens.Expect("on");
        IReadOnlyList<KustoExpression> conditions = tokens.List(expressions.Read);
        return new(kind, right, conditions);
    }

    private PrintOperator Print()
    {
        tokens.Expect("print");
        return new(tokens.List(expressions.ReadNamed));
    }
}
