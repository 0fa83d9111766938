using System.Text.RegularExpressions;
using IotHubDsr.Sandbox.Kusto.Binding;
using IotHubDsr.Sandbox.Kusto.Syntax;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Operators;

/// <summary>A search for terms in all columns, of all tables or of some.</summary>
internal static class SearchBinding
{
    private const string TableColumn = "$table";

    public static KustoTable Bind(SearchOperator search, KustoTable? piped, string? pipedName, KustoContext context)
    {
        KustoTable searched;
        if (piped is not null)
        {
            searched = UnionBinding.Unite([(pipedName ?? "", piped)], TableColumn, isInner: false);
        }
        else
        {
            IReadOnlyList<KustoQuery> sources = search.Tables ?? [new KustoQuery("*", null, [])];
            List<(string Name, KustoTable Table)> tables =
            [
                .. sources.SelectMany((source, index) => UnionBinding.Tables(source, isFuzzy: false, index, context)),
            ];
            searched = UnionBinding.Unite(tables, TableColumn, isInner: false);
        }

        var scope = new KustoScope(context, searched.Columns, "search");
        Func<object?[], bool> condition = Condition(search.Condition, search.IsCaseSensitive, scope);
        return searched with { Rows = searched.Rows.Where(condition) };
    }

    private static Func<object?[], bool> Condition(KustoExpression expression, bool isCaseSensitive, KustoScope scope)
    {
        switch (expression)
        {
            case StarExpression:
                return _ => true;
            case LiteralExpression { Type: KustoType.String, Value: string text }:
                Func<string, bool> matches = Matcher(text, isCaseSensitive);
                // The name of the table is no content.
                return row => row.Skip(1).Any(value => value is not null && matches(KustoText.Of(value)));
            case ColumnSearchExpression { Column: var column, Text: LiteralExpression { Value: string term } }:
                BoundExpression of = scope.Column(column) ?? throw KustoRefusal.NoColumn(column, "search");
                Func<string, bool> has = Matcher(term, isCaseSensitive);
                return row => has(of.Text(row));
            case BinaryExpression { Operator: "and" } both:
                Func<object?[], bool> left = Condition(both.Left, isCaseSensitive, scope),
                    right = Condition(both.Right, isCaseSensitive, scope);
                return row => left(row) && right(row);
            case BinaryExpression { Operator: "or" } either:
                Func<object?[], bool> first = Condition(either.Left, isCaseSensitive, scope),
                    second = Condition(either.Right, isCaseSensitive, scope);
                return row => first(row) || second(row);
            case CallExpression { Function: "not", Arguments: [var negated] }:
                Func<object?[], bool> inner = Condition(negated, isCaseSensitive, scope);
                return row => !inner(row);
            default:
                BoundExpression condition = scope.BindCondition(expression);
                return row => condition.Evaluate(row) is true;
        }
    }

    /// <summary>A whole term, or with asterisks the beginning, the end or the middle of one.</summary>
    private static Func<string, bool> Matcher(string text, bool isCaseSensitive)
    {
        StringComparison comparison = isCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        string bare = text.Trim('*');
        if (bare.Contains('*', StringComparison.Ordinal))
        {
            RegexOptions options = RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking;
            var regex = new Regex(
                string.Join(".*", bare.Split('*').Select(Regex.Escape)),
                isCaseSensitive ? options : options | RegexOptions.IgnoreCase
            );
            return value => regex.IsMatch(value);
        }

        return (text.StartsWith('*'), text.EndsWith('*')) switch
        {
            (true, true) => value => value.Contains(bare, comparison),
            (true, false) => value => KustoTerms.HasSuffix(value, bare, comparison),
            (false, true) => value => KustoTerms.HasPrefix(value, bare, comparison),
            _ => value => KustoTerms.Has(value, bare, comparison),
        };
    }
}
