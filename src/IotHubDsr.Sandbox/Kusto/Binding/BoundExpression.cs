using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Binding;

/// <summary>An expression that can be evaluated for a row.</summary>
internal sealed record BoundExpression(KustoType Type, Func<object?[], object?> Evaluate)
{
    private static readonly object?[] s_noRow = [];

    /// <summary>The name that a column of it gets when it was given none.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it is the same for every row.</summary>
    public bool IsConstant { get; init; }

    public object? Constant => Evaluate(s_noRow);

    public static BoundExpression Of(object? value, KustoType type)
    {
        object? held = value is null && type == KustoType.String ? "" : value;
        return new(type, _ => held) { IsConstant = true };
    }

    public string Text(object?[] row) => KustoText.Of(Evaluate(row));

    /// <summary>The value converted; one that is of the type already is taken as it is.</summary>
    public BoundExpression To(KustoType type) =>
        type == Type ? this : this with { Type = type, Evaluate = row => KustoConversions.To(Evaluate(row), type) };
}
