using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Binding;

/// <summary>Arithmetic with numbers, times and durations.</summary>
internal static class KustoArithmetic
{
    public static BoundExpression Negate(BoundExpression operand) =>
        operand.Type.IsNumber || operand.Type == KustoType.TimeSpan
            ? operand with
            {
                Name = null,
                Evaluate = row =>
                    operand.Evaluate(row) switch
                    {
                        long number => -number,
                        double number => -number,
                        decimal number => -number,
                        TimeSpan duration => -duration,
                        _ => null,
                    },
            }
            : throw Impossible("-", operand, operand);

    public static BoundExpression Bind(string symbol, BoundExpression left, BoundExpression right)
    {
        (KustoType type, Func<object, object, object?> compute) = Operation(symbol, left, right);
        return new(type, row => left.Evaluate(row) is { } first && right.Evaluate(row) is { } second ? compute(first, second) : null)
        {
            IsConstant = left.IsConstant && right.IsConstant,
        };
    }

    private static (KustoType Type, Func<object, object, object?> Compute) Operation(
        string symbol,
        BoundExpression left,
        BoundExpression right
    ) =>
        (symbol, left.Type, right.Type) switch
        {
            (_, KustoType.Int or KustoType.Long, KustoType.Int or KustoType.Long) => (KustoType.Long, (first, second) =>
                Whole(symbol, (long)first, (long)second)
            ),
            (_, var first, var second) when first.IsNumber && second.IsNumber => (KustoType.Real, (one, other) =>
                Real(symbol, KustoConversions.ToReal(one)!.Value, KustoConversions.ToReal(other)!.Value)
            ),
            ("-", KustoType.DateTime, KustoType.DateTime) => (KustoType.TimeSpan, (first, second) => (DateTime)first - (DateTime)second),
            ("-", KustoType.DateTime, KustoType.TimeSpan) => (KustoType.DateTime, (time, by) => Shift((DateTime)time, -(TimeSpan)by)),
            ("+", KustoType.DateTime, KustoType.TimeSpan) => (KustoType.DateTime, (time, by) => Shift((DateTime)time, (TimeSpan)by)),
            ("+", KustoType.TimeSpan, KustoType.DateTime) => (KustoType.DateTime, (by, time) => Shift((DateTime)time, (TimeSpan)by)),
            ("+", KustoType.TimeSpan, KustoType.TimeSpan) => (KustoType.TimeSpan, (first, second) => (TimeSpan)first + (TimeSpan)second),
            ("-", KustoType.TimeSpan, KustoType.TimeSpan) => (KustoType.TimeSpan, (first, second) => (TimeSpan)first - (TimeSpan)second),
            ("/", KustoType.TimeSpan, KustoType.TimeSpan) => (KustoType.Real, (first, second) =>
                Real(symbol, ((TimeSpan)first).Ticks, ((TimeSpan)second).Ticks)
            ),
            ("*", KustoType.TimeSpan, var number) when number.IsNumber => (KustoType.TimeSpan, (duration, by) =>
                (TimeSpan)duration * KustoConversions.ToReal(by)!.Value
            ),
            ("*", var number, KustoType.TimeSpan) when number.IsNumber => (KustoType.TimeSpan, (by, duration) =>
                (TimeSpan)duration * KustoConversions.ToReal(by)!.Value
            ),
            _ => throw Impossible(symbol, left, right),
        };

    private static object? Whole(string symbol, long left, long right) =>
        symbol switch
        {
            "+" => unchecked(left + right),
            "-" => unchecked(left - right),
            "*" => unchecked(left * right),
            _ when right is 0 or -1 => right == 0 ? null
            : symbol == "/" ? unchecked(-left)
            : 0L,
            "/" => left / right,
            _ => left % right,
        };

    private static double Real(string symbol, double left, double right) =>
        symbol switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => left / right,
            _ => left % right,
        };

    private static DateTime? Shift(DateTime time, TimeSpan by) =>
        time.Ticks + by.Ticks is var ticks && ticks >= 0 && ticks <= DateTime.MaxValue.Ticks ? new DateTime(ticks, DateTimeKind.Utc) : null;

    private static KustoRefusal Impossible(string symbol, BoundExpression left, BoundExpression right) =>
        KustoRefusal.Semantic(
            $"Arithmetic expression cannot be carried-out between types {left.Type.Name} and {right.Type.Name} by '{symbol}'"
        );
}
