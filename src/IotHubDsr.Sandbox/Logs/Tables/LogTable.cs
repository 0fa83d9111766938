using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Logs.Tables;

/// <summary>A table of a workspace. Its users hold the gate of the workspace.</summary>
internal sealed class LogTable(string name, IEnumerable<KustoColumn> columns, TimeProvider clock)
{
    public const string TimeGenerated = "TimeGenerated";
    private const string ItemId = "_ItemId";
    private const string ResourceId = "_ResourceId";
    private const string TimeReceived = "_TimeReceived";
    private const string BilledSize = "_BilledSize";

    // Answers have them only when a query projects them.
    private static readonly KustoColumn[] s_hidden =
    [
        new(ResourceId, KustoType.String, IsHidden: true),
        new(ItemId, KustoType.String, IsHidden: true),
        new(TimeReceived, KustoType.DateTime, IsHidden: true),
        new(BilledSize, KustoType.Real, IsHidden: true),
    ];

    private readonly List<KustoColumn> _columns = [.. columns, .. s_hidden];
    private readonly List<LogRow> _rows = [];

    public string Name => name;

    public LogTablePlan Plan { get; init; }

    public int RetentionInDays { get; set; } = 30;

    public int TotalRetentionInDays { get; set; } = 30;

    /// <summary>What made the table, when that was a search job: its query and the table that it has read.</summary>
    public (string Query, string SourceTable)? Search { get; init; }

    /// <summary>Of a table that was restored from long-term retention: the table it is from, and the times.</summary>
    public (string SourceTable, DateTimeOffset Start, DateTimeOffset End)? Restored { get; init; }

    public IReadOnlyList<KustoColumn> Columns => _columns;

    /// <summary>What can be seen at the moment, oldest first.</summary>
    public IEnumerable<LogRow> Rows
    {
        get
        {
            DateTimeOffset now = clock.GetUtcNow();
            DateTimeOffset oldest = now.AddDays(-RetentionInDays);
            return _rows.Where(row => row.Received <= now && !(row.GoneAt <= now) && row.Generated >= oldest);
        }
    }

    public bool HasEverHeld => _rows.Count > 0;

    public KustoColumn? Column(string column) => _columns.Find(known => known.Name == column);

    public void AddColumn(KustoColumn column) => _columns.Insert(_columns.Count - s_hidden.Length, column);

    public void Add(LogRow row) => _rows.Add(row);

    public void Clear() => _rows.Clear();

    public object? ValueOf(LogRow row, KustoColumn column) =>
        column.Name switch
        {
            TimeGenerated => row.Generated.UtcDateTime,
            ItemId => row.Id,
            TimeReceived => row.Received.UtcDateTime,
            BilledSize => row.BilledSize,
            "Type" => name,
            _ => row.Values.TryGetValue(column.Name, out object? value) ? value
            : column.Type == KustoType.String ? ""
            : null,
        };

    /// <summary>The table as a query sees it, with the rows of a time range only.</summary>
    public KustoTable Snapshot(DateTimeOffset from, DateTimeOffset to)
    {
        KustoColumn[] seen = [.. _columns];
        LogRow[] rows = [.. Rows.Where(row => row.Generated >= from && row.Generated < to)];
        return new(seen, rows.Select(row => System.Array.ConvertAll(seen, column => ValueOf(row, column))));
    }

    /// <summary>A value of JSON as the column's type has it.</summary>
    public static object? Read(JsonNode? value, KustoType type) =>
        type == KustoType.Dynamic ? value?.DeepClone() : KustoDynamic.To(value, type);
}
