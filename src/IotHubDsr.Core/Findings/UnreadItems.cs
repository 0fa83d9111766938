using System.Collections;

namespace IotHubDsr.Core.Findings;

/// <summary>Items of which a plan tells the number and the digest, and which stand in a file beside it that was not read.</summary>
internal sealed class UnreadItems(int count, string digest) : IList<SeenItem>, IReadOnlyList<SeenItem>
{
    public int Count => count;

    public string Digest => digest;

    public bool IsReadOnly => true;

    public SeenItem this[int index]
    {
        get => throw Missing();
        set => throw Missing();
    }

    /// <summary>The items of a finding, if they were not read.</summary>
    public static UnreadItems? Of(IReadOnlyList<SeenItem> items) =>
        items as UnreadItems ?? (items as TextList<SeenItem>)?.Inner as UnreadItems;

    public IEnumerator<SeenItem> GetEnumerator() => throw Missing();

    IEnumerator IEnumerable.GetEnumerator() => throw Missing();

    public bool Contains(SeenItem item) => throw Missing();

    public int IndexOf(SeenItem item) => throw Missing();

    public void CopyTo(SeenItem[] array, int arrayIndex) => throw Missing();

    public void Add(SeenItem item) => throw Missing();

    public void Clear() => throw Missing();

    public void Insert(int index, SeenItem item) => throw Missing();

    public bool Remove(SeenItem item) => throw Missing();

    public void RemoveAt(int index) => throw Missing();

    private static DsrException Missing() => FaultCatalogue.InvalidPlan.Exception("plan", "the file with its items is not beside it.");
}
