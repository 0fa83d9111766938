using System.Globalization;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.DataExplorer.Rest;

/// <summary>Answers in the two forms of the service: frames for queries, tables for commands.</summary>
internal static class ExplorerAnswer
{
    /// <summary>The frames of a query. What is cut short says so inside its rows, and in the last frame.</summary>
    public static JsonArray Frames(KustoResult result, ExplorerOptions options, bool isCutShort)
    {
        var rows = new JsonArray();
        JsonObject? failure = null;
        long size = 0;
        List<object?[]> found = [.. result.Rows.Take(options.MostRows + 1)];
        foreach (object?[] row in found.Take(isCutShort ? found.Count / 2 : found.Count))
        {
            size += row.Sum(value => KustoText.Of(value).Length + 2L);
            if (rows.Count == options.MostRows || size > options.MostBytes)
            {
                failure = ExplorerErrors.TooLarge(
                    rows.Count == options.MostRows ? $"{options.MostRows} records" : $"{options.MostBytes} bytes"
                );
                break;
            }

            rows.Add(new JsonArray([.. row.Select(Cell)]));
        }

        if (isCutShort)
            failure = ExplorerErrors.LowMemory;
        if (failure is not null)
            rows.Add(new JsonObject { ["OneApiErrors"] = new JsonArray(new JsonObject { ["error"] = failure.DeepClone() }) });

        var completion = new JsonObject
        {
            ["FrameType"] = "DataSetCompletion",
            ["HasErrors"] = failure is not null,
            ["Cancelled"] = false,
        };
        if (failure is not null)
            completion["OneApiErrors"] = new JsonArray(new JsonObject { ["error"] = failure });

        return
        [
            new JsonObject
            {
                ["FrameType"] = "DataSetHeader",
                ["IsProgressive"] = false,
                ["Version"] = "v2.0",
                ["IsFragmented"] = false,
                ["ErrorReportingPlacement"] = "InData",
            },
            Frame(0, "QueryProperties", "@ExtendedProperties", ["TableId", "Key", "Value"], []),
            new JsonObject
            {
                ["FrameType"] = "DataTable",
                ["TableId"] = 1,
                ["TableKind"] = "PrimaryResult",
                ["TableName"] = "PrimaryResult",
                ["Columns"] = new JsonArray([
                    .. result.Columns.Select(column => new JsonObject { ["ColumnName"] = column.Name, ["ColumnType"] = column.Type.Name }),
                ]),
                ["Rows"] = rows,
            },
            completion,
        ];
    }

    /// <summary>The table of a command.</summary>
    public static JsonObject Table(IReadOnlyList<(string Name, KustoType Type)> columns, IEnumerable<JsonNode?[]> rows) =>
        new()
        {
            ["Tables"] = new JsonArray(
                new JsonObject
                {
                    ["TableName"] = "Table_0",
                    ["Columns"] = new JsonArray([
                        .. columns.Select(column => new JsonObject
                        {
                            ["ColumnName"] = column.Name,
                            ["DataType"] = column.Type.ClrName["System.".Length..],
                            ["ColumnType"] = column.Type.Name,
                        }),
                    ]),
                    ["Rows"] = new JsonArray([.. rows.Select(row => new JsonArray([.. row]))]),
                }
            ),
        };

    private static JsonObject Frame(int id, string kind, string name, string[] columns, JsonArray rows) =>
        new()
        {
            ["FrameType"] = "DataTable",
            ["TableId"] = id,
            ["TableKind"] = kind,
            ["TableName"] = name,
            ["Columns"] = new JsonArray([
                .. columns.Select(column => new JsonObject { ["ColumnName"] = column, ["ColumnType"] = "string" }),
            ]),
            ["Rows"] = rows,
        };

    private static JsonNode? Cell(object? value) =>
        value switch
        {
            null => null,
            bool flag => JsonValue.Create(flag),
            long number => JsonValue.Create(number),
            double number when double.IsFinite(number) => JsonValue.Create(number),
            DateTime time => JsonValue.Create(time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)),
            JsonNode json => json.DeepClone(),
            _ => JsonValue.Create(KustoText.Of(value)),
        };
}
