using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto.Syntax;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Binding;

/// <summary>Gives the names of an expression their meaning and its operators their types.</summary>
internal sealed class KustoBinder(KustoScope scope)
{
    public BoundExpression Bind(KustoExpression expression) =>
        expression switch
        {
            LiteralExpression literal => BoundExpression.Of(literal.Value, literal.Type),
            NameExpression name => Name(name.Name),
            MemberExpression member => Member(Bind(member.Target), member.Name),
            IndexExpression index => Index(Bind(index.Target), Bind(index.Index)),
            CallExpression call => Call(call),
            NegationExpression negation => KustoArithmetic.Negate(Bind(negation.Operand)),
            BinaryExpression { Operator: "and" or "or" } logical => Logical(logical),
            BinaryExpression { Operator: "+" or "-" or "*" or "/" or "%" } sum => KustoArithmetic.Bind(
                sum.Operator,
                Bind(sum.Left),
                Bind(sum.Right)
            ),
            BinaryExpression { Left: StarExpression } any => AnyColumn(any),
            BinaryExpression comparison => KustoPredicates.Bind(comparison.Operator, Bind(comparison.Left), Bind(comparison.Right)),
            ListExpression list => List(list),
            BetweenExpression between => Between(between),
            ColumnSearchExpression => throw KustoRefusal.Semantic("The form 'column:text' is part of a search only."),
            _ => throw KustoRefusal.Semantic("'*' cannot stand here."),
        };

    private BoundExpression Name(string name) =>
        scope.Column(name) ?? scope.Context.Scalar(name) ?? throw KustoRefusal.NoColumn(name, scope.Operator);

    private static BoundExpression Member(BoundExpression target, string name) =>
        target.Type != KustoType.Dynamic
            ? throw KustoRefusal.Semantic($"The path '{name}' can be taken of a dynamic value only, not of one of type {target.Type.Name}.")
            : new(KustoType.Dynamic, row => KustoDynamic.Member((JsonNode?)target.Evaluate(row), name))
            {
                Name = target.Name is null ? name : $"{target.Name}_{name}",
                IsConstant = target.IsConstant,
            };

    private static BoundExpression Index(BoundExpression target, BoundExpression index)
    {
        if (target.Type != KustoType.Dynamic)
            throw KustoRefusal.Semantic($"An index can be taken of a dynamic value only, not of one of type {target.Type.Name}.");

        bool isConstant = target.IsConstant && index.IsConstant;
        if (index.Type == KustoType.String)
        {
            string? name = index.IsConstant && target.Name is not null ? $"{target.Name}_{index.Constant}" : null;
            return new(KustoType.Dynamic, row => KustoDynamic.Member((JsonNode?)target.Evaluate(row), index.Text(row)))
            {
                Name = name,
                IsConstant = isConstant,
            };
        }

        BoundExpression at = index.To(KustoType.Long);
        return new(KustoType.Dynamic, row =>
            at.Evaluate(row) is long number ? KustoDynamic.Element((JsonNode?)target.Evaluate(row), number) : null
        )
        {
            IsConstant = isConstant,
        };
    }

    private BoundExpression Logical(BinaryExpression logical)
    {
        BoundExpression left = scope.BindCondition(logical.Left),
            right = scope.BindCondition(logical.Right);
        bool isConstant = left.IsConstant && right.IsConstant;
        return logical.Operator == "and"
            ? new(KustoType.Bool, row => left.Evaluate(row) is true && right.Evaluate(row) is true) { IsConstant = isConstant }
            : new(KustoType.Bool, row => left.Evaluate(row) is true || right.Evaluate(row) is true) { IsConstant = isConstant };
    }

    private BoundExpression AnyColumn(BinaryExpression any)
    {
        BoundExpression text = Bind(any.Right);
        BoundExpression[] tests =
        [
            .. scope
                .Columns.Where(column => column.Type is KustoType.String or KustoType.Dynamic)
                .Select(column => KustoPredicates.Bind(any.Operator, scope.Column(column.Name)!.To(KustoType.String), text)),
        ];
        return new(KustoType.Bool, row => tests.Any(test => test.Evaluate(row) is true));
    }

    private BoundExpression List(ListExpression list)
    {
        BoundExpression target = Bind(list.Target);
        if (list.Items is [NameExpression named] && scope.Column(named.Name) is null && scope.Context.NamedTable(named.Name) is { } table)
        {
            KustoType type = table.Columns.Count == 1 ? table.Columns[0].Type : throw KustoRefusal.Semantic("One column is expected.");
            IEnumerable<BoundExpression> values = table.Rows.Select(row => BoundExpression.Of(row[0], type));
            return KustoPredicates.BindList(list.Operator, target, [.. values]);
        }

        return KustoPredicates.BindList(list.Operator, target, [.. list.Items.Select(Bind)]);
    }

    private BoundExpression Between(BetweenExpression between)
    {
        BoundExpression target = Bind(between.Target),
            low = Bind(between.Low),
            high = Bind(between.High);
        // A duration as the upper end is counted from the lower one.
        if (low.Type == KustoType.DateTime && high.Type == KustoType.TimeSpan)
            high = KustoArithmetic.Bind("+", low, high);

        BoundExpression above = KustoPredicates.Bind(">=", target, low),
            below = KustoPredicates.Bind("<=", target, high);
        return new(KustoType.Bool, row => (above.Evaluate(row) is true && below.Evaluate(row) is true) != between.IsNegated);
    }

    private BoundExpression Call(CallExpression call)
    {
        if (call.Function is "column_ifexists" or "columnifexists")
            return ColumnIfExists(call);

        if (KustoAggregates.IsAggregate(call.Function))
            throw KustoRefusal.Semantic($"The aggregate function '{call.Function}' is not expected here.");

        BoundExpression[] arguments =
        [
            .. call.Arguments.SelectMany(argument =>
                argument is StarExpression && call.Function == "estimate_data_size"
                    ? scope.Columns.Select(column => scope.Column(column.Name)!)
                    : [Bind(argument)]
            ),
        ];
        return KustoFunctions.Bind(call.Function, arguments, scope.Context);
    }

    private BoundExpression ColumnIfExists(CallExpression call) =>
        call.Arguments is [LiteralExpression { Type: KustoType.String, Value: string name }, var otherwise]
            ? scope.Column(name) ?? Bind(otherwise) with { Name = name }
            : throw KustoRefusal.Arguments(call.Function, "a text literal and a default value are expected.");
}
