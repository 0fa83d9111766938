using IotHubDsr.Sandbox.Kusto.Binding;
using IotHubDsr.Sandbox.Kusto.Syntax;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Operators;

/// <summary>Groups of rows, and what is computed from each.</summary>
internal static class SummarizeBinding
{
    public static KustoTable Bind(KustoTable table, SummarizeOperator summarize, KustoScope scope)
    {
        var columns = new List<KustoColumn>();
        var keys = new List<BoundExpression>();
        foreach (NamedExpression named in summarize.Keys)
        {
            BoundExpression bound = scope.Bind(named.Value);
            if (bound.Type == KustoType.Dynamic)
                throw KustoRefusal.Semantic("'summarize' operator: group key can't be of dynamic type. Consider using an explicit cast");

            keys.Add(bound);
            columns.Add(new(named.Name ?? bound.Name ?? $"Column{columns.Count + 1}", bound.Type));
        }

        BoundAggregate[] aggregates = [.. summarize.Aggregates.Select(aggregate => KustoAggregates.Bind(aggregate, scope))];
        foreach (KustoColumn column in aggregates.SelectMany(aggregate => aggregate.Columns))
            columns.Add(column with { Name = Unused(column.Name, columns) });

        return new(columns, KustoPipeline.Lazily(() => Rows(table, keys, aggregates)));
    }

    private static IEnumerable<object?[]> Rows(KustoTable table, List<BoundExpression> keys, BoundAggregate[] aggregates)
    {
        var groups = new Dictionary<object?[], List<object?[]>>(KustoComparison.Instance);
        foreach (object?[] row in table.Rows)
        {
            object?[] key = [.. keys.Select(value => value.Evaluate(row))];
            if (!groups.TryGetValue(key, out List<object?[]>? group))
                groups.Add(key, group = []);

            group.Add(row);
        }

        // Without keys there is one group, also of no rows.
        if (keys.Count == 0 && groups.Count == 0)
            groups.Add([], []);

        return groups.Select(group => (object?[])[.. group.Key, .. aggregates.SelectMany(aggregate => aggregate.Compute(group.Value))]);
    }

    private static string Unused(string name, List<KustoColumn> columns)
    {
        string unused = name;
        for (int number = 1; columns.Any(column => column.Name == unused); number++)
            unused = $"{name}{number}";

        return unused;
    }
}
