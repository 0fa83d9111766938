using System.Globalization;
using IotHubDsr.Core.Findings;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>Some traces that devices of a batch had a part in.</summary>
/// <param name="Batch">The devices that were asked for together.</param>
/// <param name="Subjects">Of each trace, the numbers of the subjects in the batch.</param>
internal sealed record TraceChunk(int Batch, IReadOnlyDictionary<string, IReadOnlyCollection<int>> Subjects)
{
    public IEnumerable<string> Traces => Subjects.Keys;

    public IReadOnlyCollection<int> SubjectsOf(string? trace) =>
        trace is not null && Subjects.TryGetValue(trace, out IReadOnlyCollection<int>? subjects) ? subjects : [];
}

/// <summary>
/// The traces of the rows that name devices: there can be as many as rows, so they are spooled, and given back some at a time.
/// </summary>
/// <param name="subjects">How many subjects there are.</param>
internal sealed class RowTraces(int subjects) : IDisposable
{
    private const char Between = '\0';

    private readonly FindingsSpool _rows = new(subjects);
    private readonly object _gate = new();

    /// <summary>Adds the trace of a row.</summary>
    /// <param name="batch">The devices that were asked for together.</param>
    /// <param name="trace">The trace.</param>
    /// <param name="some">The numbers of the subjects in the batch.</param>
    public void Add(int batch, string trace, IEnumerable<int> some)
    {
        FoundShare[] shares = [.. some.Distinct().Order().Select(static subject => new FoundShare(subject, 1, 0))];
        lock (_gate)
            _rows.Add(new FoundItem(string.Create(CultureInfo.InvariantCulture, $"{batch:D8}{Between}{trace}"), ETag: null), shares);
    }

    /// <summary>All of them, each once, those of a batch together; nothing is added any more.</summary>
    /// <param name="most">How many are given at once.</param>
    public IEnumerable<TraceChunk> InChunks(int most)
    {
        Dictionary<string, IReadOnlyCollection<int>> chunk = new(StringComparer.Ordinal);
        string? last = null;
        foreach ((FoundItem item, IReadOnlyList<(int Subject, long Records)> shares) in _rows.InOrder())
        {
            bool isFull = item.Path != last && (chunk.Count == most || (last is not null && BatchOf(last) != BatchOf(item.Path)));
            if (isFull)
            {
                yield return new TraceChunk(BatchOf(last!), chunk);
                chunk = new Dictionary<string, IReadOnlyCollection<int>>(StringComparer.Ordinal);
            }

            last = item.Path;
            string trace = item.Path[(item.Path.IndexOf(Between, StringComparison.Ordinal) + 1)..];
            if (!chunk.TryGetValue(trace, out IReadOnlyCollection<int>? own))
                chunk.Add(trace, own = new SortedSet<int>());
            ((SortedSet<int>)own).UnionWith(shares.Select(static share => share.Subject));
        }

        if (last is not null)
            yield return new TraceChunk(BatchOf(last), chunk);
    }

    public void Dispose() => _rows.Dispose();

    private static int BatchOf(string path) =>
        int.Parse(path.AsSpan(0, path.IndexOf(Between, StringComparison.Ordinal)), CultureInfo.InvariantCulture);
}
