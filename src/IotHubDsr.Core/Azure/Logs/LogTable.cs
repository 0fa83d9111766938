using System.Text.Json;
using System.Text.RegularExpressions;

namespace IotHubDsr.Core.Azure.Logs;

/// <summary>The result of a query. Its rows are valid until it is disposed of.</summary>
internal sealed class LogTable : IDisposable
{
    private readonly JsonDocument _answer;
    private readonly JsonElement _rows;
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);

    private LogTable(JsonDocument answer, JsonElement rows, IReadOnlyList<LogColumn> columns)
    {
        _answer = answer;
        _rows = rows;
        Columns = columns;
        for (int index = 0; index < columns.Count; index++)
            _indexes.TryAdd(columns[index].Name, index);
    }

    public IReadOnlyList<LogColumn> Columns { get; }

    public int Count => _rows.GetArrayLength();

    public IEnumerable<LogRow> Rows => _rows.EnumerateArray().Select(cells => new LogRow(this, cells));

    /// <summary>The table of an answer, which then belongs to it; null when the answer is not of the form of one.</summary>
    public static LogTable? Read(JsonDocument answer)
    {
        if (
            answer.RootElement.ValueKind is not JsonValueKind.Object
            || !answer.RootElement.TryGetProperty("tables", out JsonElement tables)
            || tables.ValueKind is not JsonValueKind.Array
        )
        {
            return null;
        }

        JsonElement? primary = null;
        foreach (JsonElement table in tables.EnumerateArray())
        {
            if (
                table.ValueKind is JsonValueKind.Object
                && table.TryGetProperty("name", out JsonElement name)
                && name.ValueKind is JsonValueKind.String
                && name.ValueEquals("PrimaryResult"u8)
            )
            {
                primary = table;
                break;
            }
        }

        return primary is { } found ? Read(answer, found) : null;
    }

    public int? IndexOf(string column) => _indexes.TryGetValue(column, out int index) ? index : null;

    public void Dispose() => _answer.Dispose();

    private static LogTable? Read(JsonDocument answer, JsonElement table)
    {
        if (
            !table.TryGetProperty("columns", out JsonElement columns)
            || columns.ValueKind is not JsonValueKind.Array
            || !table.TryGetProperty("rows", out JsonElement rows)
            || rows.ValueKind is not JsonValueKind.Array
        )
        {
            return null;
        }

        var read = new List<LogColumn>();
        foreach (JsonElement column in columns.EnumerateArray())
        {
            if (
                column.ValueKind is not JsonValueKind.Object
                || !column.TryGetProperty("name", out JsonElement name)
                || name.ValueKind is not JsonValueKind.String
            )
            {
                return null;
            }

            string type =
                column.TryGetProperty("type", out JsonElement told) && told.ValueKind is JsonValueKind.String
                    ? told.GetString()!
                    : string.Empty;
            read.Add(new LogColumn(name.GetString()!, type));
        }

        // A row of another length, or a failure that stands where a row does, is no row.
        foreach (JsonElement row in rows.EnumerateArray())
        {
            if (row.ValueKind is not JsonValueKind.Array || row.GetArrayLength() != read.Count)
                return null;
        }

        return new LogTable(answer, rows, read);
    }
}

/// <summary>A column of a result.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type: <c>string</c>, <c>datetime</c>, <c>dynamic</c>.</param>
internal sealed record LogColumn(string Name, string Type)
{
    public bool IsText => Type.Equals("string", StringComparison.OrdinalIgnoreCase);
}

/// <summary>A row of a result.</summary>
internal readonly partial struct LogRow(LogTable table, JsonElement cells)
{
    public IReadOnlyList<LogColumn> Columns => table.Columns;

    public JsonElement this[int column] => cells[column];

    /// <summary>A cell as a text; null where it is empty, or there is no such column.</summary>
    public string? Text(string column) => table.IndexOf(column) is { } index ? TextOf(cells[index]) : null;

    /// <inheritdoc cref="Text(string)" />
    public string? Text(int column) => TextOf(cells[column]);

    /// <summary>A number; 0 where there is none.</summary>
    public long Number(string column) =>
        table.IndexOf(column) is { } index && cells[index].ValueKind is JsonValueKind.Number && cells[index].TryGetInt64(out long number)
            ? number
            : 0;

    /// <summary>A point in time; null where there is none.</summary>
    public DateTimeOffset? Time(string column) =>
        table.IndexOf(column) is { } index
        && cells[index].ValueKind is JsonValueKind.String
        && cells[index].TryGetDateTimeOffset(out DateTimeOffset time)
            ? time.ToUniversalTime()
            : null;

    /// <summary>JSON whose texts can be read: half of a character, which no text can have, becomes the sign for one that is lost.</summary>
    public static string WithoutHalves(string json) => Surrogate().Replace(json, @"\ufffd");

    private static string? TextOf(JsonElement cell) =>
        cell.ValueKind switch
        {
            JsonValueKind.String => StringOf(cell) is { Length: > 0 } text ? text : null,
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            _ => cell.GetRawText(),
        };

    private static string? StringOf(JsonElement cell)
    {
        try
        {
            return cell.GetString();
        }
        catch (InvalidOperationException)
        {
            return JsonSerializer.Deserialize<string>(WithoutHalves(cell.GetRawText()));
        }
    }

    [GeneratedRegex(@"\\u[dD][89a-fA-F][0-9a-fA-F]{2}", RegexOptions.CultureInvariant)]
    private static partial Regex Surrogate();
}
