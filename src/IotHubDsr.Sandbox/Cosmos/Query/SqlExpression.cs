using System.Text.Json;

namespace IotHubDsr.Sandbox.Cosmos.Query;

/// <summary>A part of a query that has a value for each document; an element without a kind is undefined.</summary>
internal abstract record SqlExpression
{
    public abstract JsonElement Of(JsonElement document);

    public bool Holds(JsonElement document) => Of(document).ValueKind == JsonValueKind.True;
}

internal sealed record SqlLiteral(JsonElement Value) : SqlExpression
{
    public override JsonElement Of(JsonElement document) => Value;
}

/// <summary>The document itself.</summary>
internal sealed record SqlRoot : SqlExpression
{
    public override JsonElement Of(JsonElement document) => document;
}

internal sealed record SqlProperty(SqlExpression Owner, string Name) : SqlExpression
{
    public override JsonElement Of(JsonElement document) =>
        Owner.Of(document) is { ValueKind: JsonValueKind.Object } owner && owner.TryGetProperty(Name, out JsonElement value)
            ? value
            : default;
}

internal sealed record SqlItem(SqlExpression Owner, int Index) : SqlExpression
{
    public override JsonElement Of(JsonElement document) =>
        Owner.Of(document) is { ValueKind: JsonValueKind.Array } owner && Index < owner.GetArrayLength() ? owner[Index] : default;
}

/// <summary>A list in square brackets. What is undefined is left out of it.</summary>
internal sealed record SqlArray(IReadOnlyList<SqlExpression> Items) : SqlExpression
{
    public override JsonElement Of(JsonElement document)
    {
        IEnumerable<JsonElement> items = Items.Select(item => item.Of(document)).Where(SqlValues.IsDefined);
        return SqlValues.Parse($"[{string.Join(',', items.Select(item => item.GetRawText()))}]");
    }
}

internal sealed record SqlNot(SqlExpression Operand) : SqlExpression
{
    public override JsonElement Of(JsonElement document) => SqlValues.Of(!SqlValues.Truth(Operand.Of(document)));
}

/// <summary>AND and OR with three values: what is undefined decides only where the other side does not.</summary>
internal sealed record SqlLogic(SqlExpression Left, SqlExpression Right, bool IsAnd) : SqlExpression
{
    public override JsonElement Of(JsonElement document)
    {
        bool? left = SqlValues.Truth(Left.Of(document));
        if (left == !IsAnd)
            return SqlValues.Of(left);

        bool? right = SqlValues.Truth(Right.Of(document));
        return SqlValues.Of(
            right == !IsAnd ? right
            : left is null ? null
            : right
        );
    }
}

internal sealed record SqlComparison(SqlExpression Left, string Operator, SqlExpression Right) : SqlExpression
{
    public override JsonElement Of(JsonElement document)
    {
        JsonElement left = Left.Of(document);
        JsonElement right = Right.Of(document);
        if (Operator is "=" or "!=" or "<>")
            return SqlValues.Of(SqlValues.AreEqual(left, right) is { } equal ? equal == (Operator == "=") : null);

        return SqlValues.Compare(left, right) is not { } order
            ? default
            : SqlValues.Of(
                Operator switch
                {
                    "<" => order < 0,
                    ">" => order > 0,
                    "<=" => order <= 0,
                    _ => order >= 0,
                }
            );
    }
}

internal sealed record SqlIn(SqlExpression Operand, IReadOnlyList<SqlExpression> Values) : SqlExpression
{
    public override JsonElement Of(JsonElement document)
    {
        JsonElement operand = Operand.Of(document);
        return SqlValues.IsDefined(operand)
            ? SqlValues.Of(Values.Any(value => SqlValues.AreEqual(operand, value.Of(document)) == true))
            : default;
    }
}
