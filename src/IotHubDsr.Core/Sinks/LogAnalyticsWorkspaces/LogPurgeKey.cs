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
        if (!LogTables.IsOfHub(table))
            return ids is [var only] ? OfDeviceColumn(row, only) : null;
        IEnumerable<string> columns = LogTables.PurgeColumns;
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

    /// <summary>
    /// In a table of an application only a column that is called after devices, and is the ID as a whole, is known to have no other
    /// device's rows with it: an ID can be a part of any text, or the value of a column that all rows share.
    /// </summary>
    private static LogPurgeKey? OfDeviceColumn(LogRow row, string deviceId)
    {
        foreach (LogColumn column in row.Columns)
        {
            if (
                column.Name.Contains("device", StringComparison.OrdinalIgnoreCase)
                && IsComparable(row, column.Name)
                && row.Text(column.Name) == deviceId
            )
            {
                return Of(row, column.Name, deviceId);
            }
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
