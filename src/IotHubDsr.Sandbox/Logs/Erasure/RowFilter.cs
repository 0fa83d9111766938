using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;
using IotHubDsr.Sandbox.Logs.Tables;

namespace IotHubDsr.Sandbox.Logs.Erasure;

/// <summary>A filter that is not one, with what is wrong with it.</summary>
internal sealed class FilterException(string text) : Exception(text);

/// <summary>The filters of a purge or a deletion, of which a row must pass all.</summary>
internal static class RowFilter
{
    /// <summary>Compares as a query does: only <c>=~</c> and <c>in~</c> do not mind the case.</summary>
    public static Func<LogRow, bool> Read(JsonArray filters, LogTable table)
    {
        if (filters.Count == 0)
            throw new FilterException("At least one filter is required.");

        Func<LogRow, bool>[] tests =
        [
            .. filters.Select(filter => Test(filter as JsonObject ?? throw new FilterException("A filter is an object."), table)),
        ];
        return row => tests.All(test => test(row));
    }

    private static Func<LogRow, bool> Test(JsonObject filter, LogTable table)
    {
        string name = Text(filter, "column") ?? throw new FilterException("A filter needs a column.");
        string symbol = Text(filter, "operator") ?? throw new FilterException("A filter needs an operator.");
        KustoColumn column = table.Column(name) ?? throw new FilterException($"The table '{table.Name}' has no column '{name}'.");
        string? key = Text(filter, "key");
        if (key is not null && column.Type != KustoType.Dynamic)
            throw new FilterException($"The column '{name}' is not dynamic: it has no keys.");

        if (key is null && column.Type == KustoType.Dynamic)
            throw new FilterException($"The column '{name}' is dynamic: a key is required.");

        KustoType type = key is null ? column.Type : KustoType.String;
        Func<LogRow, object?> read = key is null
            ? row => table.ValueOf(row, column)
            : row => KustoText.Of(KustoDynamic.Member((JsonNode?)table.ValueOf(row, column), key));
        Func<object?, bool> matches = Matches(symbol, filter["value"], type);
        return row => matches(read(row));
    }

    private static string? Text(JsonObject filter, string name) =>
        filter[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static Func<object?, bool> Matches(string symbol, JsonNode? value, KustoType type)
    {
        if (symbol is "in" or "in~" or "between")
        {
            object?[] values = value is JsonArray array
                ? [.. array.Select(item => Value(item, type))]
                : throw new FilterException($"The operator '{symbol}' needs an array.");
            if (symbol == "in")
                return held => values.Any(one => KustoComparison.AreEqual(held, one));

            if (symbol == "in~")
                return held => values.Any(one => KustoText.Of(one).Equals(KustoText.Of(held), StringComparison.OrdinalIgnoreCase));

            if (values.Length != 2)
                throw new FilterException("The operator 'between' needs an array of two.");

            return held => KustoComparison.Compare(held, values[0]) >= 0 && KustoComparison.Compare(held, values[1]) <= 0;
        }

        object? single = Value(value, type);
        return symbol switch
        {
            "==" => held => KustoComparison.AreEqual(held, single),
            "=~" => held => KustoText.Of(held).Equals(KustoText.Of(single), StringComparison.OrdinalIgnoreCase),
            ">" => held => KustoComparison.Compare(held, single) > 0,
            ">=" => held => KustoComparison.Compare(held, single) >= 0,
            "<" => held => KustoComparison.Compare(held, single) < 0,
            "<=" => held => KustoComparison.Compare(held, single) <= 0,
            _ => throw new FilterException($"The operator '{symbol}' is not supported."),
        };
    }

    private static object Value(JsonNode? value, KustoType type) =>
        value is JsonValue scalar && KustoDynamic.To(scalar, type) is { } read
            ? read
            : throw new FilterException($"A value of type {type.Name} is expected.");
}
