using System.Globalization;
using System.Text.Json;

namespace IotHubDsr.Core.Topology;

/// <summary>
/// Reads documents of Azure Resource Manager, whose interface versions differ in spelling and in what they leave out: nothing that is
/// missing, null or of another type throws. Whether that is a gap in what is known is for the caller to say.
/// </summary>
internal static class LenientJson
{
    /// <summary>The property, by its exact name or else without regard to case; null when missing, null or not in an object.</summary>
    public static JsonElement? Prop(this JsonElement? element, string name) => element is { } value ? value.Prop(name) : null;

    /// <inheritdoc cref="Prop(JsonElement?, string)"/>
    public static JsonElement? Prop(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return null;
        if (element.TryGetProperty(name, out JsonElement exact))
            return exact.OrNull();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return property.Value.OrNull();
        }

        return null;
    }

    /// <summary>The text of a non-empty string or a number; null for anything else.</summary>
    public static string? Text(this JsonElement? element) =>
        element switch
        {
            { ValueKind: JsonValueKind.String } words when words.TryRead() is { } text && !string.IsNullOrWhiteSpace(text) => text,
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            _ => null,
        };

    public static string? Text(this JsonElement element, string name) => element.Prop(name).Text();

    public static string? Text(this JsonElement? element, string name) => element.Prop(name).Text();

    /// <summary>The whole number, also when it is written as a string; null for anything else.</summary>
    public static long? Number(this JsonElement? element, string name) =>
        long.TryParse(element.Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>The truth value, also when it is written as a string; <paramref name="otherwise"/> for anything else.</summary>
    public static bool Flag(this JsonElement? element, string name, bool otherwise) =>
        element.Prop(name) switch
        {
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { ValueKind: JsonValueKind.String } words when bool.TryParse(words.TryRead(), out bool value) => value,
            _ => otherwise,
        };

    /// <summary>The items of an array; none for anything else.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>The properties of an object that are not null; none for anything else.</summary>
    public static IEnumerable<JsonProperty> Members(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Object } map
            ? map.EnumerateObject()
                .Where(static property => property.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
            : [];

    /// <inheritdoc cref="Members(JsonElement?)"/>
    public static IEnumerable<JsonProperty> Members(this JsonElement element) => ((JsonElement?)element).Members();

    /// <summary>Every string in the element, at any depth, with the names of the properties that lead to it, the nearest last.</summary>
    public static IEnumerable<(string[] Path, string Text)> Strings(this JsonElement element, params string[] path) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().SelectMany(member => member.Value.Strings([.. path, member.Name])),
            JsonValueKind.Array => element.EnumerateArray().SelectMany(item => item.Strings(path)),
            JsonValueKind.String when element.TryRead() is { Length: > 0 } text => [(path, text)],
            _ => [],
        };

    private static JsonElement? OrNull(this JsonElement element) =>
        element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : element;

    /// <summary>A string with half of a surrogate pair is valid JSON but not text.</summary>
    private static string? TryRead(this JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
