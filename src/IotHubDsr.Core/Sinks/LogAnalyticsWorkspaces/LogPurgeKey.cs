using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>
/// By what a row is purged: a purge compares whole values, and neither looks into them nor knows rows. It takes the column that names the
/// device, so that no other device's rows have the same value.
/// </summary>
/// <param name="Column">The column.</param>
/// <param name="Value">Its value in the row.</param>
/// <param name="ResourceColumn">The column that tells the resource.</param>
/// <param name="Resource">The resource; empty when the row does not tell.</param>
internal readonly record struct LogPurgeKey(string Column, string Value, string ResourceColumn, string Resource)
{
    /// <summary>Null where no column of text names the device: dynamic columns cannot be compared as a whole.</summary>
    public static LogPurgeKey? Of(string table, LogRow row, IEnumerable<string> deviceIds)
    {
        string[] ids = [.. deviceIds];
        IEnumerable<string> columns = LogTables.IsOfHub(table)
            ? LogTables.PurgeColumns
            : LogTables.PurgeColumns.Concat(row.Columns.Select(static column => column.Name)).Distinct();
        string? escaped = null;
        foreach (string column in columns)
        {
            if (!IsComparable(row, column) || row.Text(column) is not { } value)
                continue;
            if (Array.TrueForAll(ids, id => value.Contains(id, StringComparison.OrdinalIgnoreCase)))
                return Of(row, column, value);
            if (LogTables.PurgeColumns.Contains(column) && value.Contains(@"\u", StringComparison.Ordinal))
                escaped ??= column;
        }

        return escaped is not null ? Of(row, escaped, row.Text(escaped)!) : null;
    }

    /// <summary>As a row of a trace is purged: by the trace, which is one device's.</summary>
    public static LogPurgeKey? OfTrace(LogRow row)
    {
        foreach (string column in LogTables.TraceColumns)
        {
            if (IsComparable(row, column) && row.Text(column) is { } value)
                return Of(row, column, value);
        }

        return null;
    }

    private static LogPurgeKey Of(LogRow row, string column, string value)
    {
        (string resourceColumn, string resource) = LogQueries.ResourceOf(row);
        return new LogPurgeKey(column, value, resourceColumn, resource);
    }

    private static bool IsComparable(LogRow row, string column) =>
        !column.StartsWith('$')
        && !LogQueries.ResourceColumns.Contains(column)
        && row.Columns.Any(known => known.IsText && known.Name == column);
}
