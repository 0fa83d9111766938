using IotHubDsr.Sandbox.Kusto.Binding;
using IotHubDsr.Sandbox.Kusto.Syntax;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Operators;

/// <summary>Rows of two tables side by side, where their keys are equal.</summary>
internal static class JoinBinding
{
    private static readonly string[] s_kinds = ["innerunique", "inner", "leftouter", "leftsemi", "leftanti"];

    public static KustoTable Bind(KustoTable left, JoinOperator join, KustoContext context)
    {
        if (!s_kinds.Contains(join.Kind))
            throw KustoRefusal.NotSimulated($"a join of kind '{join.Kind}'");

        KustoTable right = KustoPipeline.Bind(join.Right, context);
        KustoScope leftScope = new(context, left.Columns, "join"),
            rightScope = new(context, right.Columns, "join");
        (BoundExpression Left, BoundExpression Right)[] keys =
        [
            .. join.Conditions.Select(condition => Key(condition, leftScope, rightScope)),
        ];
        Func<object?[], object?[]> leftKey = row => [.. keys.Select(key => key.Left.Evaluate(row))],
            rightKey = row => [.. keys.Select(key => key.Right.Evaluate(row))];
        if (join.Kind is "leftsemi" or "leftanti")
        {
            bool isAnti = join.Kind == "leftanti";
            return left with
            {
                Rows = KustoPipeline.Lazily(() =>
                {
                    var known = right.Rows.Select(rightKey).ToHashSet(KustoComparison.Instance);
                    return left.Rows.Where(row => known.Contains(leftKey(row)) != isAnti);
                }),
            };
        }

        var columns = new List<KustoColumn>(left.Columns);
        foreach (KustoColumn column in right.Columns)
            columns.Add(column with { Name = Unused(column.Name, columns) });

        object?[] nothing = [.. right.Columns.Select(column => column.Type == KustoType.String ? "" : (object?)null)];
        return new(
            columns,
            KustoPipeline.Lazily(() =>
            {
                ILookup<object?[], object?[]> byKey = right.Rows.ToLookup(rightKey, KustoComparison.Instance);
                IEnumerable<object?[]> rows =
                    join.Kind == "innerunique" ? left.Rows.DistinctBy(leftKey, KustoComparison.Instance) : left.Rows;
                return rows.SelectMany(row =>
                    byKey[leftKey(row)] is var found && join.Kind == "leftouter" && !found.Any()
                        ?
                        [
                            [.. row, .. nothing],
                        ]
                        : found.Select(other => (object?[])[.. row, .. other])
                );
            })
        );
    }

    /// <summary>A column that both have, or <c>$left.a == $right.b</c>.</summary>
    private static (BoundExpression Left, BoundExpression Right) Key(KustoExpression condition, KustoScope left, KustoScope right)
    {
        (string leftName, string rightName) = condition switch
        {
            NameExpression name => (name.Name, name.Name),
            BinaryExpression
            {
                Operator: "==",
                Left: MemberExpression { Target: NameExpression { Name: "$left" }, Name: var first },
                Right: MemberExpression { Target: NameExpression { Name: "$right" }, Name: var second },
            } => (first, second),
            BinaryExpression
            {
                Operator: "==",
                Left: MemberExpression { Target: NameExpression { Name: "$right" }, Name: var first },
                Right: MemberExpression { Target: NameExpression { Name: "$left" }, Name: var second },
            } => (second, first),
            _ => throw KustoRefusal.Semantic("'join' operator: a column or '$left.a == $right.b' is expected."),
        };
        BoundExpression leftKey = left.Column(leftName) ?? throw KustoRefusal.NoColumn(leftName, "join"),
            rightKey = right.Column(rightName) ?? throw KustoRefusal.NoColumn(rightName, "join");
        return leftKey.Type == rightKey.Type && leftKey.Type != KustoType.Dynamic
            ? (leftKey, rightKey)
            : throw KustoRefusal.Semantic("'join' operator: the keys must be of one type, and not dynamic.");
    }

    private static string Unused(string name, List<KustoColumn> columns)
    {
        string unused = name;
        for (int number = 1; columns.Any(column => column.Name == unused); number++)
            unused = $"{name}{number}";

        return unused;
    }
}
