using System.Text;
using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>One order to purge.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">The column.</param>
/// <param name="Values">Its values.</param>
/// <param name="Resource">The column and the resource that rows must be about as well; null where their values are nobody else's.</param>
internal sealed record PurgeOrder(string Table, string Column, IReadOnlyList<PurgeValue> Values, (string Column, string Resource)? Resource)
{
    public IReadOnlyList<PurgeFilter> Filters =>
        Resource is { } resource
            ?
            [
                new PurgeFilter(Column, [.. Values.Select(static value => value.Value)]),
                new PurgeFilter(resource.Column, [resource.Resource]),
            ]
            : [new PurgeFilter(Column, [.. Values.Select(static value => value.Value)])];
}

/// <summary>
/// Makes orders of what was found. The service is asked how many rows of the whole table have each value: where there are others than those
/// found, such as another hub's device of the same ID, the resource has to match too; where that does not tell them apart either, the value
/// is left alone.
/// </summary>
internal sealed class PurgePlan(LogWorkspace workspace)
{
    /// <summary>Nobody says how large an order may be; Azure Resource Manager takes no more than 4 MB.</summary>
    private const int MostBytesOfOrder = 2 * 1024 * 1024;

    private const int MostBytesOfQuery = 256 * 1024;

    /// <summary>Orders by which exactly what was found goes.</summary>
    /// <param name="table">The table.</param>
    /// <param name="column">The column.</param>
    /// <param name="values">Its values, of which all that was found may go.</param>
    /// <param name="leave">Is told of values that are left alone.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<PurgeOrder>> OrdersAsync(
        string table,
        string column,
        IReadOnlyList<PurgeValue> values,
        Action<PurgeValue> leave,
        CancellationToken cancellationToken
    )
    {
        List<PurgeValue> alone = [];
        Dictionary<(string Column, string Resource), List<PurgeValue>> shared = [];
        foreach (List<PurgeValue> some in Chunk(values, MostBytesOfQuery))
        {
            foreach (IGrouping<string, PurgeValue> group in some.GroupBy(static value => value.ResourceColumn, StringComparer.Ordinal))
            {
                ILookup<string, (string Resource, long Rows)> there = await CountAsync(
                    table,
                    column,
                    group.Key,
                    [.. group],
                    cancellationToken
                );
                foreach (PurgeValue value in group)
                    Sort(value, [.. there[value.Value]]);
            }
        }

        return
        [
            .. Chunk(alone, MostBytesOfOrder).Select(some => new PurgeOrder(table, column, some, Resource: null)),
            .. shared.SelectMany(one => Chunk(one.Value, MostBytesOfOrder), (one, some) => new PurgeOrder(table, column, some, one.Key)),
        ];

        void Sort(PurgeValue value, (string Resource, long Rows)[] rows)
        {
            if (rows.Sum(static one => one.Rows) <= value.Count)
            {
                alone.Add(value);
            }
            else if (
                value.Resources.ToArray() is [{ Length: > 0 } resource]
                && rows.Where(one => one.Resource == resource).Sum(static one => one.Rows) <= value.CountOf(resource)
            )
            {
                if (!shared.TryGetValue((value.ResourceColumn, resource), out List<PurgeValue>? known))
                    shared[(value.ResourceColumn, resource)] = known = [];
                known.Add(value);
            }
            else
            {
                leave(value);
            }
        }
    }

    private async Task<ILookup<string, (string Resource, long Rows)>> CountAsync(
        string table,
        string column,
        string resourceColumn,
        IReadOnlyList<PurgeValue> values,
        CancellationToken cancellationToken
    )
    {
        string query = LogQueries.CountValues(table, column, resourceColumn, values.Select(static value => value.Value));
        using LogTable answer = await workspace.Queries.QueryAsync(query, isSearch: false, cancellationToken);
        return answer
            .Rows.Select(static row => (Value: row.Text("Value") ?? "", Resource: row.Text("Resource") ?? "", Rows: row.Number("Rows")))
            .ToLookup(static row => row.Value, static row => (row.Resource, row.Rows), StringComparer.Ordinal);
    }

    private static IEnumerable<List<PurgeValue>> Chunk(IReadOnlyList<PurgeValue> values, int mostBytes)
    {
        List<PurgeValue> chunk = [];
        int bytes = 0;
        foreach (PurgeValue value in values)
        {
            // Escapes can double what stands between the quotes.
            int size = (2 * Encoding.UTF8.GetByteCount(value.Value)) + 4;
            if (chunk.Count > 0 && bytes + size > mostBytes)
            {
                yield return chunk;
                chunk = [];
                bytes = 0;
            }

            chunk.Add(value);
            bytes += size;
        }

        if (chunk.Count > 0)
            yield return chunk;
    }
}
