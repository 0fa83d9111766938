namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>
/// What a reading just now showed of the subjects, value by value: a purge takes all rows of a table that have a value, so that of each value
/// it has to be known whose all its rows are.
/// </summary>
internal sealed class PurgeCandidates
{
    private readonly Dictionary<(string Table, string Column), Dictionary<string, PurgeValue>> _values = [];
    private readonly object _gate = new();

    /// <summary>Adds a row.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="key">By what it is purged.</param>
    /// <param name="batch">The devices that were asked for together: a row can be in the answers to several such questions.</param>
    /// <param name="rows">The row, once for each subject.</param>
    public void Add(string table, LogPurgeKey key, int batch, IReadOnlyList<FoundRow> rows)
    {
        lock (_gate)
        {
            if (!_values.TryGetValue((table, key.Column), out Dictionary<string, PurgeValue>? values))
                _values.Add((table, key.Column), values = new Dictionary<string, PurgeValue>(StringComparer.Ordinal));
            if (!values.TryGetValue(key.Value, out PurgeValue? value))
                values.Add(key.Value, value = new PurgeValue(key.Value, key.ResourceColumn));
            value.Add(key, batch, rows);
        }
    }

    /// <summary>Tables and columns, with their values.</summary>
    public IEnumerable<(string Table, string Column, IReadOnlyList<PurgeValue> Values)> All() =>
        _values
            .OrderBy(static one => one.Key.Table, StringComparer.Ordinal)
            .ThenBy(static one => one.Key.Column, StringComparer.Ordinal)
            .Select(static one =>
                (
                    one.Key.Table,
                    one.Key.Column,
                    (IReadOnlyList<PurgeValue>)[.. one.Value.Values.OrderBy(value => value.Value, StringComparer.Ordinal)]
                )
            );
}

/// <summary>A value of a column, and what was found of the rows that have it.</summary>
/// <param name="value">The value.</param>
/// <param name="resourceColumn">The column that tells the resource of the first of them.</param>
internal sealed class PurgeValue(string value, string resourceColumn)
{
    private readonly Dictionary<(int Batch, string Resource), long> _counts = [];
    private readonly Dictionary<(string Path, int Subject), long> _records = [];

    public string Value => value;

    public string ResourceColumn => resourceColumn;

    /// <summary>The resources that its rows are about.</summary>
    public IEnumerable<string> Resources => _counts.Keys.Select(static one => one.Resource).Distinct(StringComparer.Ordinal);

    /// <summary>The rows of each subject, by the item that they count in.</summary>
    public IEnumerable<(string Path, int Subject, long Records)> Records =>
        _records.Select(static one => (one.Key.Path, one.Key.Subject, one.Value));

    /// <summary>Rows that the subjects have of it: never too many, as one that is in several answers counts once.</summary>
    public long Count => Resources.Sum(CountOf);

    /// <summary>Those about a resource.</summary>
    public long CountOf(string resource) =>
        _counts.Where(one => one.Key.Resource == resource).Select(static one => one.Value).DefaultIfEmpty().Max();

    public void Add(LogPurgeKey key, int batch, IReadOnlyList<FoundRow> rows)
    {
        _counts[(batch, key.Resource)] = _counts.GetValueOrDefault((batch, key.Resource)) + 1;
        foreach (FoundRow row in rows)
            _records[(row.Path, row.Subject)] = _records.GetValueOrDefault((row.Path, row.Subject)) + 1;
    }
}
