namespace IotHubDsr.Core.Findings;

/// <summary>
/// The items of one finding by their paths, for one reader. Those that are spooled are not held: who asks in the order of the paths goes
/// along with them, and what is asked out of order is looked up.
/// </summary>
internal sealed class ItemsByPath
{
    private readonly SpooledItems? _spooled;
    private readonly Dictionary<string, SeenItem> _held;
    private readonly IEnumerator<SeenItem>? _along;
    private bool _isAlong;

    public ItemsByPath(IReadOnlyList<SeenItem> items)
    {
        _spooled = SpooledItems.Of(items);
        _held = new Dictionary<string, SeenItem>(StringComparer.Ordinal);
        if (_spooled is null)
        {
            foreach (SeenItem item in items)
                _held.TryAdd(item.Path, item);
        }

        _along = _spooled?.GetEnumerator();
        _isAlong = _along?.MoveNext() == true;
        Passed = string.Empty;
    }

    /// <summary>Up to which path the items were gone along with.</summary>
    private string Passed { get; set; }

    /// <summary>The item with a path; null when there is none.</summary>
    public SeenItem? Find(string path)
    {
        if (_spooled is null)
            return _held.GetValueOrDefault(path);
        if (string.CompareOrdinal(path, Passed) < 0)
            return _spooled.Find(path);
        Passed = path;
        while (_isAlong && string.CompareOrdinal(_along!.Current.Path, path) < 0)
            _isAlong = _along.MoveNext();
        return _isAlong && _along!.Current.Path == path ? _along.Current : null;
    }
}
