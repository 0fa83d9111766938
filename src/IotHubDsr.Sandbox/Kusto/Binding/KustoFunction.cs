using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Binding;

/// <summary>A scalar function of values.</summary>
internal sealed record KustoFunction(int Least, int Most, KustoType Type, Func<object?[], object?> Compute)
{
    /// <summary>The type of its first argument; a dynamic is taken for any.</summary>
    public KustoType? Takes { get; init; }

    /// <summary>Whether a column that it makes is called like the column that it is made from.</summary>
    public bool KeepsName { get; init; }

    /// <summary>Whether such a column has the name of the function before that of the column.</summary>
    public bool AddsName { get; init; }

    public BoundExpression Bind(string name, BoundExpression[] arguments)
    {
        if (arguments.Length < Least || arguments.Length > Most)
            throw KustoRefusal.Arguments(name, "another number of arguments is expected.");

        if (Takes is { } taken && arguments[0].Type != taken && arguments[0].Type != KustoType.Dynamic)
            throw KustoRefusal.Arguments(name, $"argument #1 is expected to be of type {taken.Name}, not {arguments[0].Type.Name}.");

        BoundExpression[] converted = Takes is { } type ? [arguments[0].To(type), .. arguments[1..]] : arguments;
        return new(Type, row => Compute([.. converted.Select(argument => argument.Evaluate(row))]))
        {
            Name =
                KeepsName ? arguments[0].Name
                : AddsName && arguments[0].Name is { } column ? $"{name}_{column}"
                : null,
            IsConstant = arguments.All(argument => argument.IsConstant),
        };
    }
}
