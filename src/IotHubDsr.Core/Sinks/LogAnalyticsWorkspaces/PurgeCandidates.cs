using System.Globalization;
using System.Runtime.InteropServices;
using IotHubDsr.Core.Findings;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>
/// What a reading just now showed of the subjects, value by value: a purge takes all rows of a table that have a value, so that of each value
/// it has to be known whose all its rows are. Values can be very many, and long: they are spooled, and given back one after the other.
/// </summary>
/// <param name="subjects">How many subjects there are.</param>
internal sealed class PurgeCandidates(int subjects) : IDisposable
{
    private const char Between = '\0';

    private readonly FindingsSpool _rows = new(subjects);
    private readonly Dictionary<(string Path, int Subject), long> _shares = [];
    private readonly object _gate = new();

    /// <summary>How many rows each subject has in each item.</summary>
    public IReadOnlyDictionary<(string Path, int Subject), long> Shares => _shares;

    /// <summary>Adds a row.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="key">By what it is purged.</param>
    /// <param name="batch">The devices that were asked for together: a row can be in the answers to several such questions.</param>
    /// <param name="rows">The row, once for each subject.</param>
    public void Add(string table, LogPurgeKey key, int batch, IReadOnlyList<FoundRow> rows)
    {
        // Names of tables and columns have no such character; values can have any.
        string value = string.Join(Between, table, key.Column, key.Value);
        string row = string.Join(Between, key.ResourceColumn, batch.ToString(CultureInfo.InvariantCulture), rows[0].Path, key.Resource);
        FoundShare[] shares = [.. rows.OrderBy(static one => one.Subject).Select(static one => new FoundShare(one.Subject, 1, 0))];
        lock (_gate)
        {
            _rows.Add(new FoundItem(value, row), shares);
            foreach (FoundRow one in rows)
                CollectionsMarshal.GetValueRefOrAddDefault(_shares, (one.Path, one.Subject), out _)++;
        }
    }

    /// <summary>The values, in the order of their tables and columns; nothing is added any more.</summary>
    public IEnumerable<PurgeValue> All()
    {
        string? path = null;
        PurgeValue? value = null;
        foreach ((FoundItem item, IReadOnlyList<(int Subject, long Records)> shares) in _rows.InOrder())
        {
            string[] row = item.ETag!.Split(Between, count: 4);
            if (value is null || item.Path != path)
            {
                if (value is not null)
                    yield return value;
                path = item.Path;
                string[] parts = path.Split(Between, count: 3);
                value = new PurgeValue(parts[0], parts[1], parts[2], row[0]);
            }

            value.Add(int.Parse(row[1], CultureInfo.InvariantCulture), row[3], row[2], shares);
        }

        if (value is not null)
            yield return value;
    }

    public void Dispose() => _rows.Dispose();
}

/// <summary>A value of a column, and what was found of the rows that have it.</summary>
/// <param name="table">The table.</param>
/// <param name="column">The column.</param>
/// <param name="value">The value.</param>
/// <param name="resourceColumn">The column that tells the resource of the first of them.</param>
internal sealed class PurgeValue(string table, string column, string value, string resourceColumn)
{
    private readonly Dictionary<(int Batch, string Resource), long> _counts = [];
    private readonly Dictionary<(string Path, int Subject), long> _records = [];

    public string Table => table;

    public string Column => column;

    public string Value => value;

    public string ResourceColumn => resourceColumn;

    /// <summary>By what orders know it again.</summary>
    public string Covered => CoveredBy(table, column, value);

    /// <summary>The resources that its rows are about.</summary>
    public IEnumerable<string> Resources => _counts.Keys.Select(static one => one.Resource).Distinct(StringComparer.Ordinal);

    /// <summary>The rows of each subject, by the item that they count in.</summary>
    public IEnumerable<(string Path, int Subject, long Records)> Records =>
        _records.Select(static one => (one.Key.Path, one.Key.Subject, one.Value));

    /// <summary>Rows that the subjects have of it: never too many, as one that is in several answers counts once.</summary>
    public long Count => Resources.Sum(CountOf);

    /// <inheritdoc cref="Covered" />
    public static string CoveredBy(string table, string column, string value) => string.Join('\0', table, column, value);

    /// <summary>Those about a resource.</summary>
    public long CountOf(string resource) =>
        _counts.Where(one => one.Key.Resource == resource).Select(static one => one.Value).DefaultIfEmpty().Max();

    /// <summary>Adds a row.</summary>
    /// <param name="batch">The devices that were asked for together.</param>
    /// <param name="resource">The resource that it is about.</param>
    /// <param name="path">The item that it counts in.</param>
    /// <param name="shares">Whose it is.</param>
    public void Add(int batch, string resource, string path, IReadOnlyList<(int Subject, long Records)> shares)
    {
        _counts[(batch, resource)] = _counts.GetValueOrDefault((batch, resource)) + 1;
        foreach ((int subject, long records) in shares)
            _records[(path, subject)] = _records.GetValueOrDefault((path, subject)) + records;
    }
}
