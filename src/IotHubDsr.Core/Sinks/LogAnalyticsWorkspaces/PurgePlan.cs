using System.Runtime.CompilerServices;
using System.Text;
using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>One order to purge.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">The column.</param>
/// <param name="Values">Its values.</param>
/// <param name="Resource">
/// The column and the resource that rows must be about as well; <see cref="Any"/> where their values are nobody else's.
/// </param>
internal sealed record PurgeOrder(string Table, string Column, IReadOnlyList<PurgeValue> Values, (string Column, string Resource) Resource)
{
    /// <summary>Whatever they are about.</summary>
    public static readonly (string Column, string Resource) Any = (string.Empty, string.Empty);

    public IReadOnlyList<PurgeFilter> Filters =>
        Resource == Any
            ? [new PurgeFilter(Column, [.. Values.Select(static value => value.Value)])]
            :
            [
                new PurgeFilter(Column, [.. Values.Select(static value => value.Value)]),
                new PurgeFilter(Resource.Column, [Resource.Resource]),
            ];
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

    /// <summary>However short values are, the line of the journal that keeps their hashes is not too long.</summary>
    private const int MostValues = 50_000;

    /// <summary>Orders by which exactly what was found goes, each as soon as it is full.</summary>
    /// <param name="values">Values of which all that was found may go, in the order of their tables and columns.</param>
    /// <param name="leave">Is told of values that are left alone.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<PurgeOrder> OrdersAsync(
        IEnumerable<PurgeValue> values,
        Action<PurgeValue> leave,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        Dictionary<(string Column, string Resource), Chunk> open = [];
        (string Table, string Column) place = (string.Empty, string.Empty);
        foreach (List<PurgeValue> some in ToAsk(values))
        {
            if ((some[0].Table, some[0].Column) != place)
            {
                foreach (PurgeOrder full in Close(open, place))
                    yield return full;
                place = (some[0].Table, some[0].Column);
            }

            ILookup<string, (string Resource, long Rows)> there = await CountAsync(some, cancellationToken);
            foreach (PurgeValue value in some)
            {
                if (!TryTell(value, [.. there[value.Value]], out (string Column, string Resource) resource))
                {
                    leave(value);
                    continue;
                }

                if (!open.TryGetValue(resource, out Chunk? chunk))
                    open.Add(resource, chunk = new Chunk());
                if (!chunk.Fits(value, MostBytesOfOrder, MostValues))
                    yield return new PurgeOrder(place.Table, place.Column, chunk.Take(), resource);
                chunk.Add(value);
            }
        }

        foreach (PurgeOrder last in Close(open, place))
            yield return last;
    }

    /// <summary>False where rows of others cannot be told from those that were found.</summary>
    /// <param name="value">The value.</param>
    /// <param name="rows">All rows that have it, by resource.</param>
    /// <param name="resource">What a row must be about as well; empty where all rows go.</param>
    private static bool TryTell(PurgeValue value, (string Resource, long Rows)[] rows, out (string Column, string Resource) resource)
    {
        resource = PurgeOrder.Any;
        if (rows.Length > 0 && Array.TrueForAll(rows, one => one.Rows <= value.CountOf(one.Resource)))
            return true;
        if (
            value.Resources.ToArray() is not [{ Length: > 0 } only]
            || rows.Where(one => one.Resource == only).Sum(static one => one.Rows) > value.CountOf(only)
        )
        {
            return false;
        }

        resource = (value.ResourceColumn, only);
        return true;
    }

    private static List<PurgeOrder> Close(Dictionary<(string Column, string Resource), Chunk> open, (string Table, string Column) place)
    {
        List<PurgeOrder> orders =
        [
            .. open.Where(static one => one.Value.Count > 0)
                .Select(one => new PurgeOrder(place.Table, place.Column, one.Value.Take(), one.Key)),
        ];
        open.Clear();
        return orders;
    }

    /// <summary>Values that one question can be about: of one column, with one column that tells the resource.</summary>
    private static IEnumerable<List<PurgeValue>> ToAsk(IEnumerable<PurgeValue> values)
    {
        Dictionary<string, Chunk> open = new(StringComparer.Ordinal);
        (string Table, string Column) place = (string.Empty, string.Empty);
        foreach (PurgeValue value in values)
        {
            if ((value.Table, value.Column) != place)
            {
                foreach (Chunk chunk in open.Values.Where(static chunk => chunk.Count > 0))
                    yield return chunk.Take();
                open.Clear();
                place = (value.Table, value.Column);
            }

            if (!open.TryGetValue(value.ResourceColumn, out Chunk? own))
                open.Add(value.ResourceColumn, own = new Chunk());
            if (!own.Fits(value, MostBytesOfQuery, MostValues))
                yield return own.Take();
            own.Add(value);
        }

        foreach (Chunk chunk in open.Values.Where(static chunk => chunk.Count > 0))
            yield return chunk.Take();
    }

    private async Task<ILookup<string, (string Resource, long Rows)>> CountAsync(
        List<PurgeValue> values,
        CancellationToken cancellationToken
    )
    {
        PurgeValue first = values[0];
        string query = LogQueries.CountValues(first.Table, first.Column, first.ResourceColumn, values.Select(static value => value.Value));
        using LogTable answer = await workspace.Queries.QueryAsync(query, isSearch: false, cancellationToken);
        return answer
            .Rows.Select(static row => (Value: row.Text("Value") ?? "", Resource: row.Text("Resource") ?? "", Rows: row.Number("Rows")))
            .ToLookup(static row => row.Value, static row => (row.Resource, row.Rows), StringComparer.Ordinal);
    }

    /// <summary>Values that go together, as many as there is room for.</summary>
    private sealed class Chunk
    {
        private List<PurgeValue> _values = [];
        private int _bytes;

        public int Count => _values.Count;

        public bool Fits(PurgeValue value, int mostBytes, int mostValues) =>
            Count == 0 || (_bytes + SizeOf(value) <= mostBytes && Count < mostValues);

        public void Add(PurgeValue value)
        {
            _values.Add(value);
            _bytes += SizeOf(value);
        }

        /// <summary>Empties it.</summary>
        public List<PurgeValue> Take()
        {
            List<PurgeValue> values = _values;
            (_values, _bytes) = ([], 0);
            return values;
        }

        // Escapes can double what stands between the quotes.
        private static int SizeOf(PurgeValue value) => (2 * Encoding.UTF8.GetByteCount(value.Value)) + 4;
    }
}
