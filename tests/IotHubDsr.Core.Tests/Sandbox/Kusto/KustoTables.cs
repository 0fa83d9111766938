using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Core.Tests.Sandbox.Kusto;

/// <summary>Tables that queries are tried on.</summary>
internal sealed class KustoTables : IKustoDatabase
{
    public static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The same tables as the language service is told of them.</summary>
    public static readonly IReadOnlyDictionary<string, string> Schemas = new Dictionary<string, string>
    {
        ["T"] = "(TimeGenerated:datetime, s:string, d:dynamic, n:long, r:real, b:bool)",
        ["U"] = "(TimeGenerated:datetime, s:string, n:real)",
    };

    private static readonly KustoTable s_first = new(
        [
            new("TimeGenerated", KustoType.DateTime),
            new("s", KustoType.String),
            new("d", KustoType.Dynamic),
            new("n", KustoType.Long),
            new("r", KustoType.Real),
            new("b", KustoType.Bool),
            new("_hidden", KustoType.String, IsHidden: true),
        ],
        [
            Row(1, "dev1", """{"a":{"b":"x"},"list":[1,2]}""", 1L, 1.5, true),
            Row(2, "Dev1", """{"a":"2026-03-10T01:02:03Z","id":"007"}""", 2L, 2.5, false),
            Row(3, "dev10", null, null, null, null),
            Row(4, "it's dev1-x", "\"text\"", 4L, -1.0, true),
            Row(5, "", "[]", 5L, 0.0, true),
        ]
    );

    private static readonly KustoTable s_second = new(
        [new("TimeGenerated", KustoType.DateTime), new("s", KustoType.String), new("n", KustoType.Real)],
        [
            [Now.UtcDateTime, "dev1", 0.5],
            [Now.UtcDateTime, "dev1", 1.5],
            [Now.UtcDateTime, "dev2", null],
        ]
    );

    public IEnumerable<string> TableNames => Schemas.Keys;

    public KustoTable? Find(string name) =>
        name switch
        {
            "T" => s_first,
            "U" => s_second,
            _ => null,
        };

    /// <summary>The rows as texts, cells with commas between them.</summary>
    public static IReadOnlyList<string> Run(string query) =>
        [.. KustoEngine.Run(query, new KustoTables(), Now).Rows.Select(row => string.Join(',', row.Select(KustoText.Of)))];

    public static IReadOnlyList<string> ColumnsOf(string query) =>
        [.. KustoEngine.Run(query, new KustoTables(), Now).Columns.Select(column => $"{column.Name}:{column.Type.Name}")];

    public static object? Value(string expression) => KustoEngine.Run($"print {expression}", new KustoTables(), Now).Rows.Single()[0];

    private static object?[] Row(int hoursAgo, string s, string? d, long? n, double? r, bool? b) =>
        [Now.UtcDateTime.AddHours(-hoursAgo), s, d is null ? null : JsonNode.Parse(d), n, r, b, $"hidden{hoursAgo}"];
}
