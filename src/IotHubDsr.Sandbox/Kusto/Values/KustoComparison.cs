using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Kusto.Values;

/// <summary>Order and equality of values of one type, or of numbers of several.</summary>
internal sealed class KustoComparison : IEqualityComparer<object?>, IEqualityComparer<object?[]>
{
    public static readonly KustoComparison Instance = new();

    /// <summary>Below zero, zero or above; null where there is no order: a value is null, or of another type.</summary>
    public static int? Compare(object? left, object? right) =>
        (left, right) switch
        {
            (null, _) or (_, null) => null,
            (long first, long second) => first.CompareTo(second),
            (string first, string second) => string.CompareOrdinal(first, second),
            (bool first, bool second) => first.CompareTo(second),
            (DateTime first, DateTime second) => first.CompareTo(second),
            (TimeSpan first, TimeSpan second) => first.CompareTo(second),
            (Guid first, Guid second) => first.CompareTo(second),
            (decimal first, decimal second) => first.CompareTo(second),
            (JsonNode first, JsonNode second) => string.CompareOrdinal(KustoText.Json(first), KustoText.Json(second)),
            (long or double or decimal, long or double or decimal) => KustoConversions
                .ToReal(left)!
                .Value.CompareTo(KustoConversions.ToReal(right)!.Value),
            _ => null,
        };

    public static bool AreEqual(object? left, object? right) => Compare(left, right) == 0;

    bool IEqualityComparer<object?>.Equals(object? left, object? right) => left is null ? right is null : AreEqual(left, right);

    int IEqualityComparer<object?>.GetHashCode(object? value) =>
        value switch
        {
            null => 0,
            long number => ((double)number).GetHashCode(),
            decimal number => ((double)number).GetHashCode(),
            JsonNode json => KustoText.Json(json).GetHashCode(StringComparison.Ordinal),
            _ => value.GetHashCode(),
        };

    bool IEqualityComparer<object?[]>.Equals(object?[]? left, object?[]? right) =>
        left is not null && right is not null && left.SequenceEqual(right, this);

    int IEqualityComparer<object?[]>.GetHashCode(object?[] row)
    {
        var hash = new HashCode();
        foreach (object? value in row)
            hash.Add(value, this);

        return hash.ToHashCode();
    }
}
