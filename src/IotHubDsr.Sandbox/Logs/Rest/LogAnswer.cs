using System.Globalization;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Logs.Rest;

/// <summary>The answer to a query: a table, and an error beside it when it is not the whole one.</summary>
internal static class LogAnswer
{
    /// <summary>The answer with all rows that its limits allow, or with half of them when it is cut short.</summary>
    public static JsonObject Of(KustoResult result, LogWorkspaceOptions options, bool isCutShort)
    {
        var columns = new JsonArray();
        foreach (KustoColumn column in result.Columns)
            columns.Add(new JsonObject { ["name"] = column.Name, ["type"] = column.Type.Name });

        var rows = new JsonArray();
        JsonObject? error = null;
        long size = 0;
        List<object?[]> found = [.. result.Rows.Take(options.MostRows + 1)];
        int most = isCutShort ? found.Count / 2 : found.Count;
        foreach (object?[] row in found.Take(most))
        {
            var cells = new JsonArray([.. row.Select(Cell)]);
            size += row.Sum(value => KustoText.Of(value).Length + 2L);
            if (rows.Count == options.MostRows || size > options.MostBytes)
            {
                error = TooLarge(rows.Count == options.MostRows ? $"{options.MostRows} records" : $"{options.MostBytes} bytes");
                break;
            }

            rows.Add(cells);
        }

        if (isCutShort)
            error = LogErrors.Partial("Query execution lacks memory resources to complete (80DA0007).", "-2133196793");

        var answer = new JsonObject
        {
            ["tables"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "PrimaryResult",
                    ["columns"] = columns,
                    ["rows"] = rows,
                }
            ),
        };
        if (error is not null)
            answer["error"] = error;

        return answer;
    }

    private static JsonObject TooLarge(string limit) =>
        LogErrors.Partial(
            $"The results of this query exceed the set limit of {limit}, so not all records were returned (E_QUERY_RESULT_SET_TOO_LARGE, "
                + "0x80DA0003). See https://aka.ms/kustoquerylimits for more information and possible solutions.",
            "-2133196797"
        );

    /// <summary>Dynamic values are texts with JSON, times have no zeros at their end.</summary>
    private static JsonNode? Cell(object? value) =>
        value switch
        {
            null => null,
            bool flag => JsonValue.Create(flag),
            long number => JsonValue.Create(number),
            double number when double.IsFinite(number) => JsonValue.Create(number),
            DateTime time => JsonValue.Create(time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)),
            JsonNode json => JsonValue.Create(KustoText.Json(json)),
            _ => JsonValue.Create(KustoText.Of(value)),
        };
}
