using IotHubDsr.Sandbox.Kusto.Binding;
using IotHubDsr.Sandbox.Kusto.Syntax;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Operators;

/// <summary>The order of rows.</summary>
internal static class SortBinding
{
    public static KustoTable Sort(KustoTable table, IReadOnlyList<SortKey> keys, KustoScope scope)
    {
        (BoundExpression Value, SortKey Key)[] bound = [.. keys.Select(key => (scope.Bind(key.Value), key))];
        if (bound.Any(key => key.Value.Type == KustoType.Dynamic))
            throw KustoRefusal.Semantic("'sort' operator: key can't be of dynamic type");

        var comparer = Comparer<object?[]>.Create(
            (left, right) =>
            {
                foreach ((BoundExpression value, SortKey key) in bound)
                {
                    int order = Compare(value.Evaluate(left), value.Evaluate(right), key);
                    if (order != 0)
                        return order;
                }

                return 0;
            }
        );
        return table with { Rows = KustoPipeline.Lazily(() => table.Rows.Order(comparer)) };
    }

    private static int Compare(object? left, object? right, SortKey key)
    {
        if (left is null && right is null)
            return 0;

        if (left is null || right is null)
            return left is null == key.NullsFirst ? -1 : 1;

        int order = KustoComparison.Compare(left, right) ?? 0;
        return key.IsDescending ? -order : order;
    }
}
