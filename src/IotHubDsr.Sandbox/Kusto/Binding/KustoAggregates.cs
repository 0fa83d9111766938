using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto.Syntax;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Binding;

/// <summary>Columns that are computed from the rows of a group.</summary>
internal sealed record BoundAggregate(IReadOnlyList<KustoColumn> Columns, Func<IReadOnlyList<object?[]>, object?[]> Compute);

/// <summary>The aggregate functions of summarize.</summary>
internal static class KustoAggregates
{
    private static readonly HashSet<string> s_names =
    [
        "count",
        "countif",
        "dcount",
        "count_distinct",
        "sum",
        "avg",
        "min",
        "max",
        "arg_max",
        "arg_min",
        "any",
        "take_any",
        "make_list",
        "make_set",
    ];

    public static bool IsAggregate(string name) => s_names.Contains(name);

    public static BoundAggregate Bind(NamedExpression aggregate, KustoScope scope)
    {
        if (aggregate.Value is not CallExpression call || !IsAggregate(call.Function))
        {
            throw aggregate.Value is CallExpression { Function: var unknown } && KustoRefusal.NoFunction(unknown) is { } refusal
                ? refusal
                : KustoRefusal.Semantic("An aggregate function is expected.");
        }

        if (call.Function is "arg_max" or "arg_min")
            return Extreme(aggregate.Name, call, scope);

        if (call.Function is "any" or "take_any")
            return Any(aggregate.Name, call, scope);

        BoundExpression[] arguments = [.. call.Arguments.Select(scope.Bind)];
        int least = call.Function == "count" ? 0 : 1;
        if (arguments.Length < least || arguments.Length > least + (call.Function is "dcount" or "make_list" or "make_set" ? 1 : 0))
            throw KustoRefusal.Arguments(call.Function, "another number of arguments is expected.");

        (KustoType type, Func<IReadOnlyList<object?[]>, object?> compute) = One(call.Function, arguments);
        string prefix = call.Function switch
        {
            "make_list" => "list",
            "make_set" => "set",
            var name => name,
        };
        string column = aggregate.Name ?? $"{prefix}_{(arguments.Length == 0 ? "" : arguments[0].Name)}";
        return new([new(column, type)], rows => [compute(rows)]);
    }

    private static (KustoType Type, Func<IReadOnlyList<object?[]>, object?> Compute) One(string function, BoundExpression[] arguments)
    {
        if (function == "count")
            return (KustoType.Long, rows => (long)rows.Count);

        BoundExpression value = arguments[0];
        IEnumerable<object?> Present(IReadOnlyList<object?[]> rows) => rows.Select(value.Evaluate).Where(found => found is not null);
        switch (function)
        {
            case "countif":
                return (KustoType.Long, rows => (long)rows.Count(row => value.Evaluate(row) is true));
            case "dcount" or "count_distinct":
                return (KustoType.Long, rows => (long)Present(rows).Distinct(KustoComparison.Instance).Count());
            case "min":
                return (value.Type, rows => Best(Present(rows), -1) ?? Empty(value.Type));
            case "max":
                return (value.Type, rows => Best(Present(rows), 1) ?? Empty(value.Type));
            case "sum" when value.Type is KustoType.Int or KustoType.Long:
                return (KustoType.Long, rows => Present(rows).Sum(number => (long)number!));
            case "sum" or "avg" when value.Type.IsNumber:
                return (KustoType.Real, rows =>
                {
                    double[] numbers = [.. Present(rows).Select(number => KustoConversions.ToReal(number) ?? 0)];
                    return function == "sum" ? numbers.Sum()
                        : numbers.Length == 0 ? null
                        : numbers.Average();
                });
            case "sum" when value.Type == KustoType.TimeSpan:
                return (KustoType.TimeSpan, rows => TimeSpan.FromTicks(Present(rows).Sum(duration => ((TimeSpan)duration!).Ticks)));
            case "make_list":
                return (KustoType.Dynamic, rows => Array(Present(rows), arguments));
            case "make_set":
                return (KustoType.Dynamic, rows => Array(Present(rows).Distinct(KustoComparison.Instance), arguments));
            default:
                throw KustoRefusal.Arguments(function, $"a value of type {value.Type.Name} is not expected.");
        }
    }

    private static string? Empty(KustoType type) => type == KustoType.String ? "" : null;

    private static JsonArray Array(IEnumerable<object?> values, BoundExpression[] arguments)
    {
        int most = arguments.Length > 1 && arguments[1].Constant is long size ? (int)Math.Min(size, int.MaxValue) : 1_048_576;
        return [.. values.Take(most).Select(KustoDynamic.Of)];
    }

    private static object? Best(IEnumerable<object?> values, int sign)
    {
        object? best = null;
        foreach (object? value in values)
        {
            if (best is null || KustoComparison.Compare(value, best) * sign > 0)
                best = value;
        }

        return best;
    }

    private static BoundAggregate Extreme(string? name, CallExpression call, KustoScope scope)
    {
        if (call.Arguments.Count < 1)
            throw KustoRefusal.Arguments(call.Function, "another number of arguments is expected.");

        BoundExpression key = scope.Bind(call.Arguments[0]);
        int sign = call.Function == "arg_max" ? 1 : -1;
        (IReadOnlyList<KustoColumn> columns, IReadOnlyList<BoundExpression> values) = Returned(call.Arguments.Skip(1), scope, key.Name);
        var keyColumn = new KustoColumn(name ?? key.Name ?? (sign > 0 ? "max_" : "min_"), key.Type);
        return new([keyColumn, .. columns], rows =>
        {
            object?[]? best = null;
            foreach (object?[] row in rows)
            {
                if (best is null || KustoComparison.Compare(key.Evaluate(row), key.Evaluate(best)) * sign > 0)
                    best = row;
            }

            return best is null ? new object?[columns.Count + 1] : [key.Evaluate(best), .. values.Select(value => value.Evaluate(best))];
        });
    }

    private static BoundAggregate Any(string? name, CallExpression call, KustoScope scope)
    {
        (IReadOnlyList<KustoColumn> columns, IReadOnlyList<BoundExpression> values) = Returned(call.Arguments, scope, null);
        IReadOnlyList<KustoColumn> named = name is not null && columns.Count == 1 ? [columns[0] with { Name = name }] : columns;
        return new(named, rows => rows.Count == 0 ? new object?[columns.Count] : [.. values.Select(value => value.Evaluate(rows[0]))]);
    }

    private static (IReadOnlyList<KustoColumn> Columns, IReadOnlyList<BoundExpression> Values) Returned(
        IEnumerable<KustoExpression> arguments,
        KustoScope scope,
        string? except
    )
    {
        var columns = new List<KustoColumn>();
        var values = new List<BoundExpression>();
        foreach (KustoExpression argument in arguments)
        {
            if (argument is StarExpression)
            {
                foreach (KustoColumn column in scope.Columns.Where(column => column.Name != except))
                {
                    columns.Add(column);
                    values.Add(scope.Column(column.Name)!);
                }

                continue;
            }

            BoundExpression bound = scope.Bind(argument);
            columns.Add(new(bound.Name ?? $"Column{columns.Count + 1}", bound.Type));
            values.Add(bound);
        }

        return (columns, values);
    }
}
