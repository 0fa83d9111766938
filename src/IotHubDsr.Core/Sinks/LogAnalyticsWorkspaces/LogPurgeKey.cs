using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>
/// By what a row is purged: a purge compares whole values, and neither looks into them nor knows rows. It takes a column that certainly names
/// the device, the ID itself before any text with it in it, so that no other device's rows have the same value.
/// </summary>
/// <param name="Column">The column.</param>
/// <param name="Value">Its value in the row.</param>
/// <param name="ResourceColumn">The column that tells the resource.</param>
/// <param name="Resource">The resource; empty when the row does not tell.</param>
internal readonly record struct LogPurgeKey(string Column, string Value, string ResourceColumn, string Resource)
{
    /// <summary>Null where no column of text certainly names the device: dynamic columns cannot be compared as a whole.</summary>
    public static LogPurgeKey? Of(string table, LogRow row, IEnumerable<string> deviceIds)
    {
        string[] ids = [.. deviceIds];
        if (!LogTables.IsOfHub(table))
            return ids is [var only] ? OfDeviceColumn(row, only) : null;
        string[] columns = [.. LogTables.PurgeColumns.Where(name => IsComparable(row, name) && row.Text(name) is not null)];
        string? column = Array.Find(columns, name => Array.TrueForAll(ids, id => row.Text(name) == id))
            ?? Array.Find(columns, name => Array.TrueForAll(ids, NestedIds.In(row.Text(name)!).Contains));

        // A row that names its device where one is expected is not purged by a text that has the ID elsewhere: other rows may have it, too.
        if (column is null && !Array.Exists(ids, id => IsNamedAsDevice(row, id)))
            column = Array.Find(columns, name => IsIn(row.Text(name)!, ids));
        return column is null ? null : Of(row, column, row.Text(column)!);
    }

    private static bool IsNamedAsDevice(LogRow row, string deviceId) =>
        LogTables.TextColumns.Any(name => row.Text(name) is { } text && (text == deviceId || NestedIds.In(text).Contains(deviceId)));

    private static bool IsIn(string text, string[] deviceIds)
    {
        var texts = DocumentTexts.OfText(text);
        return Array.TrueForAll(deviceIds, id => texts.MentionOf(id, StringComparison.Ordinal) is IdMention.Certain);
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
        && row.Columns.Any(known => known.IsText && known.Name == column)
        // What was lost of a text cannot be compared.
        && row.Text(column)?.Contains('\ufffd', StringComparison.Ordinal) != true;
}
