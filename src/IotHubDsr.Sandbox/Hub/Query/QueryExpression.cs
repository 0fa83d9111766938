using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Hub.Query;

/// <summary>
/// A condition on a twin. It is true, false or, where a property does not exist, neither: such a twin is not in the result of
/// the condition, and not in that of its negation.
/// </summary>
internal abstract record QueryExpression
{
    public abstract bool? Evaluate(JsonObject twin);
}

internal sealed record Both(QueryExpression Left, QueryExpression Right) : QueryExpression
{
    public override bool? Evaluate(JsonObject twin) => Left.Evaluate(twin) & Right.Evaluate(twin);
}

internal sealed record Either(QueryExpression Left, QueryExpression Right) : QueryExpression
{
    public override bool? Evaluate(JsonObject twin) => Left.Evaluate(twin) | Right.Evaluate(twin);
}

internal sealed record Negation(QueryExpression Inner) : QueryExpression
{
    public override bool? Evaluate(JsonObject twin) => !Inner.Evaluate(twin);
}

internal sealed record OneOf(PropertyPath Path, IReadOnlyList<QueryValue> Values) : QueryExpression
{
    public override bool? Evaluate(JsonObject twin) =>
        Path.TryRead(twin, out JsonNode? actual) ? Values.Any(value => value.CompareTo(actual) == 0) : null;
}

internal sealed record Comparison(PropertyPath Path, string Operator, QueryValue Value) : QueryExpression
{
    public override bool? Evaluate(JsonObject twin)
    {
        if (!Path.TryRead(twin, out JsonNode? actual))
            return null;

        // Values of different types are unequal, and not ordered.
        int? order = -Value.CompareTo(actual);
        return Operator switch
        {
            "=" => order == 0,
            "!=" or "<>" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }
}

/// <summary>A literal: text, a number, a truth value or null.</summary>
internal sealed record QueryValue(object? Literal)
{
    /// <summary>0 when equal, and null (which no comparison accepts but !=) when the types differ.</summary>
    public int? CompareTo(JsonNode? actual) =>
        (Literal, actual?.GetValueKind() ?? JsonValueKind.Null) switch
        {
            (string text, JsonValueKind.String) => Math.Sign(string.CompareOrdinal(text, actual!.GetValue<string>())),
            (double number, JsonValueKind.Number) => number.CompareTo(double.Parse(actual!.ToJsonString(), CultureInfo.InvariantCulture)),
            (bool truth, JsonValueKind.True or JsonValueKind.False) => truth.CompareTo(actual!.GetValueKind() == JsonValueKind.True),
            (null, JsonValueKind.Null) => 0,
            _ => null,
        };
}
