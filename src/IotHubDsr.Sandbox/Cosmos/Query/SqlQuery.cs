using System.Text.Json;

namespace IotHubDsr.Sandbox.Cosmos.Query;

/// <summary>A value that a query selects, under a name.</summary>
internal sealed record SqlSelected(string Name, SqlExpression Expression);

/// <summary>A query for documents of one container.</summary>
/// <param name="Value">With SELECT VALUE, what is selected.</param>
/// <param name="Selected">With a list, what is selected; empty for whole documents.</param>
/// <param name="Condition">Null without WHERE.</param>
internal sealed record SqlQuery(SqlExpression? Value, IReadOnlyList<SqlSelected> Selected, SqlExpression? Condition)
{
    public bool Matches(JsonElement document) => Condition?.Holds(document) ?? true;

    /// <summary>Writes what is selected of a document; nothing when that is undefined.</summary>
    public bool Write(Utf8JsonWriter writer, JsonElement document)
    {
        if (Value is not null)
        {
            JsonElement value = Value.Of(document);
            if (!SqlValues.IsDefined(value))
                return false;

            value.WriteTo(writer);
            return true;
        }

        if (Selected.Count == 0)
        {
            document.WriteTo(writer);
            return true;
        }

        writer.WriteStartObject();
        foreach (SqlSelected selected in Selected)
        {
            JsonElement value = selected.Expression.Of(document);
            if (!SqlValues.IsDefined(value))
                continue;

            writer.WritePropertyName(selected.Name);
            value.WriteTo(writer);
        }

        writer.WriteEndObject();
        return true;
    }
}
