using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;
using IotHubDsr.Sandbox.Logs.Tables;

namespace IotHubDsr.Sandbox.DataExplorer;

/// <summary>A row with its values by column; a column without a value is not in them.</summary>
internal sealed record ExplorerRow(long Number, IReadOnlyDictionary<string, object?> Values)
{
    /// <summary>When a purge has hidden it from queries.</summary>
    public DateTimeOffset? GoneAt { get; set; }
}

/// <summary>An ingestion mapping of a table: JSON, Avro, CSV and others, with its elements as they were made.</summary>
internal sealed record ExplorerMapping(string Name, string Kind, JsonArray Elements);

/// <summary>A table of a database. Its users hold the gate of the cluster.</summary>
internal sealed class ExplorerTable(string name, IReadOnlyList<KustoColumn> columns)
{
    /// <summary>By which a purge knows the rows that its predicate selects.</summary>
    public const string RowNumber = "$row";

    private readonly List<ExplorerRow> _rows = [];
    private long _number;

    public string Name => name;

    public IReadOnlyList<KustoColumn> Columns => columns;

    public List<ExplorerMapping> Mappings { get; } = [];

    /// <summary>The policy of row-level security as it is shown; the sandbox shows it, and hides no rows by it.</summary>
    public JsonObject? RowSecurity { get; set; }

    /// <summary>What can be seen.</summary>
    public IEnumerable<ExplorerRow> Rows(DateTimeOffset now) => _rows.Where(row => !(row.GoneAt <= now));

    public ExplorerRow Add(JsonObject values)
    {
        var row = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach ((string column, JsonNode? value) in values)
        {
            KustoColumn known = columns.FirstOrDefault(one => one.Name == column)
                ?? throw new ArgumentException($"The table has no column '{column}'.");
            row[column] = LogTable.Read(value, known.Type);
        }

        return Add(row);
    }

    public ExplorerRow Add(IReadOnlyDictionary<string, object?> values)
    {
        var row = new ExplorerRow(_number++, values);
        _rows.Add(row);
        return row;
    }

    public void Clear() => _rows.Clear();

    public static object? ValueOf(ExplorerRow row, KustoColumn column) =>
        row.Values.TryGetValue(column.Name, out object? value) ? value
        : column.Type == KustoType.String ? ""
        : null;

    /// <summary>The table as a query sees it.</summary>
    public KustoTable Snapshot(DateTimeOffset now)
    {
        ExplorerRow[] rows = [.. Rows(now)];
        return new(
            [.. columns, new KustoColumn(RowNumber, KustoType.Long, IsHidden: true)],
            rows.Select(row => (object?[])[.. columns.Select(column => ValueOf(row, column)), row.Number])
        );
    }
}
