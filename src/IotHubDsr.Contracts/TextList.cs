using System.Collections.ObjectModel;

namespace IotHubDsr;

/// <summary>A list with a text form, which is what a cell of <c>Export-Csv</c> shows: its items with semicolons between them.</summary>
/// <typeparam name="T">Type of the items.</typeparam>
public sealed class TextList<T> : ReadOnlyCollection<T>
{
    internal TextList(IList<T> items)
        : base(items)
    {
    }

    /// <summary>The items.</summary>
    public override string ToString() => VisibleText.OfLine(string.Join("; ", Items));
}

/// <summary>Makes lists with a text form.</summary>
internal static class TextList
{
    /// <summary>The same items as a list with a text form.</summary>
    /// <param name="items">The items.</param>
    public static IReadOnlyList<T> Of<T>(IReadOnlyList<T>? items) =>
        items as TextList<T> ?? new TextList<T>(items as IList<T> ?? [.. items ?? []]);
}
