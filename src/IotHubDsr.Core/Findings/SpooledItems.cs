using System.Collections;

namespace IotHubDsr.Core.Findings;

/// <summary>
/// The items of one subject in one location, where there are many: each pass over them reads them anew. They can be read as long as
/// somebody has them.
/// </summary>
internal sealed class SpooledItems(FindingsFile file, int subject) : IList<SeenItem>, IReadOnlyList<SeenItem>
{
    private string? _digest;

    public FindingsFile File => file;

    public int Subject => subject;

    public int Count => file.CountOf(subject);

    public bool IsReadOnly => true;

    /// <summary>See <see cref="ItemsDigest"/>.</summary>
    public string Digest => _digest ??= ItemsDigest.OfOrdered(this);

    public SeenItem this[int index]
    {
        get => index >= 0 && index < Count ? file.Read(subject).ElementAt(index) : throw new ArgumentOutOfRangeException(nameof(index));
        set => throw new NotSupportedException();
    }

    /// <summary>The items of a finding, if they are spooled.</summary>
    public static SpooledItems? Of(IReadOnlyList<SeenItem> items) =>
        items as SpooledItems ?? (items as TextList<SeenItem>)?.Inner as SpooledItems;

    /// <summary>The item with a path; null when there is none.</summary>
    public SeenItem? Find(string path)
    {
        foreach ((FoundItem item, FoundShare[] shares) in file.Find(path))
        {
            int at = Array.FindIndex(shares, share => share.Subject == subject);
            if (at >= 0)
                return shares[at].Of(item);
        }

        return null;
    }

    public IEnumerator<SeenItem> GetEnumerator() => file.Read(subject).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Contains(SeenItem item) => Find(item.Path) == item;

    public int IndexOf(SeenItem item)
    {
        int index = 0;
        foreach (SeenItem one in this)
        {
            if (one == item)
                return index;
            index++;
        }

        return -1;
    }

    public void CopyTo(SeenItem[] array, int arrayIndex)
    {
        foreach (SeenItem item in this)
            array[arrayIndex++] = item;
    }

    public void Add(SeenItem item) => throw new NotSupportedException();

    public void Clear() => throw new NotSupportedException();

    public void Insert(int index, SeenItem item) => throw new NotSupportedException();

    public bool Remove(SeenItem item) => throw new NotSupportedException();

    public void RemoveAt(int index) => throw new NotSupportedException();
}
