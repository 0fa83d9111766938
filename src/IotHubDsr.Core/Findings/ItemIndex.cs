using System.Collections.Concurrent;

namespace IotHubDsr.Core.Findings;

/// <summary>
/// The items of several findings in one location by their paths. Those that are spooled are looked up in their file, so that an index takes
/// no room for them.
/// </summary>
internal sealed class ItemIndex
{
    private const int MostRemembered = 256;
    private static readonly IReadOnlyList<(int Finding, SeenItem Item)> Nothing = [];

    private readonly Dictionary<FindingsFile, Dictionary<int, int>> _files = [];
    private readonly Dictionary<string, List<(int Finding, SeenItem Item)>> _held = new(StringComparer.Ordinal);

    // Whoever asks about a path asks for several subjects in it.
    private readonly ConcurrentDictionary<string, Lazy<Dictionary<int, long>>> _remembered = new(StringComparer.Ordinal);

    /// <param name="findings">One for each subject.</param>
    public ItemIndex(IReadOnlyList<DeviceDataFinding> findings)
    {
        for (int index = 0; index < findings.Count; index++)
        {
            if (SpooledItems.Of(findings[index].Items) is { } spooled)
            {
                if (!_files.TryGetValue(spooled.File, out Dictionary<int, int>? subjects))
                    _files[spooled.File] = subjects = [];
                subjects[spooled.Subject] = index;
                continue;
            }

            foreach (SeenItem item in findings[index].Items)
            {
                if (!_held.TryGetValue(item.Path, out List<(int, SeenItem)>? known))
                    _held[item.Path] = known = [];
                known.Add((index, item));
            }
        }
    }

    /// <summary>The items with a path, each with the number of its finding.</summary>
    public IReadOnlyList<(int Finding, SeenItem Item)> Of(string path) =>
        _files.Count > 0 ? Find(path)
        : _held.TryGetValue(path, out List<(int, SeenItem)>? held) ? held
        : Nothing;

    /// <summary>The records that a finding shows under a path that is not that of an old copy; 0 for none.</summary>
    public long RecordsOf(string path, int finding)
    {
        if (_remembered.Count > MostRemembered)
            _remembered.Clear();
        return _remembered
            .GetOrAdd(path, key => new Lazy<Dictionary<int, long>>(() =>
                Of(key)
                    .Where(one => !one.Item.IsOldCopy)
                    .GroupBy(one => one.Finding)
                    .ToDictionary(one => one.Key, one => one.Sum(item => item.Item.Records))
            ))
            .Value.GetValueOrDefault(finding);
    }

    /// <summary>Each path once, with its items; in the order of the paths as far as they are spooled.</summary>
    public IEnumerable<IReadOnlyList<(int Finding, SeenItem Item)>> All()
    {
        if (_files.Count == 0)
        {
            foreach (List<(int, SeenItem)> held in _held.Values)
                yield return held;
            yield break;
        }

        // Where findings are of several readings, a path can be in more than one of them.
        FindingsFile[] files = [.. _files.Keys];
        for (int number = 0; number < files.Length; number++)
        {
            List<(int Finding, SeenItem Item)> group = [];
            foreach ((FoundItem item, FoundShare[] shares) in files[number].Entries())
            {
                if (group.Count > 0 && group[0].Item.Path != item.Path)
                {
                    if (!IsIn(files[..number], group[0].Item.Path))
                        yield return Whole(group);
                    group = [];
                }

                group.AddRange(Known(_files[files[number]], item, shares));
            }

            if (group.Count > 0 && !IsIn(files[..number], group[0].Item.Path))
                yield return Whole(group);
        }

        foreach ((string path, List<(int, SeenItem)> held) in _held)
        {
            if (!IsIn(files, path))
                yield return held;
        }

        IReadOnlyList<(int Finding, SeenItem Item)> Whole(List<(int Finding, SeenItem Item)> group) =>
            files.Length == 1 && _held.Count == 0 ? group : Find(group[0].Item.Path);
    }

    private bool IsIn(FindingsFile[] files, string path) =>
        files.Any(file => file.Find(path).Any(entry => Known(_files[file], entry.Item, entry.Shares).Any()));

    private List<(int Finding, SeenItem Item)> Find(string path)
    {
        List<(int Finding, SeenItem Item)> found = [.. _held.GetValueOrDefault(path) ?? []];
        foreach ((FindingsFile file, Dictionary<int, int> subjects) in _files)
        {
            foreach ((FoundItem item, FoundShare[] shares) in file.Find(path))
                found.AddRange(Known(subjects, item, shares));
        }

        return found;
    }

    private static IEnumerable<(int Finding, SeenItem Item)> Known(Dictionary<int, int> subjects, FoundItem item, FoundShare[] shares)
    {
        foreach (FoundShare share in shares)
        {
            if (subjects.TryGetValue(share.Subject, out int finding))
                yield return (finding, share.Of(item));
        }
    }
}
