using System.Text.Json;

namespace IotHubDsr.Core.Azure.DataExplorer;

/// <summary>The rows that a query or a command gives. They are valid until it is disposed of.</summary>
internal sealed class ExplorerRows : IDisposable
{
    private readonly JsonDocument _answer;
    private readonly JsonElement _rows;
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);

    private ExplorerRows(JsonDocument answer, JsonElement rows, IReadOnlyList<string> columns)
    {
        _answer = answer;
        _rows = rows;
        Columns = columns;
        for (int index = 0; index < columns.Count; index++)
            _indexes.TryAdd(columns[index], index);
    }

    public IReadOnlyList<string> Columns { get; }

    public int Count => _rows.GetArrayLength();

    public IEnumerable<ExplorerRow> Rows => _rows.EnumerateArray().Select(cells => new ExplorerRow(this, cells));

    /// <summary>The result among the frames of a query; null when they are not those of a whole result.</summary>
    public static ExplorerRows? OfFrames(JsonDocument answer)
    {
        if (answer.RootElement.ValueKind is not JsonValueKind.Array)
            return null;
        JsonElement? primary = null;
        bool isComplete = false;
        foreach (JsonElement frame in answer.RootElement.EnumerateArray())
        {
            if (Is(frame, "FrameType", "DataSetCompletion"))
                isComplete = IsFalse(frame, "HasErrors") && IsFalse(frame, "Cancelled");
            else if (primary is null && Is(frame, "TableKind", "PrimaryResult"))
                primary = frame;
        }

        return isComplete && primary is { } found ? Read(answer, found) : null;
    }

    /// <summary>The table of a command; null when it is not a whole one.</summary>
    public static ExplorerRows? OfTable(JsonDocument answer) =>
        answer.RootElement.ValueKind is JsonValueKind.Object
        && !answer.RootElement.TryGetProperty("Exceptions", out _)
        && answer.RootElement.TryGetProperty("Tables", out JsonElement tables)
        && tables is { ValueKind: JsonValueKind.Array }
        && tables.GetArrayLength() > 0
            ? Read(answer, tables[0])
            : null;

    /// <summary>What an answer says of its failure; null when it says nothing. Rows are not looked into: they are about devices.</summary>
    public static JsonElement? FailureOf(JsonDocument answer)
    {
        if (answer.RootElement.ValueKind is JsonValueKind.Object)
            return answer.RootElement.TryGetProperty("Exceptions", out JsonElement told) ? told : null;
        if (answer.RootElement.ValueKind is not JsonValueKind.Array)
            return null;
        foreach (JsonElement frame in answer.RootElement.EnumerateArray())
        {
            if (Is(frame, "FrameType", "DataSetCompletion") && frame.TryGetProperty("OneApiErrors", out JsonElement errors))
                return errors;
        }

        return null;
    }

    public int? IndexOf(string column) => _indexes.TryGetValue(column, out int index) ? index : null;

    public void Dispose() => _answer.Dispose();

    private static ExplorerRows? Read(JsonDocument answer, JsonElement table)
    {
        if (
            table.ValueKind is not JsonValueKind.Object
            || !table.TryGetProperty(nameof(Columns), out JsonElement columns)
            || columns.ValueKind is not JsonValueKind.Array
            || !table.TryGetProperty(nameof(Rows), out JsonElement rows)
            || rows.ValueKind is not JsonValueKind.Array
        )
        {
            return null;
        }

        List<string> names = [];
        foreach (JsonElement column in columns.EnumerateArray())
        {
            if (
                column.ValueKind is not JsonValueKind.Object
                || !column.TryGetProperty("ColumnName", out JsonElement name)
                || name.ValueKind is not JsonValueKind.String
            )
            {
                return null;
            }

            names.Add(name.GetString()!);
        }

        // A failure that stands where a row does makes the whole result worth nothing.
        foreach (JsonElement row in rows.EnumerateArray())
        {
            if (row.ValueKind is not JsonValueKind.Array || row.GetArrayLength() != names.Count)
                return null;
        }

        return new ExplorerRows(answer, rows, names);
    }

    private static bool Is(JsonElement frame, string name, string value) =>
        frame.ValueKind is JsonValueKind.Object
        && frame.TryGetProperty(name, out JsonElement member)
        && member.ValueKind is JsonValueKind.String
        && member.ValueEquals(value);

    private static bool IsFalse(JsonElement frame, string name) =>
        frame.TryGetProperty(name, out JsonElement member) && member.ValueKind is JsonValueKind.False;
}

/// <summary>A row.</summary>
internal readonly struct ExplorerRow(ExplorerRows table, JsonElement cells)
{
    public IReadOnlyList<string> Columns => table.Columns;

    public JsonElement this[int column] => cells[column];

    /// <summary>A cell as a text; null where it is empty, or there is no such column.</summary>
    public string? Text(string column) =>
        table.IndexOf(column) is not { } index ? null
        : cells[index].ValueKind is JsonValueKind.String ? (cells[index].GetString() is { Length: > 0 } text ? text : null)
        : cells[index].ValueKind is JsonValueKind.Null ? null
        : cells[index].GetRawText();

    /// <summary>A number; null where there is none.</summary>
    public long? Number(string column) =>
        table.IndexOf(column) is { } index && cells[index].ValueKind is JsonValueKind.Number && cells[index].TryGetInt64(out long number)
            ? number
            : null;

    /// <summary>A point in time; null where there is none.</summary>
    public DateTimeOffset? Time(string column) =>
        table.IndexOf(column) is { } index
        && cells[index].ValueKind is JsonValueKind.String
        && cells[index].TryGetDateTimeOffset(out DateTimeOffset time)
            ? time.ToUniversalTime()
            : null;
}
