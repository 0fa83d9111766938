using System.Diagnostics.CodeAnalysis;

namespace IotHubDsr.Sandbox.Storage.Blobs;

/// <summary>The entries of a container by name, in the order of a listing, which can begin anywhere.</summary>
internal sealed class SortedBlobs
{
    private readonly List<BlobEntry> _sorted = [];
    private readonly Dictionary<string, BlobEntry> _byName = new(StringComparer.Ordinal);

    public int Count => _sorted.Count;

    public bool TryGet(string name, [NotNullWhen(true)] out BlobEntry? entry) => _byName.TryGetValue(name, out entry);

    public BlobEntry GetOrAdd(string name, Func<string, BlobEntry> create)
    {
        if (!_byName.TryGetValue(name, out BlobEntry? entry))
        {
            entry = create(name);
            _byName.Add(name, entry);
            _sorted.Insert(IndexOf(name), entry);
        }

        return entry;
    }

    public void Remove(string name)
    {
        if (_byName.Remove(name))
            _sorted.RemoveAt(IndexOf(name));
    }

    /// <summary>All entries whose name is not before the given one.</summary>
    public IEnumerable<BlobEntry> From(string name)
    {
        for (int i = IndexOf(name); i < _sorted.Count; i++)
            yield return _sorted[i];
    }

    private int IndexOf(string name)
    {
        int low = 0;
        int high = _sorted.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (string.CompareOrdinal(_sorted[middle].Name, name) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
