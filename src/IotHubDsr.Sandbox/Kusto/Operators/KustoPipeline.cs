using IotHubDsr.Sandbox.Kusto.Binding;
using IotHubDsr.Sandbox.Kusto.Syntax;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Operators;

/// <summary>Puts the operators of a query behind each other.</summary>
internal static class KustoPipeline
{
    public static KustoTable Bind(KustoQuery query, KustoContext context)
    {
        string? name = query.Source ?? (query.Inner is { Operators: [], Source: var inner } ? inner : null);
        KustoTable? table = query switch
        {
            { Source: { } source } => context.Table(source)
                ?? throw KustoRefusal.NoTable(source, KeywordOf(query.Operators is [var first, ..] ? first : null)),
            { Inner: { } between } => Bind(between, context),
            _ => null,
        };
        foreach (KustoOperator next in query.Operators)
        {
            table = next switch
            {
                UnionOperator union => UnionBinding.Bind(union, table, name, context),
                SearchOperator search => SearchBinding.Bind(search, table, name, context),
                PrintOperator print => Print(print, context),
                _ => Bind(next, table!, context),
            };
        }

        return table!;
    }

    private static KustoTable Bind(KustoOperator next, KustoTable table, KustoContext context)
    {
        var scope = new KustoScope(context, table.Columns, KeywordOf(next));
        switch (next)
        {
            case WhereOperator where:
                BoundExpression condition = scope.BindCondition(where.Condition);
                return table with { Rows = table.Rows.Where(row => condition.Evaluate(row) is true) };
            case TakeOperator take:
                return table with { Rows = table.Rows.Take(Number(take.Count, scope)) };
            case ProjectOperator project:
                return ProjectBinding.Project(table, project.Columns, scope);
            case ExtendOperator extend:
                return ProjectBinding.Extend(table, extend.Columns, scope);
            case ProjectPatternsOperator patterns:
                return ProjectBinding.Keep(table, patterns.Patterns, patterns.Keyword == "project-keep");
            case ProjectRenameOperator rename:
                return ProjectBinding.Rename(table, rename.Columns, scope);
            case SortOperator sort:
                return SortBinding.Sort(table, sort.Keys, scope);
            case TopOperator top:
                int most = Number(top.Count, scope);
                KustoTable sorted = SortBinding.Sort(table, [top.Key], scope);
                return sorted with { Rows = sorted.Rows.Take(most) };
            case DistinctOperator distinct:
                KustoTable projected = ProjectBinding.Project(table, distinct.Columns, scope);
                if (projected.Columns.Any(column => column.Type == KustoType.Dynamic))
                    throw KustoRefusal.Semantic("'distinct' operator: a column can't be of dynamic type. Consider using an explicit cast");

                return projected with
                {
                    Rows = projected.Rows.Distinct(KustoComparison.Instance),
                };
            case CountOperator:
                return new(
                    [new("Count", KustoType.Long)],
                    Lazily(() =>
                        [
                            [(long)table.Rows.Count()],
                        ]
                    )
                );
            case SchemaOperator:
                return Schema(table);
            case SummarizeOperator summarize:
                return SummarizeBinding.Bind(table, summarize, scope);
            case JoinOperator join:
                return JoinBinding.Bind(table, join, context);
            default:
                throw KustoRefusal.NotSimulated("this operator");
        }
    }

    /// <summary>Rows that are made when the first is asked for.</summary>
    public static IEnumerable<object?[]> Lazily(Func<IEnumerable<object?[]>> make)
    {
        foreach (object?[] row in make())
            yield return row;
    }

    private static int Number(KustoExpression count, KustoScope scope) =>
        scope.Bind(count) is { IsConstant: true, Constant: long number and >= 0 }
            ? (int)Math.Min(number, int.MaxValue)
            : throw KustoRefusal.Semantic($"'{scope.Operator}' operator: a number of rows is expected.");

    private static KustoTable Print(PrintOperator print, KustoContext context)
    {
        var columns = new List<KustoColumn>();
        var values = new List<object?>();
        foreach ((int index, NamedExpression named) in print.Columns.Index())
        {
            BoundExpression bound = new KustoScope(context, [], "print").Bind(named.Value);
            columns.Add(new(named.Name ?? $"print_{index}", bound.Type));
            values.Add(bound.Constant);
        }

        return new(
            columns,
            [
                [.. values],
            ]
        );
    }

    private static KustoTable Schema(KustoTable table)
    {
        IEnumerable<object?[]> rows = table
            .Columns.Where(column => !column.IsHidden)
            .Select((column, index) => (object?[])[column.Name, (long)index, column.Type.ClrName, column.Type.Name]);
        return new(
            [
                new("ColumnName", KustoType.String),
                new("ColumnOrdinal", KustoType.Long),
                new("DataType", KustoType.String),
                new("ColumnType", KustoType.String),
            ],
            rows
        );
    }

    private static string KeywordOf(KustoOperator? next) =>
        next switch
        {
            WhereOperator => "where",
            ProjectOperator => "project",
            ExtendOperator => "extend",
            ProjectPatternsOperator patterns => patterns.Keyword,
            ProjectRenameOperator => "project-rename",
            SortOperator => "sort",
            TopOperator => "top",
            DistinctOperator => "distinct",
            CountOperator => "count",
            SummarizeOperator => "summarize",
            JoinOperator => "join",
            UnionOperator => "union",
            SearchOperator => "search",
            _ => "take",
        };
}
