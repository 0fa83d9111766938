using System.Globalization;

namespace IotHubDsr.Sandbox.Cosmos.Documents;

/// <summary>A physical partition: the effective partition keys from <paramref name="Min"/> up to <paramref name="Max"/>.</summary>
internal sealed record PartitionKeyRange(string Id, string Min, string Max)
{
    public const string First = "";
    public const string Last = "FF";

    // Effective keys start with 00 to 3F.
    private const int FirstBytes = 64;

    public static IReadOnlyList<PartitionKeyRange> Split(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, FirstBytes);
        string Bound(int index) =>
            index == 0 ? First
            : index == count ? Last
            : (index * FirstBytes / count).ToString("X2", CultureInfo.InvariantCulture);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(index => new PartitionKeyRange(index.ToString(CultureInfo.InvariantCulture), Bound(index), Bound(index + 1))),
        ];
    }

    public bool Contains(string effectiveKey) =>
        string.CompareOrdinal(effectiveKey, Min) >= 0 && string.CompareOrdinal(effectiveKey, Max) < 0;
}
