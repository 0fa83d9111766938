using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;
using IotHubDsr.Sandbox.Logs.Erasure;
using IotHubDsr.Sandbox.Logs.Tables;

namespace IotHubDsr.Sandbox.Logs;

/// <summary>A workspace of Log Analytics: tables, and the operations that take rows out of them.</summary>
internal sealed class LogWorkspace(string name, string resourceId, string customerId, TimeProvider clock)
{
    private readonly Dictionary<string, LogTable> _tables = new(StringComparer.Ordinal);
    private long _rowNumber;

    public Lock Gate { get; } = new();

    public string Name => name;

    public string ResourceId => resourceId;

    /// <summary>The workspace ID by which queries name it.</summary>
    public string CustomerId => customerId;

    public LogWorkspaceOptions Options { get; set; } = new();

    public LogErasures Erasures { get; } = new(clock);

    public IReadOnlyList<LogExport> Exports { get; set; } = [];

    public IEnumerable<LogTable> Tables => _tables.Values;

    /// <summary>A workspace that nothing was ever sent to answers queries with nothing at all.</summary>
    public bool HasEverHeld => _tables.Values.Any(table => table.HasEverHeld);

    public LogTable? Table(string table) => _tables.GetValueOrDefault(table);

    /// <summary>Also in place of a table of that name.</summary>
    public LogTable Set(LogTable table) => _tables[table.Name] = table;

    public bool Remove(string table) => _tables.Remove(table);

    /// <summary>Adds a row, seen when it has come in.</summary>
    public void Add(string table, JsonObject values, DateTimeOffset generated, DateTimeOffset? received = null)
    {
        lock (Gate)
        {
            LogTable into = Table(table) ?? throw new ArgumentException($"There is no table '{table}'.");
            DateTimeOffset seen = received ?? generated + Options.IngestionDelay;
            // Azure Monitor does not believe times that are far from the time of receipt.
            DateTimeOffset time = generated < seen.AddDays(-2) && received is null || generated > seen.AddDays(1) ? seen : generated;
            var row = new Dictionary<string, object?>(StringComparer.Ordinal) { ["TenantId"] = customerId };
            JsonObject? overflow = null;
            foreach ((string column, JsonNode? value) in values)
            {
                if (column == LogTable.TimeGenerated)
                    continue;

                if ((into.Column(column) ?? Added(into, column)) is { } known)
                    row[column] = LogTable.Read(value, known.Type);
                else
                    (overflow ??= [])[column] = value?.DeepClone();
            }

            if (overflow is not null)
            {
                JsonObject more = (JsonObject?)row.GetValueOrDefault(LogSchemas.AdditionalFields) ?? [];
                foreach ((string column, JsonNode? value) in overflow)
                    more[column] = value?.DeepClone();

                row[LogSchemas.AdditionalFields] = more;
            }

            into.Add(new(Id(), time, seen, row));
        }
    }

    /// <summary>A column of a service, with its type at the end of its name, as long as there is room for it.</summary>
    private KustoColumn? Added(LogTable table, string column)
    {
        if (table.Name != LogSchemas.AzureDiagnostics)
            throw new ArgumentException($"The table '{table.Name}' has no column '{column}'.");

        if (table.Columns.Count >= Options.MostColumns)
            return null;

        KustoType type = column switch
        {
            [.., '_', 'd'] => KustoType.Real,
            [.., '_', 'b'] => KustoType.Bool,
            [.., '_', 't'] => KustoType.DateTime,
            [.., '_', 'g'] => KustoType.String,
            _ => KustoType.String,
        };
        var added = new KustoColumn(column, type);
        table.AddColumn(added);
        return added;
    }

    private string Id() => $"{customerId[..8]}-0000-4000-8000-{++_rowNumber:x12}";
}
