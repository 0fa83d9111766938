using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;

namespace IotHubDsr;

/// <summary>A list with a text form, which is what a cell of <c>Export-Csv</c> shows: its items with semicolons between them.</summary>
/// <typeparam name="T">Type of the items.</typeparam>
public sealed class TextList<T> : ReadOnlyCollection<T>
{
    /// <summary>As many items as a text names.</summary>
    private const int MostNamed = 1_000;

    internal TextList(IList<T> items)
        : base(items) { }

    /// <summary>What it is a list over.</summary>
    internal IList<T> Inner => Items;

    /// <summary>Whether it is the same list: what it is made of decides, so that records with the same list are equal.</summary>
    /// <param name="obj">Another list.</param>
    public override bool Equals(object? obj) => obj is TextList<T> other && ReferenceEquals(Items, other.Items);

    /// <inheritdoc />
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(Items);

    /// <summary>The items; of more than 1,000 the first ones, and how many there are beyond.</summary>
    public override string ToString() =>
        VisibleText.OfLine(
            Count <= MostNamed ? string.Join("; ", Items) : $"{string.Join("; ", Items.Take(MostNamed))}; and {Count - MostNamed} more"
        );
}

/// <summary>Makes lists with a text form.</summary>
internal static class TextList
{
    /// <summary>The same items as a list with a text form.</summary>
    /// <param name="items">The items.</param>
    public static IReadOnlyList<T> Of<T>(IReadOnlyList<T>? items) =>
        items as TextList<T> ?? new TextList<T>(items is null or { Count: 0 } ? Array.Empty<T>() : items as IList<T> ?? [.. items]);
}
