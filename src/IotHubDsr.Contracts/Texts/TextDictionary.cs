using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;

namespace IotHubDsr;

/// <summary>Named values with a text form, which is what a cell of <c>Export-Csv</c> shows.</summary>
public sealed class TextDictionary : ReadOnlyDictionary<string, string>
{
    private TextDictionary(IDictionary<string, string> values)
        : base(values) { }

    /// <summary>The same values with a text form.</summary>
    /// <param name="values">The values.</param>
    public static IReadOnlyDictionary<string, string> Of(IReadOnlyDictionary<string, string> values) =>
        values as TextDictionary
        ?? new TextDictionary(values as IDictionary<string, string> ?? new Dictionary<string, string>(values, StringComparer.Ordinal));

    /// <summary>Whether it is the same dictionary: what it is made of decides, so that records with the same one are equal.</summary>
    /// <param name="obj">Another dictionary.</param>
    public override bool Equals(object? obj) => obj is TextDictionary other && ReferenceEquals(Dictionary, other.Dictionary);

    /// <inheritdoc />
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(Dictionary);

    /// <summary>Names and values.</summary>
    public override string ToString() => VisibleText.OfLine(string.Join("; ", this.Select(pair => $"{pair.Key} = {pair.Value}")));
}
